#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The keeper, the process that sets an address after the peer was heard: the
# addresses that it sets and refuses, the removal of its address whatever
# happens to the main process, and its confinement.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

driver=$build/tests/end_to_end/keeper_driver

# A LAN on host A, and a persistent interface for the link.
in_a ip link add eth0 type veth peer name eth1 || skip_all 'no veth here'
in_a ip address add 192.168.1.10/24 dev eth0
in_a ip address add 172.20.0.1 peer 172.20.9.9/32 dev eth0
in_a ip link set eth0 up
in_a ip link set eth1 up
in_a ip route add 10.20.0.0/16 dev eth0
in_a ip route add 10.0.0.0/7 dev eth0
in_a ip route add default via 192.168.1.1
in_a ip tuntap add mode tun kept0
in_a ip link set kept0 up

mkfifo "$dir/orders"

# start_driver [USER [WORD]...]: start a main process, for say; $keeper is its keeper
start_driver() {
	# Do not find the words of the previous one, which is in this file yet.
	: >"$dir/driver.log"
	nsenter --target "$host_a" --net -- "$driver" kept0 "$@" \
		<"$dir/orders" >"$dir/answers" 2>"$dir/driver.log" &
	driver_pid=$!
	exec 9>"$dir/orders"
	wait_for 10 grep -q 'privileges dropped' "$dir/driver.log"
	keeper=$(pgrep -P "$driver_pid" -x serialtun-keep)
}

# say LINE: send an order; $said is the answer
say() {
	local before
	before=$(wc -l <"$dir/answers")
	echo "$*" >&9
	wait_for 10 more_answers_than "$before"
	said=$(tail -n 1 "$dir/answers")
}

more_answers_than() {
	[ "$(wc -l <"$dir/answers")" -gt "$1" ]
}

addrs() {
	in_a ip -4 -br address show dev kept0 | awk '{ $1 = $2 = ""; print }' |
		xargs
}

no_addrs() {
	[ -z "$(addrs)" ]
}

# end_driver: end it as serialtun ends
end_driver() {
	echo end >&9
	wait_end "$driver_pid"
	exec 9>&-
}

status_of() {
	awk -v field="$1:" '$1 == field { $1 = ""; print substr($0, 2) }' \
		"/proc/$keeper/status"
}

# check_confined DESCRIPTION UID
check_confined() {
	check_equal "$1: one capability, CAP_NET_ADMIN (effective, permitted, inheritable, bounding, ambient)" \
		"$(printf '%016x ' $((1 << 12)) $((1 << 12)) 0 0 0)" \
		"$(for set in Eff Prm Inh Bnd Amb; do
			printf '%s ' "$(status_of "Cap$set")"
		done)"
	check_equal "$1: the user" "$2 $2 $2 $2" "$(status_of Uid | xargs)"
	check_equal "$1: it cannot gain another one" 1 "$(status_of NoNewPrivs)"
	check_equal "$1: two descriptors, a socketpair and Netlink" \
		'socket socket' \
		"$(find "/proc/$keeper/fd" -type l -printf '%l\n' |
			sed 's/:.*//' | xargs)"
	if grep -q 'no filter of system calls' "$dir/driver.log"; then
		skip "$1: a filter" 'no filter on this machine'
	else
		check_equal "$1: a filter" 2 "$(status_of Seccomp)"
	fi
	# Root owns the files in /proc of a process that is not dumpable.
	check_equal "$1: only root sees its memory" 0 \
		"$(stat -c %u "/proc/$keeper/status")"
	check_equal "$1: its name" serialtun-keep "$(<"/proc/$keeper/comm")"
}

start_driver
check_confined 'as root' 0

# Set addresses, and remove them.
say take 10.10.10.1/30 10.10.10.2
check_equal 'it sets an address' '1 done' "$said"
check_equal 'the interface has the address' 10.10.10.1/30 "$(addrs)"
say take 10.10.10.1/30 10.10.10.2
check_equal 'the same request again: the address stays' '1 done' "$said"
say take 10.10.10.2/30 10.10.10.1
check_equal 'another address of the network replaces the first' \
	'1 done 10.10.10.2/30' "$said $(addrs)"
say drop
check_equal 'it removes the address' '2 done ' "$said $(addrs)"
say drop
check_equal 'nothing to remove: no error' '2 done' "$said"
say take 10.10.10.1/32 10.10.11.1
check_equal 'a pair of addresses' '1 done 10.10.10.1 peer 10.10.11.1/32' \
	"$said $(addrs)"

# Refused requests do not count among the four per minute.
say take 8.8.8.1/24 8.8.8.2
check_equal 'an address of the Internet' \
	'1 Operation not permitted: an address that the peer proposes must be private (RFC 1918)' \
	"$said"
say take 10.10.0.1/16 10.10.0.2
check_equal 'a large network' \
	'1 Operation not permitted: a network that the peer proposes must be /24 or smaller' \
	"$said"
for len in 1 39 41 4096; do
	say raw "$len"
	check_equal "$len bytes are no request" '0 Bad message: unknown request' \
		"$said"
done
say raw 40
check_equal 'a record of zeros' '0 Bad message: unknown request' "$said"

say take 10.10.12.1/30 10.10.12.2
check_equal 'the fourth address of a minute' '1 done 10.10.12.1/30' \
	"$said $(addrs)"
say take 10.10.13.1/30 10.10.13.2
check_equal 'the fifth of a minute is refused' \
	'1 Device or resource busy: 4 addresses were proposed in less than 60 s 10.10.12.1/30' \
	"$said $(addrs)"
say take 10.10.12.1/30 10.10.12.2
check_equal 'a request for the present address still succeeds' '1 done' "$said"

# Signals do not end the keeper; a SIGKILL of the main process does.
# The mask is HUP INT QUIT ABRT USR1 USR2 PIPE ALRM TERM XFSZ, without the C
# library's.
check_equal 'it ignores signals and blocks none' '1007a27 0' \
	"$(printf '%x %x' $((0x$(status_of SigIgn) & 0x7fffffff)) \
		$((0x$(status_of SigBlk))))"
for signal in INT TERM HUP USR1 USR2 QUIT ABRT PIPE ALRM XFSZ; do
	kill "-$signal" "$keeper"
done
sleep 0.2
check 'signals do not end the keeper' alive "$keeper"
kill -KILL "$driver_pid"
wait_end "$driver_pid"
check 'kill -9 of the main process: the keeper ends' wait_for 10 not alive "$keeper"
check 'kill -9 of the main process: the address is gone' wait_for 10 no_addrs
check 'the interface stays' in_a ip link show dev kept0

# Addresses that conflict with this host's network.
start_driver
say take 192.168.1.21/30 192.168.1.22
check_equal 'a part of the LAN' \
	'1 Address already in use: 192.168.1.20/30 overlaps 192.168.1.0/24, which this host reaches through eth0' \
	"$said"
say take 10.20.30.1/30 10.20.30.2
check_equal 'a part of the destination of a route' \
	'1 Address already in use: 10.20.30.0/30 overlaps 10.20.0.0/16, which this host reaches through eth0' \
	"$said"
say take 10.10.10.1/32 192.168.1.10
check_equal "an address of this host as the peer's" \
	'1 Address already in use: 192.168.1.10 overlaps 192.168.1.10, which this host reaches through eth0' \
	"$said"
say take 172.20.9.10/30 172.20.9.9
check_equal 'the peer of another link' \
	'1 Address already in use: 172.20.9.8/30 overlaps 172.20.9.9, which this host reaches through eth0' \
	"$said"
check 'it has set none of them' no_addrs
end_driver
check_equal 'the main process ends with status 0' 0 "$ended"
check_equal 'the keeper has ended before the main process' ended \
	"$(tail -n 1 "$dir/answers")"

# Another user, and an address that the owner of the interface has added.
in_a ip address add 10.10.30.1/24 dev kept0
start_driver nobody
check_confined 'as nobody' "$(id -u nobody)"
say take 10.10.30.1/24 10.10.30.2
check_equal 'an existing address' '1 done' "$said"
say take 10.10.31.1/24 10.10.31.2
check_equal 'as nobody it sets an address' \
	'1 done 10.10.30.1/24 10.10.31.1/24' "$said $(addrs)"
in_a ip address del 10.10.31.1/24 dev kept0
say drop
check_equal 'somebody else has deleted the address: no error' '2 done' "$said"
say take 10.10.31.1/24 10.10.31.2
end_driver
check_equal "it removes its own address, and not the owner's" 10.10.30.1/24 \
	"$(addrs)"

# The user has given an address, and a route.
start_driver nobody no-address no-route
say take 10.10.31.1/24 10.10.31.2
check_equal 'an end with an address takes no other' \
	'1 Operation not permitted: this end takes no address' "$said"
say route
check_equal 'an end with a route takes no other' \
	'3 Operation not permitted: this end takes no default route' "$said"
check_equal 'it has set nothing' '10.10.30.1/24 ' \
	"$(addrs) $(in_a ip -4 route show dev kept0 default)"
end_driver

# The interface is deleted.
start_driver
say take 10.10.31.1/24 10.10.31.2
in_a ip tuntap del mode tun kept0
say take 10.10.32.1/24 10.10.32.2
check_match "a deleted interface: the kernel's reason" \
	'^1 No such device: ' "$said"
kill -KILL "$keeper"
say drop
check_equal 'without the keeper a request fails' 'failed: Broken pipe' "$said"
end_driver
check_equal 'the main process can end' 0 "$ended"

# Another program has stopped the keeper.
in_a ip tuntap add mode tun kept0
start_driver
say take 10.10.31.1/24 10.10.31.2
kill -STOP "$keeper"
end_driver
check_equal 'the main process waits only for a time' \
	'0 10.10.31.1/24' "$ended $(addrs)"
kill -CONT "$keeper"
check 'once continued, the keeper removes the address' wait_for 10 no_addrs
check 'and ends' wait_for 10 not alive "$keeper"

# Without the capability.
check_match 'without CAP_NET_ADMIN' \
	'cannot start the process that takes an address from the other end: Operation not permitted \(' \
	"$(in_a setpriv --bounding-set -net_admin --inh-caps -all "$driver" \
		kept0 2>&1 <<<end)"

finish
