#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --login at a getty on a UART and on a USB adapter, with the kernel's drivers:
# nothing of serialtun runs on the board before, and the getty is back after.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=../end_to_end/consoles.sh
source "$root/tests/end_to_end/consoles.sh"

shows_login() {
	grep -aq 'login: ' "$dir/console.log"
}

make_board bash
for ports in 'ttyS2 ttyS1' 'ttyUSB1 ttyUSB0'; do
	read -r a b <<<"$ports"
	port_a=/dev/$a
	port_b=/dev/$b
	# A port is born with echo, and until serialtun has set it up, it echoes
	# the login prompt, which the getty takes for a name.
	stty -F "$port_a" 115200 raw -echo
	start_getty
	check_not "$b: nothing of serialtun runs there" runs_there
	log_in --baud 115200 --password-file "$dir/password"
	check "$b: it logs in" wait_for 60 a_says 'the console is a link now'
	check "$b: the two pair" wait_for 30 a_says 'paired with'
	check "$b: a ping crosses" wait_for 20 pings
	stop_a
	check_equal "$b: the end has status 0" 0 "$ended"
	check "$b: the board's end has ended" wait_for 20 not runs_there
	check "$b: serialtun has logged out" wait_for 20 not has_shell_there
	check "$b: the kernel is as loud as before" \
		wait_for 10 grep -q '^7' "$dir/printk"
	check "$b: a getty is there" wait_for 20 is_getty_there
	stty -F "$port_a" 115200 raw -echo
	: >"$dir/console.log"
	cat "$port_a" >"$dir/console.log" &
	reader=$!
	sleep 1
	printf '\r' >"$port_a"
	check "$b: and asks for a name" wait_for 20 shows_login
	kill "$reader"
	wait "$reader" 2>/dev/null
	stop_getty
done
finish
