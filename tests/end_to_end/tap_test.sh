#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Ethernet over the line: ARP, ping, TCP, frames of full length and with a tag,
# damaged frames, a peer without --tap, and a bridge at each end that makes two
# networks one.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

says() {
	grep -qE -- "$1" "$dir/$2.log"
}

says_when_asked() {
	kill -USR1 "$pid_a"
	sleep 0.1
	says "$1" a
}

# counts REGEX: do A's counters from the line match?
counts() {
	wait_for 10 says_when_asked "from the line: .*$1"
}

listening() { # by in_b, or another
	"$1" ss -ltn 'sport = :5001' | grep -q LISTEN
}

# send_file FROM TO ADDR: send a file of 1 MB over TCP
send_file() {
	head -c 1000000 /dev/urandom >"$dir/sent"
	"$2" timeout 30 socat -u TCP-LISTEN:5001,reuseaddr \
		"OPEN:$dir/received,creat,trunc" &
	local receiver=$!
	wait_for 5 listening "$2"
	"$1" timeout 30 socat -u "OPEN:$dir/sent" "TCP:$3:5001"
	wait "$receiver"
	cmp "$dir/sent" "$dir/received"
}

# Keep B's end open, because a cable without a reader loses bytes.
hold_other_end() {
	sleep infinity <>"$port_b" &
	holder=$!
	stty -F "$port_b" raw -echo
}

start_cable --baud 0
start_a --tap --addr 10.0.0.1/24 --addr fd00::1/64 --mac 02:00:00:00:00:0a
start_b --tap --addr 10.0.0.2/24 --addr fd00::2/64
check_match 'the first message names the interface' \
	'^serialtun: tap0 is up: 10.0.0.1/24, fd00::1/64, mtu 1500, on ' \
	"$(<"$dir/a.log")"
check_match 'the proposed command has --tap' \
	'at the other end: sudo serialtun --tap --addr 10.0.0.2/24 --addr fd00::2/64 --port PORT' \
	"$(<"$dir/a.log")"
check_match 'it is Ethernet, with the given address' \
	'link/ether 02:00:00:00:00:0a ' "$(in_a ip link show dev tap0)"
check 'a ping crosses, and ARP before it' in_a ping -c 1 -W 5 10.0.0.2
check_match "B has learned A's address by ARP" '10.0.0.1 dev tap0 lladdr 02:00:00:00:00:0a' \
	"$(in_b ip neigh show)"
check 'IPv6 crosses' in_a ping -c 1 -W 5 fd00::2
check 'frames of 1514 bytes cross' \
	in_a ping -c 2 -i 0.2 -W 5 -s 1472 -M 'do' 10.0.0.2
check 'bytes to be escaped cross' \
	in_a ping -c 2 -i 0.2 -W 5 -s 1000 -p c0db 10.0.0.2
check_not 'the kernel refuses longer ones' \
	in_a ping -c 1 -W 1 -s 1473 -M 'do' 10.0.0.2
check 'TCP crosses' send_file in_a in_b 10.0.0.2
check 'and the other way' send_file in_b in_a 10.0.0.1

# A sends a frame with a tag, and B's kernel gets the tag; no VLAN is needed.
frame_with_tag() {
	in_b timeout 10 python3 -c 'import socket, struct
line = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3 << 8)
line.setsockopt(263, 8, 1)  # PACKET_AUXDATA
line.bind(("tap0", 3))
print("ready", flush=True)
while True:
    frame, extra, _, _ = line.recvmsg(2000, 100)
    if frame[12:14] == b"\x88\xb5":
        tci, = struct.unpack_from("=H", extra[0][2], 16)
        print(len(frame), tci, frame[14:] == bytes(1500), flush=True)
        break' >"$dir/tagged" &
	local receiver=$!
	wait_for 5 grep -q ready "$dir/tagged"
	in_a python3 -c 'import socket
line = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
line.bind(("tap0", 0))
line.send(bytes.fromhex("02000000000b02000000000a8100000588b5") + bytes(1500))'
	wait "$receiver"
	grep -qx '1514 5 True' "$dir/tagged"
}
check 'a frame of 1518 bytes crosses, with its tag' frame_with_tag
stop_b

hold_other_end
ethernet=02000000000a02000000000b
for bytes in 01020304050607 ${ethernet}08 ffffffffffff010000000000 \
	${ethernet}0800450000 ${ethernet}810000; do
	frame "$bytes" >"$port_b"
done
check 'it counts runts' counts ' 5 bad header'
frame "${ethernet}05dc0000" >"$port_b"
frame "${ethernet}080045000020000000004001$(printf '%08d' 0)0a0000020a000001" \
	>"$port_b"
check 'it counts wrong lengths' counts ' 2 bad length'
head -c 20000 /dev/urandom >"$port_b"
printf '\300' >"$port_b"
kill "$holder"
start_b --tap --addr 10.0.0.2/24
in_a ip neigh flush dev tap0 # B's new interface has a new address
check 'after noise a ping crosses' wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
in_a ip link set tap0 mtu 65517
in_b ip link set tap0 mtu 65517
check 'the longest frame crosses' \
	in_a ping -c 1 -W 5 -s 65489 -M 'do' 10.0.0.2
stop_a
check_equal 'SIGTERM ends it with status 0' 0 "$ended"
check_not 'the interface is gone' in_a ip link show dev tap0
stop_b

# Unwanted IPv6, and Router Advertisements.
start_a --tap --addr 10.0.0.1/24
start_b --tap --addr 10.0.0.2/24 --addr fd00::2/64
# Wait until B has finished duplicate address detection.
wait_for 10 in_b ping -c 1 -W 1 fd00::2
in_b ping -c 3 -W 1 ff02::1%tap0 >/dev/null 2>&1
check 'it drops unwanted IPv6' counts ' [1-9][0-9]* IPv6 not wanted'
check_not 'there is no link-local address' \
	grep -q fe80 <<<"$(in_a ip -6 addr show dev tap0)"
stop_a
advert=333300000001${ethernet:12}86dd6000000000103aff
advert+=fe80000000000000000000000000000bff020000000000000000000000000001
advert+=8600000040000708
stop_b
hold_other_end
start_a --tap --addr fd00::1/64
frame "${advert}0000000000000000" >"$port_b"
check 'it drops a Router Advertisement' counts ' 1 Router Advertisement'
stop_a
kill "$holder"

# One end without --tap: both ends warn, with the remedy. Two that look for a
# pair would say so by their hellos (pair_words_test).
pair=no
start_a --tap --addr 10.0.0.1/24
start_b --addr 10.0.0.2/24
in_b ping -c 10 -i 0.2 -W 1 10.0.0.1 >/dev/null
in_a ping -c 10 -i 0.2 -W 1 10.0.0.2 >/dev/null
check 'A warns that IP packets arrive, not Ethernet frames' \
	wait_for 15 says 'sends IP packets, not Ethernet frames \(leave --tap out' a
check 'B warns that Ethernet frames arrive' \
	wait_for 15 says 'sends Ethernet frames, not IP packets \(give --tap' b
stop_a
stop_b
pair=

# On Ethernet a route needs a router.
start_a --tap --addr 10.0.0.1 --peer 10.0.0.2 --route 192.0.2.0/24
start_b --tap --addr 10.0.0.2 --peer 10.0.0.1
in_b ip addr add 192.0.2.1/32 dev lo
check_match 'the route leads through the peer' '192.0.2.0/24 via 10.0.0.2 dev tap0' \
	"$(in_a ip route show)"
check 'a host behind the router answers' in_a ping -c 1 -W 5 192.0.2.1
stop_a
stop_b

# Two networks become one: host C - bridge on A === bridge on B - host D.
unshare --net sleep infinity &
host_c=$!
unshare --net sleep infinity &
host_d=$!
disown "$host_c" "$host_d"
wait_for 5 own_netns "$host_c" && wait_for 5 own_netns "$host_d" || exit 1

in_c() {
	nsenter --target "$host_c" --net -- "$@"
}

in_d() {
	nsenter --target "$host_d" --net -- "$@"
}

# make_lan HOST OUTSIDE: make a bridge on HOST, and a wire from it to OUTSIDE
make_lan() {
	local outside=host_$2
	"in_$1" ip link add br0 type bridge
	"in_$1" ip link set br0 up
	"in_$1" ip link add port0 type veth peer name eth0 netns "${!outside}"
	"in_$1" ip link set port0 master br0 up
	"in_$2" ip link set lo up
	"in_$2" ip link set eth0 up
}

refused --tap --bridge br0 --port "$port_a"
check_equal 'no bridge: an error before it makes anything' \
	'1 serialtun: cannot use bridge br0: there is no such interface (create it first: sudo ip link add br0 type bridge)' \
	"$ended $said"
refused --tap --bridge lo --port "$port_a"
check_equal 'an interface that is no bridge: the same' \
	'1 serialtun: cannot use bridge lo: it is not a bridge (see: ip link show type bridge)' \
	"$ended $said"
make_lan a c
make_lan b d
in_c ip addr add 10.1.0.1/24 dev eth0
in_d ip addr add 10.1.0.2/24 dev eth0
in_c ip addr add fd01::1/64 dev eth0 nodad
in_d ip addr add fd01::2/64 dev eth0 nodad
in_b ip link set br0 mtu 1400
start_a --tap --bridge br0
start_b --tap --bridge br0
check_match 'the first message names the bridge' \
	'^serialtun: tap0 is up: in bridge br0, mtu 1500, on ' "$(<"$dir/a.log")"
check_match 'the MTU is that of the bridge' 'in bridge br0, mtu 1400, on ' \
	"$(<"$dir/b.log")"
check_match 'the proposed command has --bridge' \
	'at the other end: sudo serialtun --tap --bridge BRIDGE --port PORT$' \
	"$(<"$dir/a.log")"
check 'that they differ is told' wait_for 5 a_says \
	'^serialtun: tap0: the MTU is 1500 here and 1400 at [^ ]+ \(give both ends the same --mtu, as --mtu 1400\)$'
check_equal 'and nothing else' 3 "$(grep -cvE "$about_peer" "$dir/a.log")"
check_equal 'no address of its own' '' "$(in_a ip addr show dev tap0 | grep inet)"
stop_b
in_b ip link set br0 mtu 1500
start_b --tap --bridge br0
check 'a ping from network to network' wait_for 10 in_c ping -c 1 -W 1 10.1.0.2
check 'a full frame' in_c ping -c 1 -W 5 -s 1472 -M 'do' 10.1.0.2
check 'IPv6, by its neighbour discovery' wait_for 10 in_c ping -c 1 -W 1 fd01::2
check 'TCP' send_file in_c in_d 10.1.0.2
stop_a
check_equal 'the bridge has lost only that port' 'port0' \
	"$(in_a ip -o link show master br0 | sed -E 's/^[0-9]+: ([^@:]*).*/\1/')"
stop_b
hold_other_end
start_a --tap --bridge br0 -i lan0
frame "${advert}0000000000000000" >"$port_b"
# In a bridge serialtun passes them on: the hosts behind it decide.
check 'Router Advertisements pass a bridge' \
	wait_for 5 says_when_asked 'from the line: 1 packet,.* 0 dropped(,|$)'
stop_a
kill "$holder"
stop_cable

# The queue is the same as for IP packets, and ARP has a flow of its own.
start_cable --baud 115200
start_a --tap --addr 10.0.0.1/24 --baud 115200
start_b --tap --addr 10.0.0.2/24 --baud 115200
in_b timeout 20 socat -u TCP-LISTEN:5001,reuseaddr OPEN:/dev/null &
wait_for 5 listening in_b
in_a timeout 16 socat -u OPEN:/dev/urandom TCP:10.0.0.2:5001 2>/dev/null &
filling=$!
sleep 4 # slow start overshoots, and is brought down
answered=0
for ((i = 0; i < 10; i++)); do
	in_a ip neigh flush dev tap0
	in_a ping -c 1 -W 2 10.0.0.2 >/dev/null && answered=$((answered + 1))
	sleep 0.5
done
check "beside a full line, $answered of 10 pings are answered, each after ARP" \
	[ "$answered" -ge 9 ]
wait "$filling"
stop_a
stop_b
finish
