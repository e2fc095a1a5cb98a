#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --login: this end is killed while it reads the board's console, before there is
# a link. The board's shell is back within 35 s, or after Ctrl-C, with its
# terminal as it was.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=consoles.sh
source "$(dirname "$0")/consoles.sh"

start_cable --baud 115200

# The board's end answers late, so that there is time to kill this one.
delay() {
	rm -f "$dir/bin/serialtun"
	printf '#!/bin/sh\n: >"%s"\nsleep 2\nexit 64\n' "$dir/asked" \
		>"$dir/bin/serialtun"
	chmod 755 "$dir/bin/serialtun"
}

# Kill it while the board is asked for its serialtun.
kill_early() {
	rm -f "$dir/asked"
	log_in
	wait_for 20 test -e "$dir/asked"
	kill -9 "$pid_a"
	wait "$pid_a" 2>/dev/null
}

for shell_name in dash bash busybox; do
	has_shell "$shell_name" || {
		skip "$shell_name" 'it is not installed'
		continue
	}
	make_board "$shell_name"
	delay
	start_shell bash --norc -i
	kill_early
	began=$SECONDS
	check "$shell_name: the board waits for commands" reads_there
	check "$shell_name: it gives up by itself" wait_for 40 not reads_there
	check "$shell_name: after some 30 s ($((SECONDS - began)) s)" \
		test $((SECONDS - began)) -ge 20 -a $((SECONDS - began)) -le 36
	check_shell "$shell_name"
	kill_early
	sleep 3
	printf '\003\003\003\003\003' >"$port_a"
	check "$shell_name: five Ctrl-C end it" wait_for 5 not reads_there
	check_shell "$shell_name, after Ctrl-C"

	# While chunks travel.
	rm "$dir/bin/serialtun"
	log_in
	wait_for 20 a_says 'bringing serialtun'
	sleep 2
	kill -9 "$pid_a"
	wait "$pid_a" 2>/dev/null
	began=$SECONDS
	check "$shell_name: killed while a chunk travels" \
		wait_for 40 not reads_there
	check "$shell_name: it gives up ($((SECONDS - began)) s)" \
		test $((SECONDS - began)) -le 32
	check_shell "$shell_name, after a chunk"
	end_shell
done
finish
