#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The addresses of a pair: two cables between the same hosts, networks that are
# taken at one end, one end with --addr and --peer, an interface that already
# has an address. serialtun takes only a private address from a stranger.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

stop_both() {
	stop_a
	stop_b
}

# lan_on HOST ADDRESS: another network of this host
lan_on() {
	"in_$1" ip link add lan0 type veth peer name lan1
	"in_$1" ip address add "$2" dev lan0
	"in_$1" ip link set lan1 up
	"in_$1" ip link set lan0 up
}

no_lan_on() {
	"in_$1" ip link del lan0
}

address_of() {
	"in_$1" ip -4 -o address show dev tun0 | sed -E 's/.*inet (.*) scope.*/\1/'
}

start_cable --baud 0

# Two cables between the same hosts.
start_a
start_b
check_pair 'the first cable'
first_a=$pid_a first_b=$pid_b
"$cable" --baud 0 "$dir/ttyA2" "$dir/ttyB2" >"$dir/cable2.log" 2>&1 &
second_cable=$!
wait_for 5 test -e "$dir/ttyB2"
port_a=$dir/ttyA2
port_b=$dir/ttyB2
start_a
start_b
check_pair 'the second cable has another network' 10.10.11.1 10.10.11.2 tun1
check 'a ping crosses the first' in_a ping -q -c 1 -W 5 10.10.10.2
check 'each ping takes its own cable' in_a ping -q -c 1 -W 5 -I tun1 10.10.11.2
stop_both
kill "$first_a" "$first_b"
wait_end "$first_a"
wait_end "$first_b"
kill "$second_cable"
wait_end "$second_cable"
port_a=$dir/ttyA
port_b=$dir/ttyB

# Networks that are taken at one end.
lan_on b 10.10.10.7/24
start_a
start_b
check_pair "10.10.10.0/24 is B's LAN" 10.10.11.1 10.10.11.2
stop_both
in_a ip route add 10.10.11.0/25 dev lo
start_a
start_b
check_pair 'and A has a route for 10.10.11.0/25' 10.10.12.1 10.10.12.2
stop_both
no_lan_on b
lan_on a 10.1.2.3/8
start_a
start_b
check_pair "10.0.0.0/8 is A's LAN: the second pool" 172.31.10.1 172.31.10.2
stop_both
lan_on b 172.16.0.1/12
start_a
start_b
no_network=': tun0: no network is free at both ends, so the link has IPv6 link-local addresses only \(give both ends an --addr\)$'
check "172.16.0.0/12 is B's LAN: A says that no network is free" \
	wait_for 10 a_says "$no_network"
check 'B says so, too' wait_for 10 b_says "$no_network"
check 'no address is taken' test -z "$(address_of a)$(address_of b)"
check 'a link-local ping crosses' wait_for 5 in_a ping -q -c 1 -W 1 \
	"$(in_b ip -6 -o address show dev tun0 |
		grep -oE 'fe80:[0-9a-f:]+')%tun0"
stop_both
no_lan_on a
no_lan_on b
# Neither a default route nor the two halves of a VPN take a network.
lan_on b 192.168.5.5/24
in_b ip route add default via 192.168.5.1
in_b ip route add 0.0.0.0/1 via 192.168.5.1
in_b ip route add 128.0.0.0/1 via 192.168.5.1
start_a
start_b
check_pair 'a default route takes no network'
stop_both
no_lan_on b

# One end has an address.
start_a --addr 10.1.0.1/24
start_b
check_pair 'A has --addr' 10.1.0.1 10.1.0.2
check_equal 'B takes the prefix, too' 10.1.0.2/24 "$(address_of b)"
check "it is the one that A's second line proposes" \
	a_says '^serialtun: at the other end: .*--addr 10\.1\.0\.2/24 '
stop_both
start_a
start_b --addr 192.168.77.9/24
check 'B has --addr: A announces the pair' wait_for 10 \
	a_says ': tun0: paired with desk .*: 192\.168\.77\.[0-9]+ here, 192\.168\.77\.9 there$'
check 'a ping crosses' wait_for 5 pings 192.168.77.9
stop_both
start_a --addr 10.0.0.1 --peer 10.0.9.2
start_b
check_pair 'A has --addr and --peer' 10.0.0.1 10.0.9.2
check_equal 'B has a pair of addresses' '10.0.9.2 peer 10.0.0.1/32' \
	"$(address_of b)"
stop_both
start_a --addr fd00::1/64
start_b
check_pair 'A has an IPv6 address alone'
stop_both
# With a route of its own an end takes none, so nothing is left to take.
start_a --addr 10.1.0.1/24 --route 192.0.2.0/24
start_b --addr 10.1.0.2/24 --route 198.51.100.0/24
check_pair 'both have --addr' 10.1.0.1 10.1.0.2
check_equal 'no keeper runs' '' "$(pgrep -x serialtun-keep)"
check_equal 'A prints three lines' 3 "$(wc -l <"$dir/a.log")"
stop_both

# Addresses that B must refuse.
for addr in 8.8.8.1/24 10.1.0.1/16; do
	start_a --addr "$addr"
	start_b
	refused=": tun0: no address is taken from board: ${addr//./\\.} is not a private address with a prefix of 24 or more \\(give both ends an --addr\\)\$"
	check "$addr at A: B takes no address, and says so" \
		wait_for 10 b_says "$refused"
	check "$addr at A: A says so, too" wait_for 10 a_says \
		': tun0: no address is taken from '
	check_equal 'B has no address' '' "$(address_of b)"
	stop_both
done

# A's network is already B's LAN.
lan_on b 10.1.0.7/24
start_a --addr 10.1.0.1/24
start_b
check "10.1.0.0/24 is B's LAN: B takes no address of it, and says so" \
	wait_for 10 b_says \
	'^serialtun: tun0: cannot take 10\.1\.0\.2/24 from board: .*10\.1\.0\.0/24.* lan0.* \(give one with --addr\)$'
check_equal 'B has no address' '' "$(address_of b)"
stop_both
finish
