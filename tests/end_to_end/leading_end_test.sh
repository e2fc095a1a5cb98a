#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# serialtun sends an END in front of a frame where it helps, and not where it
# harms: Serial-TUN ignores the bytes behind the first END of a read, and RIOT's
# sliptty takes a second END for the type of a packet.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=exchange.sh
source "$root/tests/end_to_end/exchange.sh"

join_hosts
pair=no
start_cable --baud 115200

# replies OPTION...: print how many pings are answered in time
replies() {
	in_a ping -q -W 1 "$@" 10.0.0.2 |
		sed -n 's/.* \([0-9]*\) received.*/\1/p'
}

# Count the adjacent ENDs. The blanks keep bytes apart: 0c 0c has c0c0 within.
double_ends() {
	od -An -v -tx1 "$1" | tr -s ' \n' ' ' | grep -o 'c0 c0' | wc -l
}

#
# The sent bytes
#
stty -F "$port_b" raw -echo
cat "$port_b" >"$dir/sent" &
reader=$!
start_a --addr 10.0.0.1/24
in_a ping -q -c 4 -i 1 -W 1 10.0.0.2 >/dev/null
in_a ping -q -c 3 -i 2 -W 1 10.0.0.2 >/dev/null
check_equal 'pings every second or two have no END in front' 0 \
	"$(double_ends "$dir/sent")"
check_equal 'the first frame has one' c0 \
	"$(head -c 1 "$dir/sent" | od -An -tx1 | tr -d ' ')"
sleep 11
in_a ping -q -c 1 -W 1 10.0.0.2 >/dev/null
check_equal 'after ten seconds of silence a frame has one' 1 \
	"$(double_ends "$dir/sent")"
stop_a
kill "$reader"

#
# Serial-TUN: it takes one frame per read, and loses the frames behind it.
#
short=$dir/short
head -c 50000 /dev/urandom >"$short"
in_b ip tuntap add dev tun0 mode tun
in_b ip addr add 10.0.0.2/24 dev tun0
in_b ip link set tun0 up
peer_on b serial_tun -i tun0 -p "$port_b" -b 115200
start_a --addr 10.0.0.1/24
exchange 'Serial-TUN' "$short"
got=$(replies -c 20 -i 0.2)
check "Serial-TUN: $got of 20 pings" [ "$got" -ge 15 ]
SECONDS=0
tcp a b 10.0.0.2 "$short"
seconds=$((SECONDS + 1))
stop_a
start_a --addr 10.0.0.1/24 --leading-end always
is_held_back() {
	! tcp_seconds=$((2 * seconds)) tcp a b 10.0.0.2 "$short"
}
check 'with --leading-end always a file takes more than twice as long' \
	is_held_back
stop_a
stop "$peer"
in_b ip tuntap del dev tun0 mode tun

#
# sliptty, over TCP, where the very first bytes count, too
#
sliptty_with() {
	port_a=tcp-listen:172.16.0.1:20000
	start_a --addr 10.0.0.1/24 "$@"
	peer_on b sliptty tcp:172.16.0.1
	wait_for 5 test -s "$dir/peer.log"
	in_b ip addr add 10.0.0.2/24 dev sl0
	in_b ip link set sl0 up
}

sliptty_with --leading-end never
got=$(replies -c 10 -i 0.3)
check_equal 'sliptty: every ping is answered' 10 "$got"
check_not 'sliptty: no unknown type' grep -q 'Unknown' "$dir/peer.log"
stop_a
wait_end "$peer"
sliptty_with
got=$(replies -c 10 -i 0.3)
check_equal 'sliptty, without the option: the first ping is lost' 9 "$got"
stop_a
wait_end "$peer"
sliptty_with --leading-end always
check_equal 'sliptty, with an END before each frame: no ping is answered' 0 "$(replies -c 5 -i 0.3)"
stop_a
wait_end "$peer"
finish
