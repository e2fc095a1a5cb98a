#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Bad lines: flipped bits, lost bytes, garbage, frames without an end. The
# application reads the right bytes, damaged packets stay out, and serialtun
# keeps running.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

start_cable --baud 0 --ber 1e-5 --seed 7
start_a --addr 10.0.0.1/24
start_b -v --addr 10.0.0.2/24
head -c 1500000 /dev/urandom >"$dir/sent"
in_b timeout 120 socat -u TCP-LISTEN:5001,reuseaddr \
	"OPEN:$dir/received,creat,trunc" &
receiver=$!
sleep 0.5
in_a timeout 120 socat -u "OPEN:$dir/sent" TCP:10.0.0.2:5001
wait "$receiver"
check 'TCP at a bit error rate of 1e-5: every byte is right' \
	cmp "$dir/sent" "$dir/received"
# The kernel of B counts wrong headers.
check_equal 'no damaged IPv4 header reached the interface' '0 0 0' \
	"$(in_b awk '$1 == "Ip:" && $2 != "Forwarding" { print $5, $6, $8 }' \
		/proc/net/snmp)"
check_equal 'no wrong length reached the interface' 0 \
	"$(in_b awk '$1 == "IpExt:" && $2 != "InNoRoutes" { print $3 }' \
		/proc/net/netstat)"
# Some 120 of 12 million bits are flipped. TCP's checksum finds the flipped bits
# in data, which are most; serialtun finds those in a header, an END or an ESC.
of_tcp=$(in_b awk '$1 == "Tcp:" && !names { names = split($0, name); next }
	$1 == "Tcp:" { for (i = 1; i <= names; i++)
		if (name[i] == "InCsumErrors") print $i }' /proc/net/snmp)
stop_a
stop_b
of_ours=$(sed -n 's/.* from the line: .* \([0-9]*\) dropped.*/\1/p' \
	"$dir/b.log" | tail -n 1)
check "and there was damage to be kept out ($of_tcp by TCP, $of_ours by us)" \
	[ "$((of_tcp + of_ours))" -ge 20 ]
check_match 'the last line has the damage' \
	'^serialtun: the line damaged [1-9][0-9]* of [0-9]+ frames$' \
	"$(tail -n 1 "$dir/b.log")"
stop_cable

# ping_through_loss: let the line lose 1 % of its bytes; $back is the number of
# pings of 100 that are answered
ping_through_loss() {
	start_cable --baud 921600 --loss 0.01 --seed 3
	start_a --addr 10.0.0.1/24
	start_b --addr 10.0.0.2/24
	[ "$pair" = no ] || wait_for 30 a_says 'paired with'
	in_a ping -q -c 100 -i 0.05 -W 2 10.0.0.2 >"$dir/ping.txt"
	back=$(awk '/received/ { print $4 }' "$dir/ping.txt")
	stop_a
	stop_b
	stop_cable
}

# 0.99 to the power of 86 bytes is 0.42 each way, 0.18 for both ways: about 18
# of 100 pings are answered, and practically always from 3 to 43.
pair=no
ping_through_loss
check "with 1 % of the bytes lost, plain pings get through ($back of 100)" \
	[ "$((${back:-0} >= 3 && ${back:-0} <= 43))" = 1 ]
pair=
ping_through_loss
check "two that repeat lost frames answer more ($back of 100)" \
	[ "${back:-0}" -gt 50 ]

# Hostile bytes straight into A's port, at full speed.
start_cable --baud 0
pair=no
start_a --addr 10.0.0.1/24
# Keep the port open: without a reader the cable loses bytes.
exec {line}<>"$port_b"
stty raw -echo <&"$line"

still_running() {
	alive "$pid_a" && kill -USR1 "$pid_a" && grep -q 'from the line' "$dir/a.log"
}

# A ping from B's side, by hand: the echo comes back on the line.
echo_works() {
	local icmp='0800 CCCC 0f53 0001 73657269'
	local ip='45000020 00010000 4001 CCCC 0a000002 0a000001'
	icmp=${icmp/CCCC/$(checksum "${icmp/CCCC/0000}")}
	ip=${ip/CCCC/$(checksum "${ip/CCCC/0000}")}
	frame "$ip$icmp" >&"$line"
	timeout 5 head -c 33 <&"$line" >"$dir/reply"
	od -An -v -tx1 "$dir/reply" | tr -d ' \n' | grep -q 0a0000010a000002
}

check 'serialtun answers a handmade request' echo_works
timeout "${NOISE_SECONDS:-60}" cat /dev/urandom >&"$line"
check 'random bytes at full speed: serialtun still runs' \
	wait_for 5 still_running
check 'and answers' wait_for 10 echo_works
tr '\0' '\333' </dev/zero | head -c 5000000 >&"$line"
check 'five megabytes of ESC: it still answers' wait_for 10 echo_works
tr '\0' 'A' </dev/zero | head -c 5000000 >&"$line"
check 'five megabytes without END: it still answers' wait_for 10 echo_works
check_match 'it counts the reasons' \
	'bad escape, .*too long, .*not IP, .*bad header, .*bad length' \
	"$(kill -USR1 "$pid_a"; sleep 0.2; grep 'from the line' "$dir/a.log" | tail -n 1)"
check 'SIGTERM in a flood' bash -c "
	cat /dev/urandom >&$line & flood=\$!
	sleep 0.5; kill $pid_a; sleep 1; kill \$flood"
wait_end "$pid_a"
check_equal 'ends it with status 0' 0 "$ended"
finish
