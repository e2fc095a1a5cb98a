#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two ends that have only --port find each other, in any order of starts and
# after any time. Each end takes an address and reports it. The addresses stay
# the same after a replug, and after a restart of either end.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

stop_both() {
	stop_a
	stop_b
}

start_cable --baud 115200

# start_apart FIRST SECOND SECONDS
start_apart() {
	"start_$1"
	sleep "$3"
	"start_$2"
	check_pair "${1^^} is started $3 s before ${2^^}"
}

start_apart a b 0
check_equal 'A prints three lines' 3 "$(wc -l <"$dir/a.log")"
check_equal 'B prints three lines' 3 "$(wc -l <"$dir/b.log")"
check_equal 'the network has two hosts' '10.10.10.1/30 10.10.10.2/30' \
	"$(for host in a b; do
		"in_$host" ip -4 -br address show dev tun0 | awk '{ print $3 }'
	done | xargs)"
stop_both
start_apart b a 0
stop_both
start_apart a b 0.3
stop_both
start_apart b a 3
stop_both
start_apart a b 20

# One end is restarted while the other runs.
for restart in 1 2; do
	stop_a
	check 'SIGTERM ends A with status 0' test "$ended" = 0
	check 'B says at once that A has ended' wait_for 2 says_times b \
		"$restart" \
		'^serialtun: tun0: board has ended$'
	check "B's carrier is off" wait_for 10 not has_carrier b
	check 'B keeps its address' has_address b 10.10.10.2
	start_a
	check 'B says that A is back' wait_for 10 says_times b \
		$((restart + 1)) 'paired with board .*: 10.10.10.2 here'
	check_pair 'A is restarted'
	check "B's carrier is on" wait_for 2 has_carrier b
done
stop_b
check 'A says at once that B has ended' wait_for 2 \
	a_says '^serialtun: tun0: desk has ended$'
check "A's carrier is off" wait_for 10 not has_carrier a
start_b
check_pair 'B is restarted'

# kill -9: A cannot announce its end.
keeper=$(keeper_of "$pid_a")
stop_a KILL
check 'kill -9 of A: the interface is gone' \
	wait_for 5 not in_a ip link show dev tun0
check 'kill -9 of A: the keeper has ended' wait_for 5 not alive "$keeper"
check_match 'A had a keeper' '^[0-9]+$' "$keeper"
check 'B says that A does not answer any more' wait_for 15 b_says \
	'^serialtun: tun0: board does not answer any more$'
check "B's carrier is off" wait_for 10 not has_carrier b
start_a
check 'B says that A is back' \
	wait_for 10 says_times b 2 'paired with board .*: 10.10.10.2 here'
check_pair 'A is started again'
check "B's carrier is on" wait_for 2 has_carrier b

# Replug.
for replug in 1 2; do
	toggle_cable
	check 'A has lost its port' wait_for 5 says_times a "$replug" ' lost '
	check 'B has lost its port' wait_for 5 says_times b "$replug" ' lost '
	sleep 1
	toggle_cable
	check 'replug: a ping crosses' wait_for 10 pings
	check 'replug: A has its address' has_address a 10.10.10.1
	check 'replug: B has its address' has_address b 10.10.10.2
done

# Both ends are restarted. Neither knows the old addresses, so the host names
# decide again.
stop_both
start_b
start_a
check_pair 'both ends are restarted'
stop_both
check_not "A's interface is gone" in_a ip link show dev tun0
check_not 'no keeper is left' pgrep -x serialtun-keep
finish
