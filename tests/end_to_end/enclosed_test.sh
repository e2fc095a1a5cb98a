#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A route to the peer leads into the link itself. If the link has brought that
# route, the connection keeps its old way; if another program adds it later,
# there is no packet storm.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=exchange.sh
source "$(dirname "$0")/exchange.sh"

join_hosts || skip_all 'no veth here'
in_a ip route add default via 172.16.0.254

# to_line: print the number of packets that A has sent so far
to_line() {
	local before
	before=$(grep -c ' to the line: ' "$dir/a.log")
	kill -USR1 "$pid_a"
	wait_for 5 said_more "$before"
	sed -nE 's/.* to the line: ([0-9]+) packets.*/\1/p' "$dir/a.log" |
		tail -n 1
}

# few DESCRIPTION: check that there is no packet storm
few() {
	local count
	in_a ping -c 1 -W 1 10.0.0.2 >/dev/null
	sleep 1
	count=$(to_line)
	check "$1 ($count packets)" [ "$count" -le 1000 ]
}

# poked COMMAND...: with something to send
poked() {
	in_a ping -q -c 1 -W 1 10.0.0.2
	"$@"
}

udp_a=udp:172.16.0.2:3004,3005
udp_b=udp:172.16.0.1:3005,3004

# enclosed DESCRIPTION PORT-A PORT-B ROUTE
enclosed() {
	start_b --addr 10.0.0.2/24 --port "$3" --wait
	start_a --addr 10.0.0.1/24 --port "$2" --route "$4" --metric 0
	check "$1: a ping crosses" wait_for 10 pings
	check "$1: TCP crosses" tcp a b 10.0.0.2 "$random"
	check "$1: packets for the peer use the link, except the line's own" \
		in_a ping -q -c 1 -W 2 10.0.0.2
	few "$1: and there is no storm"
	stop_b
	start_b --addr 10.0.0.2/24 --port "$3" --wait
	check "$1: a lost line comes back" wait_for 15 pings
	stop_a
	stop_b
}

enclosed 'udp, a route to the host' "$udp_a" "$udp_b" 172.16.0.2/32
enclosed 'udp, two routes for everything' "$udp_a" "$udp_b" 172.0.0.0/9
enclosed 'tcp' tcp:172.16.0.2:3006 tcp-listen:172.16.0.2:3006 172.16.0.2/32

# A persistent interface already leads to the peer, and no other way does.
in_a ip route del default
in_a ip addr del 172.16.0.1/24 dev line0
refused --addr 10.0.0.1/24 --route 172.16.0.0/24 --port "$udp_a"
check_equal 'no route but the link: refused' 1 "$ended"
check_match 'the message says why' \
	"^serialtun: cannot use $udp_a: the link would carry its own packets \\(the route to that host leads into the link itself: leave that host out of --addr and --route, or add a route for it first\\)\$" \
	"$said"
in_a ip addr add 172.16.0.1/24 dev line0

# Another program adds such a route while the link is up.
start_b --addr 10.0.0.2/24 --port "$udp_b"
start_a --addr 10.0.0.1/24 --port "$udp_a"
check 'without that route a ping crosses' wait_for 5 pings
in_a ip route add 172.16.0.2/32 dev tun0
few 'somebody adds one: there is no storm'
check 'with it serialtun warns' wait_for 5 a_says "^serialtun: $udp_a: a route sends the line's own packets into tun0, so none reaches the peer "
check 'serialtun counts the looping packets' \
	a_says 'to the line: .* [0-9]+ routing loop'
in_a ip route del 172.16.0.2/32 dev tun0
check 'without the route a ping crosses again' wait_for 5 pings
stop_a
stop_b

# A listening serialtun does not know its peer. A route sends the SYN-ACK into
# the link, so there never is a connection. Without a carrier the kernel drops
# the SYN-ACK before serialtun can read it, so the peer connects late here.
listens=tcp-listen:172.16.0.1:3007
start_a --addr 10.0.0.1/24 --port "$listens" --route 172.16.0.2/32 --metric 0
check 'tcp-listen, no peer yet: no carrier' wait_for 5 no_carrier
sleep 2
start_b --addr 10.0.0.2/24 --port tcp:172.16.0.1:3007 --wait
check 'tcp-listen, a route to the peer: serialtun warns' wait_for 15 \
	a_says "^serialtun: still waiting: cannot use $listens for 172.16.0.2: the link would carry its own packets \\(the route to that host leads into the link itself: leave that host out of --addr and --route, or add a route for it first\\)\$"
in_a ip route del 172.16.0.2/32 dev tun0
check 'without that route the peer is accepted' wait_for 20 pings
check_equal 'serialtun warned once' 1 "$(grep -c 'cannot use' "$dir/a.log")"
stop_a
stop_b

# The same at the start, while the interface still has its carrier.
start_b --addr 10.0.0.2/24 --port tcp:172.16.0.1:3007 --wait
start_a --addr 10.0.0.1/24 --port "$listens" --route 172.16.0.2/32 --metric 0
check 'tcp-listen, an early peer: serialtun warns' wait_for 15 \
	a_says "^serialtun: still waiting: cannot use $listens for 172.16.0.2: "
in_a ip route del 172.16.0.2/32 dev tun0
check 'without that route the early peer is accepted' wait_for 20 pings
sleep 2
check_not 'no warning of packets lost before the connection' a_says 'a route sends'
stop_a
stop_b

# On [::] an IPv4 peer has an IPv6 address.
start_a --addr 10.0.0.1/24 --port 'tcp-listen:[::]:3007'
start_b --addr 10.0.0.2/24 --port tcp:172.16.0.1:3007 --wait
check 'tcp-listen on all addresses: a ping crosses' wait_for 10 pings
in_a ip route add 172.16.0.2/32 dev tun0
check 'a route is added: serialtun warns' wait_for 10 poked \
	a_says 'a route sends the line.s own packets into tun0'
kill -USR1 "$pid_a"
check 'serialtun counts the packets' wait_for 5 \
	a_says 'to the line: .* [0-9]+ routing loop'
in_a ip route del 172.16.0.2/32 dev tun0

finish
