#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A hostile peer on lines with other framings than SLIP: wrong lengths, empty
# and too long frames and datagrams, half a packet, garbage. serialtun counts
# them, and the interface outlives them. After a wrong length the decoder cannot
# find the next packet, so serialtun makes a new connection.
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

# serialtun connects to a hostile listener, to one kind after the other.
port_a=tcp:172.16.0.2:55555
start_a --wait --framing length --addr 10.0.0.1/24
peer_on b hostile listen 55555 "${kinds[@]}"
wait_end "$peer" 20
check_equal 'a hostile server: serialtun connects again and again' 0 "$ended"
check "each connection was lost" wait_for 5 has_lost "${#kinds[@]}"
check 'the bad frames are counted' has_more_drops 0
interface_on b tun0 -n
peer_on b simpletun -i tun0 -s
check 'with a good server the link is back' wait_for 10 pings
stop_a
check_equal 'status 0' 0 "$ended"
wait_end "$peer"

# A hostile client connects to serialtun.
port_a=tcp-listen:172.16.0.1:55555
start_a --framing length --addr 10.0.0.1/24
for kind in "${kinds[@]}"; do
	before=$(from_line dropped)
	in_b hostile tcp 172.16.0.1 55555 "$kind"
	check "a hostile client, $kind: serialtun still runs" alive "$pid_a"
	case $kind in
	lying | short | garbage)
		check "$kind: the bad frames are counted" has_more_drops "$before"
		;;
	esac
done
peer_on b simpletun -i tun0 -c 172.16.0.1
check 'with a good client the link is back' wait_for 10 pings
in_b hostile tcp 172.16.0.1 55555 garbage
check 'it keeps its peer while others connect' pings
check_not 'the line is not lost' has_lost $((${#kinds[@]} + 1))
stop_a
check_equal 'status 0' 0 "$ended"
stop "$peer"

# Datagrams from the peer and from other hosts.
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
check_equal 'it accepts datagrams only from the peer, from any port' \
	$((before + 20)) "$(from_line packets)"
check_not 'the line was never lost' has_lost 1
stop_a
check_equal 'status 0' 0 "$ended"
finish
