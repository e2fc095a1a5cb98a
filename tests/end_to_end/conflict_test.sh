#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# An --addr that conflicts with this host's network: serialtun refuses it before
# it touches anything, or warns. It never proposes to the other end an address
# that is in use here.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

start_cable --baud 0

# A LAN on host A; host B is its router.
ip link add eth0 netns "$host_a" type veth peer name eth0 netns "$host_b" ||
	skip_all 'no veth here'
in_a ip address add 192.168.1.10/24 dev eth0
in_a ip address add 2001:db8:1::10/64 dev eth0 nodad
in_b ip address add 192.168.1.1/24 dev eth0
in_a ip link set eth0 up
in_b ip link set eth0 up
in_a ip route add default via 192.168.1.1
check 'the router answers' in_a ping -c 1 -W 5 192.168.1.1

routes() {
	in_a ip route show
	in_a ip -6 route show
}
routes_before=$(routes)

# conflict DESCRIPTION REGEX ARGUMENT...: refused, in one line
conflict() {
	local description=$1 regex=$2
	shift 2
	refused "$@" --port "$port_a"
	check_match "$description" "^serialtun: $regex\$" "$said"
	check_equal "$description: status 1, one line, no interface" '1 1 ' \
		"$ended $(wc -l <<<"$said") $(in_a ip -br link show type tun)"
}

conflict 'the network of the LAN' \
	'cannot use --addr 192.168.1.20/24: 192.168.1.0/24 is already the network of eth0, .* \(choose another network for the link, or reach only the peer: --addr 192.168.1.20 --peer ADDR\)' \
	--addr 192.168.1.20/24
conflict 'the address of the LAN' \
	'cannot use --addr 192.168.1.10: eth0 has this address already .*' \
	--addr 192.168.1.10/32
conflict 'a network that contains the LAN' \
	'cannot use --addr 192.168.0.1/16: its network contains that of eth0, 192.168.1.0/24 .*' \
	--addr 192.168.0.1/16
conflict 'the IPv6 network of the LAN' \
	'cannot use --addr 2001:db8:1::20/64: 2001:db8:1::/64 is already the network of eth0, .*' \
	--addr 10.10.10.1/24 --addr 2001:db8:1::20/64
conflict 'a --peer that is this host' \
	'cannot use --peer 192.168.1.10: it is an address of this host, of eth0 .*' \
	--addr 10.10.10.1 --peer 192.168.1.10
refused --create -i kept0 --addr 192.168.1.20/24
check_match '--create' 'cannot use --addr 192.168.1.20/24: ' "$said"
check_equal 'the routes have not changed' "$routes_before" "$(routes)"
in_a strace -qq -e trace=open,openat -o "$dir/strace.txt" "$serialtun" \
	--addr 192.168.1.20/24 --port "$port_a" 2>/dev/null
check 'strace shows opened files' grep -q /dev/null "$dir/strace.txt"
check_not 'the port is not among them' \
	grep -q "$port_a\|$(readlink "$port_a")" "$dir/strace.txt"

# Addresses that take no network.
start_a --addr 192.168.1.20 --peer 192.168.1.21
check_equal 'a pair of addresses of the LAN: no warning' 2 \
	"$(wc -l <"$dir/a.log")"
check 'the router still answers' in_a ping -c 1 -W 5 192.168.1.1
stop_a
start_a --addr 192.168.1.10 --peer 10.9.9.9
check_equal 'an unnumbered link: no warning' 2 "$(wc -l <"$dir/a.log")"
stop_a
start_a --addr 192.168.1.20 --peer 192.168.1.1
check_match 'the router as the peer' \
	'^serialtun: --peer 192.168.1.1 is the address of a router of this host, reached through eth0: ' \
	"$(<"$dir/a.log")"
stop_a
start_a --addr fe80::77/64 --addr 10.10.10.1/24
check_equal 'a link-local address: no warning' 2 "$(wc -l <"$dir/a.log")"
stop_a

# Inside an existing network: a warning.
in_a ip address add 10.0.0.2/8 dev eth0
in_a ip route add 172.16.0.0/12 via 10.0.0.3
start_a --addr 10.0.0.1/24
check_match 'inside a wider network' \
	'^serialtun: 10.0.0.0/24 lies inside 10.0.0.0/8, which goes through eth0: ' \
	"$(<"$dir/a.log")"
check_match "the proposed address is neither ours nor a router's" \
	'at the other end: .* --addr 10.0.0.4/24 ' "$(<"$dir/a.log")"
check_equal 'three lines' 3 "$(wc -l <"$dir/a.log")"
stop_a
start_a --addr 172.20.0.1/24
check_match 'inside a route' \
	'^serialtun: 172.20.0.0/24 lies inside 172.16.0.0/12, which goes through eth0: ' \
	"$(<"$dir/a.log")"
stop_a
in_a ip route del 172.16.0.0/12
in_a ip address del 10.0.0.2/8 dev eth0

# The two halves of a VPN's default route are not a network.
in_a ip route add 0.0.0.0/1 via 192.168.1.1
in_a ip route add 128.0.0.0/1 via 192.168.1.1
start_a --addr 10.10.10.1/24
check_equal 'beside a VPN: no warning' 2 "$(wc -l <"$dir/a.log")"

# Another link of serialtun.
refused --addr 10.10.10.5/24 --port "$port_b"
check_match 'the network of another link' \
	'^serialtun: cannot use --addr 10.10.10.5/24: 10.10.10.0/24 is already the network of tun0.*; tun0 is a tunnel: is serialtun running already\?$' \
	"$said"
check_equal 'one line, status 1' '1 1' "$ended $(wc -l <<<"$said")"
stop_a
start_a --addr 10.10.10.1/24
check_equal 'started again: no warning' 2 "$(wc -l <"$dir/a.log")"
stop_a KILL 2>/dev/null
start_a --addr 10.10.10.1/24
check_equal 'after kill -9: no warning' 2 "$(wc -l <"$dir/a.log")"
stop_a

# An interface that is down has no network yet.
in_a ip link add sleeper type veth peer name sleeper1
in_a ip address add 10.20.0.1/24 dev sleeper
start_a --addr 10.20.0.2/24
check_match 'the network of an interface that is down' \
	'^serialtun: sleeper, which is down, has 10.20.0.0/24: ' \
	"$(<"$dir/a.log")"
stop_a
in_a ip link del sleeper

# A persistent interface with addresses.
in_a ip tuntap add dev kept0 mode tun
in_a ip address add 10.30.0.1/24 dev kept0
in_a ip link set kept0 up
start_a -i kept0 --addr 10.30.0.1/24
check_equal 'an attached interface does not conflict with itself' 2 \
	"$(wc -l <"$dir/a.log")"
stop_a
refused --addr 10.30.0.1/24 --port "$port_a"
check_match "in another interface's network: a warning" \
	'cannot use --addr 10.30.0.1/24: kept0 has this address already' "$said"
in_a ip link del kept0

# --metric also applies to the network of the --addr.
start_a --addr 10.10.10.1/24 --addr fd00::1/64 --metric 4000
check_match 'the network of --addr has the metric' \
	'^10.10.10.0/24 dev tun0 .*metric 4000' "$(in_a ip route show)"
check_match 'the IPv6 network, too' '^fd00::/64 dev tun0 .*metric 4000' \
	"$(in_a ip -6 route show)"
stop_a
finish
