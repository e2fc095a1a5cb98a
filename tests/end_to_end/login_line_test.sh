#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --login brings serialtun to a board over a line that has noise, that is pulled
# out in the middle, or that is good; the board has a getty. It takes the time
# that the manual names.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=consoles.sh
source "$(dirname "$0")/consoles.sh"

# check_link DESCRIPTION SECONDS
check_link() {
	check "$1: it becomes the link" wait_for "$2" a_says 'is a link now'
	check "$1: a ping crosses" wait_for 10 pings
	took=$((SECONDS - began))
}

log_in_there() {
	began=$SECONDS
	log_in --password-file "$dir/password"
}

check_end() {
	stop_a
	check_equal "$1: it ends with success" 0 "$ended"
	check "$1: the board's end ends" wait_for 10 not runs_there
	check "$1: logged out" wait_for 10 not has_shell_there
	check "$1: a new login waits" wait_for 10 is_getty_there
	check_equal "$1: nothing was left" '' "$(left_there)"
	check "$1: the kernel is as loud as before" grep -q ^7 "$dir/printk"
}

# A program with sanitizers is eight times as long.
baud=115200 ber=1e-5
if grep -q __asan_init "$serialtun"; then
	baud=921600 ber=1e-6
fi

make_board dash
start_cable --baud "$baud"
start_getty
log_in_there
check_link 'serialtun there' 20
# The machine may be busy with other tests: twice the time that the manual names.
check "serialtun there: in some 3 s ($took s)" test "$took" -le 8
check_end 'serialtun there'

rm "$dir/bin/serialtun"
log_in_there
check_link 'a small bundle' 90
check "a small bundle: in some 25 s, 50 s with libzstd ($took s)" \
	test "$took" -le 75
check_end 'a small bundle'

# Pulled out while chunks travel, and plugged in again.
log_in_there
check 'pulled out: chunks travel' wait_for 20 a_says 'bringing serialtun'
sleep 3
kill -USR1 "$cable_pid"
check 'pulled out: the board ends what it began' wait_for 10 not reads_there
check 'pulled out: nothing was left' wait_for 5 is_clean
stop_getty
kill -USR1 "$cable_pid"
wait_for 5 test -e "$port_b"
start_getty
check_link 'plugged in' 90
check_end 'plugged in'
stop_getty
stop_cable

# One byte in 12 500 is damaged, each fourth chunk of 4000.
start_cable --baud "$baud" --ber "$ber"
start_getty
log_in_there
check_link 'noise' 120
check_end 'noise'

# A wrong password, three times.
: >"$dir/a.log"
{
	for _ in 1 2 3; do
		wait_for 30 grep -q 'Password of root on the board: ' "$dir/asked"
		: >"$dir/asked"
		sleep 0.2
		echo wrong
	done
	sleep 20
} | nsenter --target "$host_a" --net -- script -qfaec \
	"exec '$serialtun' --port '$port_a' --login 2>'$dir/a.log'" \
	"$dir/asked" >"$dir/script.log" &
asker=$!
check 'a wrong password three times: it says so' \
	wait_for 60 a_says 'cannot log in on .*: the login refused root 3 times'
kill "$asker"
wait "$asker" 2>/dev/null
waits_for_a_name() {
	is_getty_there || has_shell_there
}
check 'a wrong password three times: a login waits' \
	wait_for 10 waits_for_a_name
stop_getty
finish
