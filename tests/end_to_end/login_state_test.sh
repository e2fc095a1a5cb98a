#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --login: consoles in other states than a login that takes the password. Each
# that leads to no link ends in one line and with status 1.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=consoles.sh
source "$(dirname "$0")/consoles.sh"

start_cable --baud 115200
make_board bash

# Either the getty or the login asks for it.
waits_for_a_name() {
	is_getty_there || has_shell_there
}

ends() { # [SECONDS]
	wait_end "$pid_a" "${1:-40}"
}

# check_refused DESCRIPTION REGEX
check_refused() {
	ends
	check_equal "$1: status 1" 1 "$ended"
	check "$1: it says so" a_says "^serialtun: cannot log in on [^ ]+( as root)?: .*$2"
	check_equal "$1: in one line" 1 "$(grep -c 'cannot' "$dir/a.log")"
}

# A console without a program behind it.
say() {
	stty -F "$port_b" raw -echo
	log_in
	wait_for 5 is_up "$dir/a.log"
	sleep 0.3
	cat "$port_b" >"$dir/typed" &
	reader=$!
	printf '%b' "$1" >"$port_b"
}

quieten() {
	kill "$reader"
	wait "$reader" 2>/dev/null
}

say 'U-Boot 2023.01\r\nHit any key to stop autoboot:  0 \r\n=> '
check_refused "U-Boot's prompt" 'prompt of a boot loader: "=> "'
quieten
check 'and nothing was typed there' test ! -s "$dir/typed"

say '\0200\0370\0376\0340\0376\0200x\0371\0370\0200'
check_refused 'a wrong speed' 'are no text, and too few come to find its speed'
quieten
check 'and nothing was typed there either' test ! -s "$dir/typed"

say '[    1.0] Kernel panic - not syncing: \033]0;evil\a no init\r\n'
check_refused 'a panic' 'the board has stopped'
quieten
check_not 'escape sequences do not reach the terminal' \
	grep -q $'\033' "$dir/a.log"

say ''
check_refused 'silence' 'says nothing.*RX and TX'
quieten
check 'in which a hello was said' grep -aq '#serialtun/1' "$dir/typed"

say 'board login: '
kill -TERM "$pid_a"
ends
check_equal 'SIGTERM during the login ends it with success' 0 "$ended"
quieten

# A serialtun that is there already.
start_b
log_in
check 'a serialtun there: on at once' wait_for 10 a_says 'is a link now'
check 'and it pairs' wait_for 10 a_says 'paired with'
stop_a
stop_b

# The real login.
start_getty
echo wrong >"$dir/wrong"
chmod 600 "$dir/wrong"
log_in --password-file "$dir/wrong"
check_refused 'a wrong password' 'the password of the file was refused'
check 'a login waits again' wait_for 10 waits_for_a_name
chmod 644 "$dir/wrong"
log_in --password-file "$dir/wrong"
ends
check 'a password file that others may read is refused' \
	a_says 'cannot use the password file .*: other users may read it'
check_equal 'with status 1' 1 "$ended"
printf '%0256d\n' 0 >"$dir/long"
chmod 600 "$dir/long"
log_in --password-file "$dir/long"
ends
check 'a password that is too long is refused, not cut' \
	a_says 'cannot use the password file .*: its first line is longer than 255'
check_equal 'with status 1, too' 1 "$ended"
log_in
check_refused 'no terminal to ask for the password' 'give --password-file'

# A user of root's rights without a password.
log_in=kahl
log_in
check 'no password: it logs in' wait_for 30 a_says 'is a link now'
check 'and it pairs' wait_for 10 a_says 'paired with'
log_in=

# Killed here, the board's console is back, and logged out.
kill -9 "$pid_a"
wait "$pid_a" 2>/dev/null
check 'kill -9 here: the board logs out within 40 s' \
	wait_for 40 not has_shell_there
check 'and a login waits' wait_for 10 is_getty_there
check 'and the kernel is as loud as before' grep -q ^7 "$dir/printk"

# The password is asked for on the terminal, without echo.
: >"$dir/a.log"
{
	wait_for 30 grep -q 'Password of root on the board: ' "$dir/asked"
	sleep 0.2
	printf '%s\n' "$board_password"
	sleep 20
} | nsenter --target "$host_a" --net -- script -qfec \
	"exec '$serialtun' --port '$port_a' --login 2>'$dir/a.log'" \
	"$dir/asked" >/dev/null &
asker=$!
check 'the password is asked for' \
	wait_for 30 grep -q 'Password of root' "$dir/asked"
check 'and taken' wait_for 20 a_says 'is a link now'
secret=${board_password:0:6}
check_not 'and not shown' grep -qF "$secret" "$dir/asked"
check_not 'nor logged' grep -qF "$secret" "$dir/a.log"
exposed=$(for pid in $(pgrep -x serialtun); do
	tr '\0' '\n' <"/proc/$pid/cmdline"
	tr '\0' '\n' <"/proc/$pid/environ"
done | grep -cF "$secret")
check_equal 'nor in an argument or the environment' 0 "$exposed"
check 'it pairs' wait_for 10 a_says 'paired with'

# The board's end dies: logged in again by itself, with the same password.
kill -9 "$(board_pid)"
check 'the board lost its end: serialtun says so' \
	wait_for 20 a_says "looking whether the board's console is there again"
says_link_twice() {
	[ "$(grep -c 'is a link now' "$dir/a.log")" = 2 ]
}
check 'logs in again' wait_for 60 says_link_twice
check 'and a ping crosses' wait_for 10 pings
kill "$(desk_pid)"
check 'the end here ends it there' wait_for 10 not has_shell_there
kill "$asker"
wait "$asker" 2>/dev/null
stop_getty

# A shell that somebody has left there is not logged out.
stty -F "$port_b" sane
nsenter --target "$host_b" --net -- setsid --ctty env PATH="$dir/bin:$PATH" \
	bash --norc -i <>"$port_b" >&0 2>&1 &
shell=$!
sleep 1
before=$(stty -F "$port_b" -g)
log_in
check 'a shell: it becomes the link' wait_for 30 a_says 'is a link now'
check 'and pairs' wait_for 10 a_says 'paired with'
stop_a
check 'the end here ends it there' wait_for 10 not runs_there
check 'the shell is there still' alive "$shell"
stty -F "$port_a" raw -echo
cat "$port_a" >"$dir/console.log" &
reader=$!
sleep 0.5
# shellcheck disable=SC2016
printf 'echo x$((6*7))\r' >"$port_a"
check 'and obeys' wait_for 5 grep -aq x42 "$dir/console.log"
sleep 0.3
check_equal 'and its terminal is as it was' "$before" "$(stty -F "$port_b" -g)"
quieten

# One that has no --console.
printf '#!/bin/sh\nexit 64\n' >"$dir/old"
chmod 755 "$dir/old"
ln -sf "$dir/old" "$dir/bin/serialtun"
log_in
check 'an old serialtun: another one is brought' \
	wait_for 60 a_says 'bringing serialtun to the board'
stop_a
check_equal 'and SIGTERM ends that' 0 "$ended"
check 'and nothing is left there' wait_for 30 is_clean
finish
