#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two ends pair on every kind of line with SLIP, and with --tap. They take the
# same addresses each time.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"
# shellcheck source=exchange.sh
source "$root/tests/end_to_end/exchange.sh"

# The functions of this name in lib.sh and exchange.sh use other addresses.
pings() {
	in_a ping -q -c 1 -W 1 10.10.10.2
}

check_line() {
	check_pair "$1" 10.10.10.1 10.10.10.2 "${2:-tun0}"
	check "$1: TCP from A to B" tcp a b 10.10.10.2 "$random"
	check "$1: TCP from B to A" tcp b a 10.10.10.1 "$random"
	stop_b
	check "$1: A says that B has ended" wait_for 5 a_says \
		': (desk has ended|lost )'
	start_b "${@:3}"
	check "$1: B is restarted, a ping crosses" wait_for 15 pings
	check "$1: A still has its address" has_address a 10.10.10.1 \
		"${2:-tun0}"
	check "$1: B has its address again" has_address b 10.10.10.2 \
		"${2:-tun0}"
	stop_a
	check_equal "$1: status 0" 0 "$ended"
	stop_b
}

# B keeps its Ethernet address after the restart, because A's kernel has cached
# it.
start_cable --baud 0
start_a --tap
start_b --tap --mac 02:00:00:00:00:0b
check_line TAP tap0 --tap --mac 02:00:00:00:00:0b

start_a --flow xonxoff
start_b --flow xonxoff
check_line 'XON/XOFF' tun0 --flow xonxoff

join_hosts
port_a=tcp-listen:172.16.0.1:7000
port_b=tcp:172.16.0.1:7000
start_a
start_b
check_line TCP

port_a=unix-listen:$dir/socket
port_b=unix:$dir/socket
start_a
start_b
check_line 'a unix socket'

port_a=pty:$dir/board
port_b=$dir/board
start_a
start_b
check_line 'a pty'

# Standard input and output: socat starts both ends, as ssh would start one end.
for host in a b; do
	pid=host_$host
	cat >"$dir/end_$host" <<-END
		#!/bin/sh
		exec nsenter --target ${!pid} --net -- "$serialtun" --port - \
			2>>"$dir/$host.log"
	END
	chmod +x "$dir/end_$host"
done
for how in '' ',pipes'; do
	: >"$dir/a.log"
	: >"$dir/b.log"
	socat "EXEC:$dir/end_a$how" "EXEC:$dir/end_b$how" 2>"$dir/socat.log" &
	socat=$!
	check_pair "standard input and output$how"
	check "standard input and output$how: TCP" tcp a b 10.10.10.2 "$random"
	kill "$socat"
	wait_end "$socat"
	wait_for 10 not in_a ip link show dev tun0
	wait_for 10 not in_b ip link show dev tun0
done

# With another framing, no end looks for a peer.
port_a=tcp-listen:172.16.0.1:7000
port_b=tcp:172.16.0.1:7000
start_a --framing length
start_b --framing length
check '--framing length: no IPv4 address by pairing' \
	b_says 'is up: [^ ]+ \(link-local only\)'
sleep 2
check_not '--framing length: A does not pair' a_says paired
check_not '--framing length: no keeper' pgrep -x serialtun-keep
check 'a ping to the link-local address crosses' wait_for 5 in_a ping -q -c 1 \
	-W 1 "$(in_b ip -6 -o address show dev tun0 |
		grep -oE 'fe80:[0-9a-f:]+')%tun0"
stop_a
stop_b
finish
