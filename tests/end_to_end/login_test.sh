#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --login: one command at one end. The board is a real agetty, login and shell
# on the emulated cable, with users of its own; serialtun logs in there, starts
# the board's end, and leaves the console as it was.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=consoles.sh
source "$(dirname "$0")/consoles.sh"

start_cable --baud 115200

for shell in bash dash busybox; do
	has_shell "$shell" || {
		skip "$shell" 'it is not installed'
		continue
	}
	make_board "$shell"
	start_getty
	log_in --password-file "$dir/password"
	check "$shell: it logs in" wait_for 30 a_says 'the console is a link now'
	check "$shell: the two pair" wait_for 10 a_says 'paired with'
	check "$shell: a ping crosses" wait_for 5 pings
	check "$shell: the kernel is quiet" grep -q '^1' "$dir/printk"
	stop_a
	check_equal "$shell: Ctrl-C ends it with success" 0 "$ended"
	check "$shell: the board's end has ended" wait_for 10 not runs_there
	check "$shell: serialtun has logged out" wait_for 10 not has_shell_there
	check "$shell: a new login waits" wait_for 10 is_getty_there
	check "$shell: the kernel is as loud as before" \
		wait_for 5 grep -q '^7' "$dir/printk"
	stop_getty
done
finish
