#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The search for another serialtun does not disturb other SLIP programs: as many
# packets cross as with --pair=no, and serialtun sends at most 17 hellos until
# it hears another serialtun.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

export PYTHONDONTWRITEBYTECODE=1

# start_stranger MANNER...
start_stranger() {
	: >"$dir/stranger.log"
	python3 "$root/tests/end_to_end/slip_peer.py" "$port_b" \
		"$dir/stranger.json" "$@" >"$dir/stranger.log" 2>&1 &
	stranger=$!
	wait_for 5 grep -q ready "$dir/stranger.log"
}

stop_stranger() {
	kill "$stranger"
	wait_end "$stranger"
}

# meet_stranger PINGS SECONDS MANNER...: send so many pings, and then none for
# so many seconds; first with --pair=no and one second, then with pairing
meet_stranger() {
	local pings=$1 seconds=$2 manner replies hellos
	shift 2
	for pair in no ''; do
		manner="${*:-silent}, $([ "$pair" ] || echo not) --pair=no"
		start_stranger "$@"
		start_a --addr 10.0.0.1/24 --stats-json "$dir/a.json"
		kill -USR1 "$stranger"
		replies=$(in_a ping -q -c "$pings" -i 0.25 -W 2 10.0.0.2 |
			sed -nE 's/.* ([0-9]+) received.*/\1/p')
		sleep "$([ "$pair" ] && echo 1 || echo "$seconds")"
		stop_stranger
		sleep 0.2
		stop_a
		check_equal "$manner: every ping is answered" "$pings" \
			"$replies"
		check_equal "$manner: every ping arrives" "$pings" \
			"$(value "$dir/stranger.json" 's["pings"]')"
		check_equal "$manner: every packet reaches the interface" \
			"$((pings + $(value "$dir/stranger.json" 's["sent"]')))" \
			"$(value "$dir/a.json" 's["from_line"]["packets"]')"
		check_equal "$manner: it gets only packets and hellos" 0 \
			"$(value "$dir/stranger.json" 's["refused"]')"
		hellos=$(value "$dir/stranger.json" 's["hellos"]')
		[ "$pair" = no ] || continue
		check_equal "$manner: no hello" 0 "$hellos"
	done
	check "$manner: 5 to 17 hellos ($hellos)" \
		test "$hellos" -ge 5 -a "$hellos" -le 17
}

start_cable --baud 115200
meet_stranger 16 1
check 'A reports a peer' a_says ': the peer is there: 10\.0\.0\.2$'
meet_stranger 8 11 bursts end
check_equal 'bursts: as many hellos as there may be' 17 \
	"$(value "$dir/stranger.json" 's["hellos"]')"
meet_stranger 8 4 talk garbage tunslip6
finish
