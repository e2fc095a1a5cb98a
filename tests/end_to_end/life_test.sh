#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The link outlives its port: the port is missing at the start, is lost, comes
# back under the same or another name, or is in use by another program; and the
# peer falls silent.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

index_of_a() {
	in_a ip -o link show dev tun0 | cut -d: -f1
}

open_fds() {
	find "/proc/$1/fd" -mindepth 1 | wc -l
}

says() {
	grep -qE -- "$1" "$dir/a.log"
}

plug() { # or unplug
	kill -USR1 "$cable_pid"
}

# Print the milliseconds from the return of the port to the first ping.
ms_to_ping() {
	local start
	wait_for 5 test -e "$port_a"
	start=$(date +%s%3N)
	wait_for 10 in_a ping -c 1 -W 0.1 10.0.0.2
	echo $(($(date +%s%3N) - start))
}

# Hold a pty, so that the next one gets another number.
hold_ptys() {
	python3 -c 'import os, signal
held = [os.openpty() for _ in range(4)]
signal.pause()' &
}

# The kernel's announcements, from an independent program.
in_a ip -o monitor link >"$dir/monitor.log" 2>&1 &

start_cable --baud 115200
start_b --addr 10.0.0.2/24
start_a --addr 10.0.0.1/24 --route 192.0.2.0/24
index=$(index_of_a)
check 'a ping crosses' in_a ping -c 1 -W 5 10.0.0.2

plug
check 'it reports an unplugged port' wait_for 5 says \
	"^serialtun: lost /dev/pts/[0-9]+: it hung up; waiting for $port_a\$"
check 'serialtun still runs' alive "$pid_a"
check 'the interface stays, without a carrier' wait_for 5 \
	no_carrier
check_match 'it keeps its address' '10\.0\.0\.1/24' \
	"$(in_a ip -o addr show dev tun0)"
check_match 'it keeps its route' '192\.0\.2\.0/24 dev tun0' "$(in_a ip route)"
in_a ping -c 1 -W 1 10.0.0.2 >/dev/null
before=$(awk '{ print $14 + $15 }' "/proc/$pid_a/stat")
sleep 3
after=$(awk '{ print $14 + $15 }' "/proc/$pid_a/stat")
check "waiting costs next to nothing ($((after - before)) ticks in 3 s)" \
	[ "$((after - before))" -le 5 ]
plug
ms=$(ms_to_ping)
# The goal is half a second; a busy machine gets one more half.
check "a ping crosses soon after the port's return ($ms ms)" [ "$ms" -le 1000 ]
check 'it reports the return' says "^serialtun: $port_a is back, as /dev/pts/"
check_equal 'it is the same interface' "$index" "$(index_of_a)"
check_match 'other programs see the carrier go' 'tun0.*NO-CARRIER' \
	"$(<"$dir/monitor.log")"
check_match 'and come back' 'tun0.*LOWER_UP' \
	"$(tail -n 1 "$dir/monitor.log")"

stop_a

# Unplugged during a transfer, and back under another number.
start_a --addr 10.0.0.1/24
was=$(readlink "$port_a")
head -c 100000 /dev/urandom >"$dir/sent"
in_b socat -u TCP-LISTEN:5000,reuseaddr "OPEN:$dir/received,creat" &
receiver=$!
sleep 0.2
in_a socat -u "OPEN:$dir/sent" TCP:10.0.0.2:5000 &
sender=$!
sleep 2
plug
wait_for 5 says ': lost '
hold_ptys
holder=$!
sleep 2
plug
wait_for 5 test -e "$port_a"
check_not 'the port comes back under another number' \
	[ "$was" = "$(readlink "$port_a")" ]
wait_end "$sender" 60
check_equal 'the TCP connection survives' 0 "$ended"
wait_end "$receiver" 60
check 'the file arrives unchanged' cmp "$dir/sent" "$dir/received"
kill "$holder"

# A loose contact, faster than most attempts to open the port.
fds=$(open_fds "$pid_a")
memory=$(awk '/VmRSS/ { print $2 }' "/proc/$pid_a/status")
for ((i = 0; i < 400; i++)); do
	plug
	sleep "0.0$((RANDOM % 3))"
done
sleep 0.5
test -e "$port_a" || plug # two signals at once are one
wait_for 5 test -e "$port_a"
check 'after 200 fast cycles a ping crosses' \
	wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
check_equal 'no descriptor leaks' "$fds" "$(open_fds "$pid_a")"
if [[ $build != */sanitize ]]; then # which keeps what was freed for a while
	now=$(awk '/VmRSS/ { print $2 }' "/proc/$pid_a/status")
	check "no memory leaks ($memory kB, now $now kB)" \
		[ "$now" -le $((memory + 256)) ]
fi

kill -USR2 "$pid_a"
check 'SIGUSR2 closes and reopens the port' \
	wait_for 5 says '^serialtun: closing and reopening '
check 'a ping crosses again' wait_for 5 in_a ping -c 1 -W 1 10.0.0.2
kill -USR1 "$pid_a"
check 'it counts the losses' wait_for 5 says 'line: .*lost [1-9][0-9]* times?'
stop_a
check_equal 'it ends with status 0' 0 "$ended"

# No waiting
start_a --addr 10.0.0.1/24 --once
plug
wait_end "$pid_a"
check_equal '--once ends with status 1' 1 "$ended"
check '--once says why' says '^serialtun: lost /dev/pts/[0-9]+: it hung up \('
refused --addr 10.0.0.1/24 --port "$port_a"
check_equal 'no port, no --wait: status 1' 1 "$ended"

# --wait
start_a --addr 10.0.0.1/24 --wait
check '--wait starts without the port' \
	says "^serialtun: tun0 is up: 10.0.0.1/24, mtu 1500, waiting for $port_a\$"
check 'without a carrier' no_carrier
plug
check 'a ping crosses once the port is there' wait_for 5 in_a ping -c 1 -W 1 10.0.0.2

# Three programs for one port.
second_log=$dir/second.log
third_log=$dir/third.log
in_a "$serialtun" -i second0 --addr 10.0.1.1/24 --wait --port "$port_a" \
	2>"$second_log" &
in_a "$serialtun" -i third0 --addr 10.0.2.1/24 --wait --port "$port_a" \
	2>"$third_log" &
check 'a program that waits for a busy port says so' wait_for 5 \
	grep -q 'still waiting: cannot lock' "$second_log" "$third_log"
stop_a
has_it() {
	cat "$second_log" "$third_log" | grep -c ' is there, as '
}
one_has_it() {
	[ "$(has_it)" = 1 ]
}
check 'once the port is free, another program takes it' wait_for 5 one_has_it
sleep 1
check_equal 'only one of them takes it' 1 "$(has_it)"
for pid in $(pgrep -f -- '-i (second|third)0'); do
	kill "$pid"
	wait_for 5 not alive "$pid"
done

# Keepalive, on plain SLIP. A silent peer that only answers keeps the carrier; a
# silent peer with a keepalive of its own loses it.
pair=no
start_a --addr 10.0.0.1/24 --keepalive 1
in_a ping -c 1 -W 5 10.0.0.2 >/dev/null
check 'it reports a silent peer' wait_for 10 says \
	": no data from the peer for 3 s\$"
sleep 7
check 'a peer that only answers keeps the carrier for 10 times --keepalive' \
	not no_carrier
check 'and still answers' in_a ping -c 1 -W 5 10.0.0.2
stop_b
start_b -v --addr 10.0.0.2/24 --keepalive 1
sleep 4
kill -STOP "$pid_b"
check 'it reports a peer with a keepalive that falls silent' wait_for 10 says \
	': no data from the peer for 3 s, carrier off until it sends$'
check 'that peer loses the carrier' wait_for 5 no_carrier
kill -CONT "$pid_b"
check 'until it sends again' wait_for 5 not no_carrier
check 'it reports that the peer sends again' says ': the peer sends again, carrier on$'
check 'a ping crosses again' wait_for 5 in_a ping -c 1 -W 1 10.0.0.2
stop_a
stop_b

# The same on a line that is never idle. After a stop, serialtun reads the
# waiting bytes before it calls the peer silent.
start_a --addr 10.0.0.1/24 --keepalive 1
start_b -v --addr 10.0.0.2/24 --keepalive 1
in_a ping -q -i 0.1 10.0.0.2 >/dev/null &
busy=$!
sleep 5
kill -STOP "$pid_a"
sleep 6
kill -CONT "$pid_a"
sleep 1
check_not 'a stopped program does not report its peer as silent' \
	says 'no data from the peer'
kill -STOP "$pid_b"
check 'it reports a peer that dies on a busy line' wait_for 10 says \
	': no data from the peer for 3 s, carrier off until it sends$'
kill "$busy"
kill -CONT "$pid_b"
stop_a
stop_b
check_match 'ENDs count neither as packets nor as drops' \
	'from the line: [1-9][0-9]* packets, .* 0 dropped' "$(<"$dir/b.log")"
start_b --addr 10.0.0.2/24

# Noise while the port comes and goes.
stop_cable
start_cable --baud 115200 --ber 1e-4
start_a --addr 10.0.0.1/24
for ((i = 0; i < 10; i++)); do
	in_a ping -c 2 -i 0.1 -W 0.1 10.0.0.2 >/dev/null
	plug
	sleep 0.1
	plug
	sleep 0.1
done
check 'serialtun survives noise while the port comes and goes' alive "$pid_a"
stop_a
stop_b
finish
