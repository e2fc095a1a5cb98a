#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two ends find each other again at whatever moment one of them is restarted, at
# a high speed or in the middle of the search for it. TCP survives each restart.
# $RESTARTS is the number of restarts.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"
# shellcheck source=stream.sh
source "$root/tests/end_to_end/stream.sh"

: "${RESTARTS:=10}"

start_end() { # a|b
	case $1 in
	a) start_a --baud auto --addr 10.9.0.1/24 ;;
	b) start_b --baud auto --addr 10.9.0.2/24 ;;
	esac
}

start_cable --baud auto
start_end a
start_end b
check 'the ends are there' wait_for 10 pings 10.9.0.2
start_stream
check 'TCP runs' wait_for 20 is_beyond 0

stalls=0
for ((i = 0; i < RESTARTS; i++)); do
	sleep "$((RANDOM % 4)).$((RANDOM % 1000))"
	ends=(a b)
	signals=(TERM KILL)
	end=${ends[RANDOM % 2]}
	signal=${signals[RANDOM % 2]}
	"stop_$end" "$signal"
	sleep "0.$((RANDOM % 1000))"
	start_end "$end"
	good=$(<"$dir/good")
	wait_for 30 is_beyond "$good" || {
		stalls=$((stalls + 1))
		echo "# restart $i, of $end with $signal: TCP stalls"
	}
done
check_equal "TCP survives $RESTARTS restarts at random moments" 0 "$stalls"
check 'the receiver has found no wrong byte' alive "$receiver"
stop_stream
stop_both
stop_cable

finish
