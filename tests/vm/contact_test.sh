#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A loose contact: an adapter is unplugged and plugged in, at times faster than
# the driver; then with ends that find a higher speed after each time.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

open_fds() {
	find "/proc/$1/fd" -mindepth 1 | wc -l
}

# Leave out pages of programs and libraries, which load when first needed.
memory_kb() {
	awk '/RssAnon/ { print $2 }' "/proc/$1/status"
}

has_high_speed() {
	[ "$(stty -F /dev/ttyUSB0 speed)" -gt 115200 ] && pings
}

for speed in 115200 auto; do
	renumber_adapters
	use_adapters
	link_up --baud "$speed"
	check "--baud $speed: a ping crosses" wait_for 5 pings
	[ "$speed" = 115200 ] || check 'A has a higher speed' \
		wait_for 60 has_high_speed
	pull_out 0
	plug_in 0
	wait_for 20 pings
	[ "$speed" = 115200 ] || wait_for 60 has_high_speed
	fds=$(open_fds "$pid_a")
	memory=$(memory_kb "$pid_a")
	for ((i = 0; i < 20; i++)); do
		unplug 0
		sleep "0.$((RANDOM % 4))"
		plug 0
		sleep "0.$((RANDOM % 9))"
	done
	check "--baud $speed: after 20 fast cycles a ping crosses" \
		wait_for 20 pings
	# An end takes part in 24 attempts a minute, and the cycles may have
	# used them up. The other asks again every 20 s.
	[ "$speed" = 115200 ] || check 'A has a higher speed again' \
		wait_for 120 has_high_speed
	check_equal "--baud $speed: no descriptor leaks" "$fds" \
		"$(open_fds "$pid_a")"
	now=$(memory_kb "$pid_a")
	check "--baud $speed: no memory leaks ($memory kB, now $now kB)" \
		[ "$now" -le $((memory + 256)) ]
	link_down
	check_match "--baud $speed: it counts the losses" \
		'^serialtun: .*the port was lost [1-9][0-9]* times?$' \
		"$(<"$dir/a.log")"
done
finish
