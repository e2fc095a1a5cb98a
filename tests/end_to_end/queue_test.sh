#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Packets wait in the queue, where urgent packets can overtake them: beside a
# transfer that fills the line, a ping takes no longer than one or two packets,
# and the ring of the interface loses nothing. The bounds are wide, as multiples
# of the time of one packet, because a machine may be slow for a moment.
source "$(dirname "$0")/lib.sh"

# fill SECONDS: send TCP from A to B for so long
fill() {
	in_b timeout "$1" socat -u TCP-LISTEN:5001,reuseaddr OPEN:/dev/null &
	wait_for 5 listening_b
	in_a timeout "$1" socat -u OPEN:/dev/urandom TCP:10.0.0.2:5001
}

listening_b() {
	in_b ss -ltn 'sport = :5001' | grep -q LISTEN
}

# Print the median round trip of twenty pings, in milliseconds.
median_ping() {
	in_a ping -c 20 -i 0.25 -W 10 10.0.0.2 |
		sed -n 's/.*time=\([0-9]*\).*/\1/p' | sort -n | sed -n 11p
}

# Print the packets that the driver's ring has dropped.
ring_drops() {
	in_a ip -json -stats link show dev tun0 |
		sed 's/.*"tx":{[^}]*"dropped":\([0-9]*\).*/\1/'
}

packet_ms=130 # of 1500 bytes at 115200 baud

start_cable --baud 115200
start_a -v --addr 10.0.0.1/24 --baud 115200
start_b --addr 10.0.0.2/24 --baud 115200
fill 14 2>/dev/null &
filling=$!
sleep 4 # slow start overshoots, and is brought down
under_load=$(median_ping)
check "a ping beside a full line takes $under_load ms, less than two packets" \
	[ "${under_load:-9999}" -le $((2 * packet_ms + 30)) ]
check_equal 'the ring of the interface drops nothing' 0 "$(ring_drops)"
kill -USR1 "$pid_a"
check 'the counters show the queue' \
	wait_for 5 grep -qE 'queue: [1-9][0-9]* packets, [0-9]+ bytes waiting' \
	"$dir/a.log"
wait "$filling"
stop_a
check_match 'CoDel drops packets that wait too long' \
	'to the line: .* [1-9][0-9]* CoDel' "$(<"$dir/a.log")"
stop_b
check_match 'the last line reports no damage' \
	'^serialtun: sent .* packets .*, in [0-9]+ s at 115200 baud$' \
	"$(tail -n 1 "$dir/a.log")"

# A burst of more than ten packets, the ring size of other tunnels.
start_a -v --addr 10.0.0.1/24 --baud 115200
start_b --addr 10.0.0.2/24 --baud 115200
head -c 1800 /dev/urandom >"$dir/burst"
in_b timeout 20 socat -u -T 3 UDP-LISTEN:5002 "OPEN:$dir/burst.b,creat" &
receiver=$!
sleep 0.5
in_a socat -u -b 30 "OPEN:$dir/burst" UDP:10.0.0.2:5002
wait "$receiver"
check 'sixty datagrams at once: all arrive' cmp "$dir/burst" "$dir/burst.b"
check_equal 'the ring drops none of them' 0 "$(ring_drops)"
check 'a datagram in eight fragments arrives' \
	in_a ping -c 2 -i 5 -W 10 -s 11000 10.0.0.2
stop_a
stop_b
check_match 'it drops nothing' 'to the line: .* 0 dropped$' \
	"$(<"$dir/a.log")"

# CoDel marks the packets of a flow with ECN.
ecn='echo 1 >/proc/sys/net/ipv4/tcp_ecn'
if in_a sh -c "$ecn" 2>/dev/null && in_b sh -c "$ecn" 2>/dev/null; then
	start_a -v --addr 10.0.0.1/24 --baud 115200
	start_b --addr 10.0.0.2/24 --baud 115200
	fill 6 2>/dev/null
	stop_a
	stop_b
	check_match 'with ECN packets are marked' 'queue: .* [1-9][0-9]* marked' \
		"$(<"$dir/a.log")"
else
	skip 'with ECN packets are marked' 'no tcp_ecn here'
fi
stop_cable

# A slow line gets short packets; the first message tells how long one takes.
start_cable --baud 9600
start_a --addr 10.0.0.1/24 --baud 9600
check_match 'at 9600 baud the mtu is 296, and a packet takes 310 ms' \
	'mtu 296 \(310 ms a packet\), on ' "$(<"$dir/a.log")"
stop_a
start_a --addr fd00::1/64 --baud 9600
check_match 'with IPv6 it cannot be less than 1280' 'mtu 1280 \(1335 ms' \
	"$(<"$dir/a.log")"
stop_a
finish
