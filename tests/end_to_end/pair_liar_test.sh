#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A peer pairs with serialtun, and then lies about the numbers of frames, while
# serialtun has packets to send. Whatever the lie, serialtun goes on, takes no
# more memory, counts what cannot be true, and sends no more than the line
# carries. An honest peer in the liar's place is paired with, and a ping crosses.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

export PYTHONDONTWRITEBYTECODE=1
seconds=4

# memory PID: print the resident KiB
memory() {
	sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}

# It is known during a session only.
knows_invalid() {
	invalid=$(value "$dir/a.json" 's["pair"]["repeat"]["invalid"]')
	[ "$invalid" ]
}

sessions() {
	value "$dir/a.json" 's["pair"]["sessions"]'
}

# lie WHAT: let a liar pair with A and lie for some seconds, while A pings;
# $invalid is the number of frames so far that could not be true
lie() {
	local pinger
	: >"$dir/liar.log"
	python3 "$root/tests/end_to_end/pair_liar.py" "$port_b" "$1" \
		>"$dir/liar.log" 2>&1 &
	liar=$!
	check "$1: the liar pairs" wait_for 15 grep -q paired "$dir/liar.log"
	in_a ping -q -i 0.01 -s 700 10.10.10.2 >/dev/null 2>&1 &
	pinger=$!
	sleep "$seconds"
	wait_for 5 knows_invalid
	knows_invalid 2>/dev/null
	kill "$pinger" "$liar"
	wait "$pinger" "$liar"
	check "$1: serialtun goes on" alive "$pid_a"
}

start_cable --baud 0
start_a --addr 10.10.10.1/24 --stats-json "$dir/a.json"
kib=$(memory "$pid_a")
lie closed
read -r _ bytes frames <<<"$(tail -n 1 "$dir/liar.log")"
check "closed: serialtun sends no more than the full window, after each probe ($bytes bytes, $frames frames)" \
	test "$bytes" -gt 10000 -a "$bytes" -lt $((seconds * 25 * 65536))
for what in early outside acks old parts probes mute; do
	before=$invalid
	sessions_before=$(sessions)
	lie "$what"
	case $what in
	early | outside | acks | parts)
		check "$what: what cannot be true is counted ($before, then $invalid)" \
			test "$invalid" -gt "$before"
		;;
	esac
	[ "$what" != old ] ||
		check "$what: the session ends ($sessions_before sessions, then $(sessions))" \
			test "$(sessions)" -gt $((sessions_before + 2))
done
# The memory for a session is bounded, and used for the first time here.
if ! grep -q libasan "/proc/$pid_a/maps"; then
	check "it takes little memory ($kib KiB, then $(memory "$pid_a"))" \
		test "$(memory "$pid_a")" -le $((kib + 1000))
	kib=$(memory "$pid_a")
	lie early
	check "and no more for lies like those before (then $(memory "$pid_a"))" \
		test "$(memory "$pid_a")" -le $((kib + 100))
fi
check 'the user is told' a_says 'acknowledges frames that this end did not send'
check_equal 'but not each time' 1 "$(count_says a 'did not send')"
stopped=${EPOCHREALTIME/./}
start_b --addr 10.10.10.2/24
check 'an honest peer: a ping crosses' wait_for 10 pings
ms=$(((${EPOCHREALTIME/./} - stopped) / 1000))
check "within 5 s ($ms ms)" test "$ms" -le 5000
check 'and all of many do' in_a ping -q -A -c 100 -W 2 10.10.10.2
check 'they are paired' b_says 'paired with board'
stop_a
check_equal 'status 0' 0 "$ended"
check_not 'the sanitizers report nothing' \
	grep -E 'Sanitizer|runtime error' "$dir/a.log"
stop_b
finish
