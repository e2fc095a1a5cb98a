#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --login without --baud finds the speed of a console that speaks by itself, and
# sends nothing until then.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=consoles.sh
source "$(dirname "$0")/consoles.sh"

# start_board BAUD: it boots, with a line every 0.2 s, until it finds the file
# "up"; then it has a getty
start_board() {
	rm -f "$dir/up"
	# shellcheck disable=SC2016 # the inner shell expands it
	"${board[@]}" bash -c '
		exec 3<>"$2"
		stty raw -echo "$1" <&3
		cat <&3 >"$3/came" &
		while [ ! -e "$3/up" ]; do
			echo "Starting service number $((++i))" >&3
			sleep 0.2
		done
		kill $!
		exec 3>&-
		while :; do
			setsid agetty --noclear -L "$1" "${2#/dev/}" vt100
			sleep 0.2
		done' board "$1" "$(readlink "$port_b")" "$dir" \
		>"$dir/getty.log" 2>&1 </dev/null &
	getty=$!
}

make_board dash
for baud in 9600 921600; do
	start_cable --baud auto
	stty -F "$port_a" 115200
	start_board "$baud"
	sleep 1
	log_in --password-file "$dir/password"
	check "$baud baud: it says the speed" \
		wait_for 40 a_says "the console speaks at $baud baud"
	check_equal "$baud baud: nothing was sent before" 0 \
		"$(stat -c %s "$dir/came")"
	touch "$dir/up"
	check "$baud baud: it becomes the link" wait_for 40 a_says 'is a link now'
	check "$baud baud: a ping crosses" wait_for 15 pings
	stop_a
	check_equal "$baud baud: it ends with success" 0 "$ended"
	check "$baud baud: the board's end ends" wait_for 10 not runs_there
	check_equal "$baud baud: the port has its speed of before" 115200 \
		"$(stty -F "$port_a" speed)"
	stop_getty
	stop_cable
done
finish
