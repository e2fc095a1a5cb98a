#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The cable is pulled out in each phase of a login, and plugged in again: the
# board ends what it began, and the next login succeeds. The time while the
# bundle travels is in login_line_test.sh; here a terminal shows it.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=consoles.sh
source "$(dirname "$0")/consoles.sh"

# pull_out_at PHASE REGEX: when serialtun says so, pull the cable out; later
# plug it in
pull_out_at() {
	start_getty
	log_in --password-file "$dir/password"
	check "$1: it comes" wait_for 20 a_says "$2"
	kill -USR1 "$cable_pid"
	check "$1: the board ends what it began" wait_for 10 not is_busy_there
	check_equal "$1: nothing was left" '' "$(left_there)"
	check "$1: the kernel is as loud as before" grep -q ^7 "$dir/printk"
	check "$1: serialtun waits for the port" alive "$pid_a"
	stop_getty
	kill -USR1 "$cable_pid"
	wait_for 5 test -e "$port_b"
	start_getty
	check "$1: plugged in, it becomes the link" wait_for 40 a_says 'is a link now'
	check "$1: a ping crosses" wait_for 10 pings
	stop_a
	check_equal "$1: it ends with success" 0 "$ended"
	check "$1: the board's end ends" wait_for 10 not runs_there
	check "$1: logged out" wait_for 10 not has_shell_there
	stop_getty
}

is_busy_there() {
	reads_there || runs_there || has_shell_there
}

make_board dash
start_cable --baud 115200
pull_out_at 'the prompt' 'a login prompt'
pull_out_at 'the shell' 'a shell answers'
pull_out_at 'the start' 'starting .* on the board'
pull_out_at 'the link' 'is a link now'

# On a terminal a bar shows how far the bundle is.
rm "$dir/bin/serialtun"
start_getty
nsenter --target "$host_a" --net -- script -qfec \
	"exec '$serialtun' --port '$port_a' --login --password-file '$dir/password'" \
	"$dir/shown" >/dev/null </dev/null &
shows=$!
check 'a terminal: a bar, bytes and seconds' wait_for 40 grep -qaE \
	'\[#+\.*\] [0-9]+ of [0-9]+ bytes, [0-9]+ s left' "$dir/shown"
kill -INT "$(desk_pid)"
wait "$shows"
check 'a terminal: the board ends what it began' wait_for 10 not is_busy_there
stop_getty
finish
