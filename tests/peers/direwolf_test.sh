#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --framing kiss through two radio modems: direwolf on each host, which modulates
# packets into sound, 9600 bits per second, and takes turns with the other. The
# air between their sound cards is radio.py. Each modem is a TCP port to
# serialtun, as direwolf offers it.
# shellcheck source=../end_to_end/lib.sh
source "$(dirname "$0")/../end_to_end/lib.sh"
# shellcheck source=../end_to_end/exchange.sh
source "$root/tests/end_to_end/exchange.sh"

type direwolf >/dev/null 2>&1 ||
	skip_all 'no direwolf (scripts/install-deps peers)'

rate=48000
modems=()

# modem_on HOST: what it plays is in $dir/HOST.out, what it hears in
# $dir/HOST.in; both are mono, 16 bits.
modem_on() {
	local host=$1 netns=host_$1
	mkfifo "$dir/$host.in" "$dir/$host.out"
	cat >"$dir/$host.conf" <<-END_CONF
		ADEVICE stdin $host
		ARATE $rate
		ACHANNELS 1
		CHANNEL 0
		MYCALL N0CALL
		MODEM 9600
		TXDELAY 10
		TXTAIL 2
		SLOTTIME 1
		PERSIST 255
		AGWPORT 0
		KISSPORT 8001
	END_CONF
	cat >>"$dir/asound.conf" <<-END_CONF
		pcm.$host {
			type file
			slave.pcm null
			file "$dir/$host.out"
			format raw
		}
	END_CONF
	ALSA_CONFIG_PATH=/usr/share/alsa/alsa.conf:$dir/asound.conf \
		nsenter --target "${!netns}" --net -- direwolf -t 0 \
		-c "$dir/$host.conf" <>"$dir/$host.in" >"$dir/$host.modem.log" \
		2>&1 &
	modems+=($!)
}

modem_on a
modem_on b
python3 "$root/tests/peers/radio.py" "$rate" "$dir/a.out" "$dir/b.in" \
	"$dir/b.out" "$dir/a.in" 2>"$dir/radio.log" &
wait_for 10 listening a 8001 && wait_for 10 listening b 8001 ||
	echo '# a modem is not ready'

port_a=tcp:127.0.0.1:8001
port_b=tcp:127.0.0.1:8001
start_a --addr 10.0.0.1/24 --framing kiss --baud 9600
start_b --addr 10.0.0.2/24 --framing kiss --baud 9600

# answered SIZE
answered() {
	in_a ping -q -c 1 -W 4 -s "$1" -p c0db 10.0.0.2
}

check 'a ping crosses the air' wait_for 20 answered 56
for size in 0 1 100 268; do
	check "a ping with $size bytes" wait_for 12 answered "$size"
done
head -c 2000 /dev/urandom >"$dir/file"
tcp_seconds=40
check 'TCP from A to B' tcp a b 10.0.0.2 "$dir/file"
check 'TCP from B to A' tcp b a 10.0.0.1 "$dir/file"
check_not 'no hint: an answer takes its time on the air' \
	grep -hE 'nothing has arrived|not one|damaged|has sent nothing' \
	"$dir/a.log" "$dir/b.log"
stop_a
check_equal 'status 0' 0 "$ended"
stop_b
kill "${modems[@]}"
finish
