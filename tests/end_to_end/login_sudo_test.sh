#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --login as a user other than root, who becomes root by the real sudo: without
# a password, with the password of the login, once or each time, and not at all.
# sudo runs the command on the terminal itself or, as Debian sets it up, on a pty of
# its own.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=consoles.sh
source "$(dirname "$0")/consoles.sh"

has_shell sudo || skip_all 'sudo is not installed (scripts/install-deps check)'

# add_sudoer RULE DEFAULT: the user gast, whose password is $board_password
add_sudoer() {
	make_board bash
	printf 'gast:x:1000:1000::/:%s\n' "$(command -v bash)" >>"$etc/passwd"
	printf 'gast:x:1000:\n' >>"$etc/group"
	printf 'gast:%s:19000:0:99999:7:::\n' \
		"$(openssl passwd -6 "$board_password")" >>"$etc/shadow"
	{
		printf 'Defaults %s\n' env_reset "$2"
		printf 'root ALL=(ALL:ALL) ALL\n%s\n' "$1"
	} >"$etc/sudoers"
	chmod 440 "$etc/sudoers"
	rm -rf "$etc/sudoers.d"
	# The user may not go through the folders above the built program.
	rm "$dir/bin/serialtun"
	cp "$serialtun" "$dir/bin/serialtun"
}

check_clean_end() {
	check "$1: the board's end has ended" wait_for 20 not runs_there
	check "$1: serialtun has logged out" wait_for 20 not has_shell_there
	check "$1: a new login waits" wait_for 20 is_getty_there
	check "$1: the kernel is as loud as before" \
		wait_for 5 grep -q '^7' "$dir/printk"
	stop_getty
}

check_login() {
	start_getty
	log_in --password-file "$dir/password"
	check "$1: it logs in" wait_for 40 a_says 'the console is a link now'
	check "$1: the two pair" wait_for 10 a_says 'paired with'
	check "$1: a ping crosses" wait_for 10 pings
	stop_a
	check_equal "$1: the end has status 0" 0 "$ended"
	check_clean_end "$1"
}

start_cable --baud 115200
log_in=gast

add_sudoer 'gast ALL=(ALL) NOPASSWD: ALL' '!use_pty'
check_login 'no password'

add_sudoer 'gast ALL=(ALL) ALL' '!use_pty'
check_login 'a password'

add_sudoer 'gast ALL=(ALL) NOPASSWD: ALL' use_pty
check_login 'no password, on a pty'

add_sudoer 'gast ALL=(ALL) ALL' use_pty
check_login 'a password, on a pty'

add_sudoer 'gast ALL=(ALL) ALL' timestamp_timeout=0
check_login 'a password each time'

add_sudoer 'other ALL=(ALL) ALL' use_pty
start_getty
log_in --password-file "$dir/password"
wait_end "$pid_a" 60
check_equal 'no sudoer: status 1' 1 "$ended"
check 'no sudoer: it says so' \
	a_says 'user ID 1000 on the board is not root, and sudo does not help'
check_equal 'no sudoer: in one line' 1 "$(grep -c cannot "$dir/a.log")"
check_clean_end 'no sudoer'
finish
