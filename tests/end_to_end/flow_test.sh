#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Flow control and the format of a byte. Over a cable that consumes XON and
# XOFF, every packet arrives unchanged with --flow xonxoff, and not without it.
# The settings reach the port. serialtun refuses settings that a pty lacks.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# Every second byte is special, to flow control or to SLIP.
special_bytes() {
	perl -e '
		srand $ARGV[1];
		my @special = map { chr hex }
			qw(11 13 11 13 c0 db dc dd de df 91 93);
		print rand() < 0.5 ? $special[rand @special] : chr rand 256
			for 1 .. $ARGV[0]' "$1" "$2"
}

# carry FROM TO ADDRESS PROTOCOL FILE: send a file, as $dir/received.
carry() {
	local from=$1 to=$2 address=$3 protocol=$4 file=$5 receiver
	rm -f "$dir/received"
	if [ "$protocol" = tcp ]; then
		"$to" timeout 30 socat -u TCP-LISTEN:5001,reuseaddr \
			"OPEN:$dir/received,creat,trunc" &
	else
		"$to" timeout 10 socat -u -T 1 UDP-RECV:5001 \
			"OPEN:$dir/received,creat,trunc" &
	fi
	receiver=$!
	sleep 0.3
	if [ "$protocol" = tcp ]; then
		"$from" timeout 30 socat -u "OPEN:$file" "TCP:$address:5001"
	else
		# Datagrams of 1000 bytes
		"$from" timeout 10 socat -u -b 1000 "OPEN:$file" \
			"UDP-SENDTO:$address:5001"
	fi
	wait "$receiver"
}

# crosses DESCRIPTION FROM TO ADDRESS PROTOCOL BYTES
crosses() {
	special_bytes "$6" "$tests_run" >"$dir/sent"
	carry "$2" "$3" "$4" "$5" "$dir/sent"
	check "$1" cmp "$dir/sent" "$dir/received"
}

start_cable --baud 0 --eat-xonxoff
start_a -v --addr 10.0.0.1/24 --flow xonxoff
start_b -v --addr 10.0.0.2/24 --flow xonxoff
crosses 'xonxoff: UDP to B' in_a in_b 10.0.0.2 udp 20000
crosses 'xonxoff: UDP to A' in_b in_a 10.0.0.1 udp 20000
crosses 'xonxoff: TCP to B' in_a in_b 10.0.0.2 tcp 300000
crosses 'xonxoff: TCP to A' in_b in_a 10.0.0.1 tcp 300000
stop_a
stop_b
check_equal 'no frame was damaged' 2 \
	"$(cat "$dir"/[ab].log | grep -c 'from the line: .* 0 dropped$')"

start_a --addr 10.0.0.1/24 --flow xonxoff
start_b --addr 10.0.0.2/24
in_a ping -q -c 5 -i 0.2 -W 1 -p 1113 10.0.0.2 >/dev/null
check 'xonxoff at one end only: the other end warns' wait_for 10 \
	b_says 'the other end uses --flow xonxoff, and this one does not'
stop_a
stop_b

start_a --addr 10.0.0.1/24
start_b -v --addr 10.0.0.2/24
special_bytes 20000 1 >"$dir/sent"
carry in_a in_b 10.0.0.2 udp "$dir/sent"
check_not 'without xonxoff, nothing arrives' [ -s "$dir/received" ]
stop_a
stop_b
check_match 'without xonxoff it counts drops' 'from the line: .* [1-9][0-9]* dropped' \
	"$(<"$dir/b.log")"
stop_cable

start_cable --baud 0

# settings ARGUMENT...: print A's port settings while serialtun uses it
settings() {
	start_a --addr 10.0.0.1/24 "$@"
	said=$(stty -a -F "$port_a")
	stop_a
}

stty -F "$port_a" -ixon ixany crtscts -cstopb start ^A stop ^B
before=$(stty -g -F "$port_a")
settings --flow xonxoff
check_match 'xonxoff: both ways' '(^| )ixon ixoff' "$said"
check_match 'xonxoff: only XON restarts the output' '(^| )-ixany' "$said"
check_match 'xonxoff: the usual bytes' \
	'start = \^Q; stop = \^S;' "$said"
check_match 'xonxoff: without RTS/CTS' '(^| )-crtscts' "$said"
check_equal 'the end restores the settings' "$before" "$(stty -g -F "$port_a")"
settings --flow rtscts
check_match 'rtscts: RTS/CTS is on' '(^| )crtscts' "$said"
check_match 'rtscts: without XON/XOFF' '(^| )-ixon -ixoff' "$said"
settings
check_match 'none: no RTS/CTS' '(^| )-crtscts' "$said"
check_match 'none: no XON/XOFF' '(^| )-ixon -ixoff' "$said"
check_match 'one stop bit' '(^| )-cstopb' "$said"
settings --stop-bits 2
check_match '--stop-bits 2' '(^| )cstopb' "$said"
check_match '8 data bits' '(^| )cs8' "$said"

# refusal REGEX ARGUMENT...
refusal() {
	local regex=$1
	shift
	refused --addr 10.0.0.1/24 --port "$port_a" "$@"
	check_match "refused on a pty: $*" "^serialtun: cannot $regex\$" "$said"
	check_equal "refused on a pty: $*: status 1, one line, settings unchanged" \
		"1 1 $before" \
		"$ended $(wc -l <<<"$said") $(stty -g -F "$port_a")"
}

modem='a pty has no modem lines \(leave it out\)'
for how in on off; do
	refusal "use --dtr on /dev/pts/[0-9]+: $modem" --dtr "$how"
	refusal "use --rts on /dev/pts/[0-9]+: $modem" --rts "$how"
done
refusal "use --hupcl on /dev/pts/[0-9]+: $modem" --hupcl
for parity in even odd; do
	refusal "set $parity parity on /dev/pts/[0-9]+: its driver has none \(leave --parity out\)" \
		--parity "$parity"
done
settings --dtr keep --rts keep --parity none --no-low-latency
check_equal 'options with their default values are accepted' 0 "$ended"

# The line settles while the link is up: serialtun discards early bytes, and a
# signal ends it at once.
start_a --addr 10.0.0.1/24 --settle 2000
start_b --addr 10.0.0.2/24
check_not '--settle: it discards early bytes' \
	in_b ping -q -c 1 -W 0.5 10.0.0.1
sleep 2
check '--settle: it accepts later bytes' in_b ping -q -c 3 -i 0.2 10.0.0.1
stop_a
start_a --addr 10.0.0.1/24 --settle 60000
begin=$SECONDS
stop_a
check_equal '--settle: a signal ends it' 0 "$ended"
check '--settle: a signal ends it at once' [ $((SECONDS - begin)) -lt 5 ]
stop_b
finish
