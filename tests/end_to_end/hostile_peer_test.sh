#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A hostile other end on lines of other framings than SLIP: lengths that lie,
# frames and datagrams with nothing in them or too much, half a packet, garbage.
# All of it is counted, and the interface outlives it. Behind a length that was
# wrong nobody knows where the next packet begins: there the line begins anew.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=exchange.sh
source "$root/tests/end_to_end/exchange.sh"

join_hosts
kinds=(lying short empty cut garbage)

# has_more_drops THAN
has_more_drops() {
	[ "$(from_line dropped)" -gt "$1" ]
}

# We connect, and it listens: first one kind, then the next, and then nobody.
port_a=tcp:172.16.0.2:55555
start_a --wait --framing length --addr 10.0.0.1/24
peer_on b hostile listen 55555 "${kinds[@]}"
wait_end "$peer" 20
check_equal 'a hostile server: it was connected to again and again' 0 "$ended"
check "each time the line was lost" wait_for 5 has_lost "${#kinds[@]}"
check 'it is counted' has_more_drops 0
interface_on b tun0 -n
peer_on b simpletun -i tun0 -s
check 'then there is a good one: the link is back' wait_for 10 pings
stop_a
check_equal 'status 0' 0 "$ended"
wait_end "$peer"

# It connects, and we listen.
port_a=tcp-listen:172.16.0.1:55555
start_a --framing length --addr 10.0.0.1/24
for kind in "${kinds[@]}"; do
	before=$(from_line dropped)
	in_b hostile tcp 172.16.0.1 55555 "$kind"
	check "a hostile client, $kind: it goes on" alive "$pid_a"
	case $kind in
	lying | short | garbage)
		check "$kind: it is counted" has_more_drops "$before"
		;;
	esac
done
peer_on b simpletun -i tun0 -c 172.16.0.1
check 'the next client is a good one: the link is back' wait_for 10 pings
in_b hostile tcp 172.16.0.1 55555 garbage
check 'as long as it is there, nobody else is heard' pings
check_not 'and the line is not lost' has_lost $((${#kinds[@]} + 1))
stop_a
check_equal 'status 0' 0 "$ended"
stop "$peer"

# Datagrams; and who is not who we send to.
port_a=udp:172.16.0.2:6000,6001
start_a --addr 10.0.0.1/24
for kind in lying short empty garbage long; do
	before=$(from_line dropped)
	in_b hostile udp 172.16.0.1 6001 "$kind"
	check "$kind datagrams: each is counted" \
		wait_for 5 has_more_drops $((before + 19))
done
in_b ip addr add 172.16.0.3/24 dev line0
before=$(from_line packets)
in_b hostile udp 172.16.0.1 6001 good 172.16.0.3
in_b hostile udp 172.16.0.1 6001 good 172.16.0.2
sleep 0.2
check_equal 'only who we send to is heard, from whatever port' \
	$((before + 20)) "$(from_line packets)"
check_not 'and the line was never lost' has_lost 1
stop_a
check_equal 'status 0' 0 "$ended"
finish
