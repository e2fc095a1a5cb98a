#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The checks of lib.sh can fail: for each of them, a command that must fail it,
# above all a command that cannot answer the question.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

crash() {
	bash -c 'kill -SEGV $$'
}

absent=$dir/none.log
echo 'a line' >"$dir/some.log"

# fails CHECK ARGUMENT..., passes CHECK ARGUMENT...: run a check whose result
# does not count
fails() {
	[[ $("$@" 2>/dev/null) = 'not ok '* ]]
}

passes() {
	[[ $("$@") = 'ok '* ]]
}

check 'check: it succeeds' passes check x true
check 'check: it does not' fails check x false
check 'check: there is no such command' fails check x no-such-command

check 'check_not: it says no' passes check_not x false
check 'check_not: it succeeds' fails check_not x true
check 'check_not: there is no such command' fails check_not x no-such-command
check 'check_not: there is no such program' fails check_not x "$dir/none"
check 'check_not: it is no program' fails check_not x "$dir/some.log"
check 'check_not: it crashes' fails check_not x crash
check 'check_not: it takes too long' fails check_not x timeout 0.1 sleep 5
check 'check_not: the line is not in the log' \
	passes check_not x grep -q another "$dir/some.log"
check 'check_not: the line is in the log' \
	fails check_not x grep -q line "$dir/some.log"
check 'check_not: there is no log' fails check_not x grep -q line "$absent"
check 'check_not: nothing was said' fails check_not x a_says 'lost'
check 'check_not: it is no number' fails check_not x [ '' -ge 1 ]
check 'check_not: there is no interface' fails check_not x no_carrier

check 'not: it says no' passes check x not false
check 'not: it succeeds' fails check x not true
check 'not: there is no such command' fails check x not no-such-command
check 'not: there is no log' fails check x not a_says 'lost'
check 'not: there is no interface' fails check x not no_carrier

check 'check_status: that one' passes check_status 3 x bash -c 'exit 3'
check 'check_status: another one' fails check_status 3 x bash -c 'exit 4'

check 'check_equal: the same' passes check_equal x a a
check 'check_equal: not the same' fails check_equal x a b
check 'check_match: it matches' passes check_match x '^a' $'b\na'
check 'check_match: it does not' fails check_match x '^a' $'b\nba'
check 'check_match: it is no pattern' fails check_match x '(' a

# A shell that ignores a signal passes that on to its children.
printf '%s\n' "source '$root/tests/end_to_end/lib.sh'" \
	"awk '/^SigIgn/ { print \$2 }' /proc/self/status" >"$dir/world.sh"
ignored=$(
	trap '' HUP
	env -u SERIALTUN_TEST_DIR bash "$dir/world.sh"
)
# One bit per signal, without the C library's own, 32 and 33.
check_equal 'a test ignores no signal, not even under nohup' 0 \
	"$((0x$ignored & 0x7fffffff))"

# A failure is in the status of the script. The subshell has its own count.
last_status() {
	(
		tests_failed=0
		result "$1" x
		finish
	) >/dev/null
	echo $?
}
check_equal 'finish: all is well' 0 "$(last_status 0)"
check_equal 'finish: something failed' 1 "$(last_status 1)"
finish
