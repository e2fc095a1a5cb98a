#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the search for the speed brings, on the emulated cable: the goodput of
# TCP with random-looking data with --baud 115200, beside the goodput with the
# speed that two ends find, for cables that are clean to 921600 and to 3000000
# baud; and what the search costs a running ping. As root, in two minutes:
#
#   sudo tests/bench/speed.sh
# shellcheck source=../end_to_end/lib.sh
source "$(dirname "$0")/../end_to_end/lib.sh"

seconds=15

# goodput BAUD: print the bytes per second from A to B
goodput() {
	local receiver sender first
	rm -f "$dir/good"
	start_a --baud "$1" --addr 10.9.0.1/24
	start_b --baud "$1" --addr 10.9.0.2/24
	# The search is over after seven seconds.
	sleep 8
	nsenter --target "$host_b" --net -- \
		python3 "$root/tests/end_to_end/stream.py" receive 6100 \
		"$dir/good" >/dev/null 2>&1 &
	receiver=$!
	nsenter --target "$host_a" --net -- \
		python3 "$root/tests/end_to_end/stream.py" send 10.9.0.2 6100 \
		>/dev/null 2>&1 &
	sender=$!
	sleep 5
	first=$(<"$dir/good")
	sleep "$seconds"
	echo $((($(<"$dir/good") - first) / seconds))
	kill "$sender" "$receiver"
	wait "$sender" "$receiver" 2>/dev/null
	stop_a
	stop_b
}

for max in 921600 3000000; do
	start_cable --baud auto --max-baud "$max" --realtime
	fixed=$(goodput 115200)
	found=$(goodput auto)
	stop_cable
	echo "clean to $max baud: $found B/s, with --baud 115200 $fixed B/s:" \
		"$((found * 10 / fixed / 10)).$((found * 10 / fixed % 10)) times"
done

# A ping every 10 ms while the ends search. The ladder has failures, too.
start_cable --baud auto --max-baud 921600 --realtime
start_a --baud auto --addr 10.9.0.1/24
start_b --baud auto --addr 10.9.0.2/24
in_a ping -q -i 0.01 -w 9 10.9.0.2 >"$dir/ping" 2>&1
stop_a
stop_b
stop_cable
echo "a ping every 10 ms during the search:" \
	"$(grep -E 'received' "$dir/ping"), $(tail -n 1 "$dir/ping")"
