#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Packets arrive unchanged: every size, fragments, payloads of only END and ESC,
# TCP both ways at once. Unwanted packets do not get through.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

start_cable --baud 3000000
start_a --addr 10.0.0.1/24 --addr fd00::1/64 --baud 3000000
start_b -v --addr 10.0.0.2/24 --addr fd00::2/64 --baud 3000000

check 'the largest packet, unfragmented' \
	in_a ping -c 2 -i 0.2 -W 5 -M 'do' -s 1472 10.0.0.2
check 'a payload of END only' \
	in_a ping -c 2 -i 0.2 -W 5 -s 1472 -p c0 10.0.0.2
check 'a payload of ESC only' \
	in_a ping -c 2 -i 0.2 -W 5 -s 1472 -p db 10.0.0.2
check 'escapes of escapes' \
	in_a ping -c 2 -i 0.2 -W 5 -s 1472 -p dbdcdbddc0 10.0.0.2
check 'fragments, IPv4' in_a ping -c 2 -i 0.2 -W 5 -s 20000 10.0.0.2
check 'fragments, IPv6' in_a ping -c 2 -i 0.2 -W 5 -s 20000 fd00::2
check 'the smallest packet' in_a ping -c 2 -i 0.2 -W 5 -s 0 10.0.0.2

# tcp FROM PORT TO ADDRESS FILE RECEIVED: send a file over TCP, hosts a and b
tcp() {
	"in_$3" timeout 60 socat -u "TCP-LISTEN:$2,reuseaddr" \
		"OPEN:$6,creat,trunc" &
	local receiver=$!
	wait_for 5 listening "$3" "$2"
	"in_$1" timeout 60 socat -u "OPEN:$5" "TCP:$4:$2"
	wait "$receiver"
}

listening() {
	"in_$1" ss -ltn "sport = :$2" | grep -q LISTEN
}

head -c 400000 /dev/urandom >"$dir/random"
head -c 200000 /dev/zero | tr '\0' '\300' >"$dir/ends"
tcp a 5001 b 10.0.0.2 "$dir/random" "$dir/random.b" &
there=$!
tcp b 5002 a 10.0.0.1 "$dir/ends" "$dir/ends.a" &
back=$!
wait "$there" "$back"
check 'TCP both ways at once: random bytes arrive' \
	cmp "$dir/random" "$dir/random.b"
check 'TCP both ways at once: only ENDs arrive' \
	cmp "$dir/ends" "$dir/ends.a"
stop_a
stop_b
check_match 'no frame is dropped' 'from the line: .* 0 dropped$' \
	"$(<"$dir/b.log")"

# A point-to-point pair, and a network behind the peer.
in_b ip addr add 192.0.2.1/32 dev lo
start_a --addr 10.1.0.1 --peer 10.1.0.2 --route 192.0.2.0/24 --metric 50
check_match 'the proposed command has the pair exchanged' \
	'sudo serialtun --addr 10.1.0.2 --peer 10.1.0.1 --port PORT$' \
	"$(<"$dir/a.log")"
start_b --addr 10.1.0.2 --peer 10.1.0.1 --route default
check 'a peer with an address of another network' \
	in_a ping -c 1 -W 5 10.1.0.2
check 'a route, and a default route back' in_a ping -c 1 -W 5 192.0.2.1
check_match 'the pair in the kernel' 'inet 10\.1\.0\.1 peer 10\.1\.0\.2/32' \
	"$(in_a ip -o addr show dev tun0)"
check_match 'the route in the kernel, with its metric' \
	'192\.0\.2\.0/24 dev tun0 .*metric 50' "$(in_a ip route show)"
check_match 'the default route in the kernel' '^default dev tun0' \
	"$(in_b ip route show)"

# An IPv4 link sends nothing by itself, and drops IPv6.
check_not 'no IPv6 address on an IPv4 link' \
	grep -q inet6 <<<"$(in_a ip -o addr show dev tun0)"
stop_a
stop_b
check_equal "the link's routes are gone with it" '' \
	"$(in_a ip route show)"

# The bytes on the line: an IPv4 end that does not pair, and a raw port. The
# address is new, because the TCP connections of the old one still send packets.
start_a --addr 10.7.0.1/24 --pair=no
stty -F "$port_b" raw -echo
timeout 3 cat "$port_b" >"$dir/heard"
check_equal 'an IPv4 link sends nothing by itself' '' \
	"$(od -An -tx1 "$dir/heard")"

# A Router Advertisement (RFC 4861, section 4.2) with a router lifetime of
# 1800 s and the prefix 2001:db8:5e5e::/64, from fe80::1 to ff02::1, framed.
router_advert() {
	local header='60000000 0038 3a ff'
	local from='fe800000 00000000 00000000 00000001'
	local to='ff020000 00000000 00000000 00000001'
	local prefix='20010db8 5e5e0000 00000000 00000000'
	local icmp="86 00 CCCC 40 00 0708 00000000 00000000"
	icmp+=" 03 04 40 c0 00000e10 00000708 00000000 $prefix"
	icmp+=' 05 01 0000 000005dc'
	icmp=${icmp/CCCC/$(checksum "$from $to 00000038 0000003a ${icmp/CCCC/0000}")}
	frame "$header$from$to$icmp"
}

# counted WORDS: has serialtun on A counted one drop for this reason?
counted() {
	kill -USR1 "$pid_a"
	grep -q "from the line: .*, 1 $1" "$dir/a.log"
}

router_advert >"$port_b"
check 'an IPv4 link drops a Router Advertisement' \
	wait_for 5 counted 'IPv6 not wanted'
check_equal 'it leaves no route' '' "$(in_a ip -6 route show default)"
check_not 'it leaves no address' \
	grep -q inet6 <<<"$(in_a ip -o addr show dev tun0)"
stop_a

start_a --addr fd00::1/64
router_advert >"$port_b"
check 'an IPv6 link drops a Router Advertisement' \
	wait_for 5 counted 'Router Advertisement'
check_equal 'it leaves no route' '' "$(in_a ip -6 route show default)"
check_not 'it leaves no address' \
	grep -q 2001:db8 <<<"$(in_a ip -o addr show dev tun0)"
stop_a

start_a --addr fd00::1/64 --accept-ra
router_advert >"$port_b"
has_ra_route() {
	in_a ip -6 route show default | grep -q 'proto ra'
}
check 'with --accept-ra the kernel accepts it (so it is a good one)' \
	wait_for 5 has_ra_route
stop_a

# Without an address: the link-local one, which serialtun prints.
start_a
start_b
check_match 'without --addr it prints the link-local address' \
	'tun0 is up: fe80:[0-9a-f:]+/64 \(link-local, IPv4 by pairing\), mtu 1500' \
	"$(<"$dir/a.log")"
address=$(grep -oE 'fe80:[0-9a-f:]+' "$dir/b.log")
check 'the link-local address answers' in_a ping -c 1 -W 5 "$address%tun0"
stop_a
stop_b

# With IPv6 alone, "default" is ::/0.
start_a --addr fd00::1 --route default
check_match 'with IPv6 alone default is ::/0' '^default dev tun0' \
	"$(in_a ip -6 route show)"
stop_a
start_a --addr 10.9.9.9/32
check_match 'a lone /32: it warns that nothing is reachable' \
	'nothing is reachable through tun0 yet' "$(<"$dir/a.log")"
stop_a
finish
