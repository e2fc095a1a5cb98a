#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Compression between two ends: text takes a part of the time, and all bytes
# arrive as they were, also on a line that damages frames and after one end was
# killed; an end without it gets none; and a stranger who sends streams that
# expand, or do not decode, costs neither memory nor the link.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

[[ $("$program" --version) != *'without --pair=zstd'* ]] ||
	skip_all 'built without libzstd'

start_both() {
	start_a --baud 115200 --addr 10.9.0.1/24 --stats-json "$dir/a.json"
	start_b --baud 115200 --addr 10.9.0.2/24 --stats-json "$dir/b.json"
	check "$1: the ends pair" wait_for 10 announced_by_a 10.9.0.1 10.9.0.2
	check "$1: B, too" wait_for 10 announced_by_b 10.9.0.1 10.9.0.2
}

# zstd HOST EXPRESSION: evaluate it with the counters of compression as z
zstd() {
	value "$dir/$1.json" "(lambda z: $2)(s['pair']['zstd'])"
}

# is HOST EXPRESSION
is() {
	[ "$(zstd "$1" "$2")" = True ]
}

# pss PID: print the memory of all processes of an end, in KiB
pss() {
	local pid
	for pid in "$1" $(pgrep -P "$1"); do
		sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$pid/smaps_rollup"
	done | awk '{ sum += $1 } END { print sum }'
}

# crosses DESCRIPTION FROM TO ADDRESS FILE: the file arrives as it was; set
# $took_ms
crosses() {
	local began
	began=$(date +%s%N)
	carry "in_$2" "in_$3" "$4" 6000 "$5"
	took_ms=$((($(date +%s%N) - began) / 1000000))
	check "$1: a file from $2 to $3 arrives unchanged ($took_ms ms)" \
		cmp "$5" "$5.received"
	rm -f "$5.received"
}

cat "$root"/src/pair/*.c | head -c 150000 >"$dir/source"
head -c 100000 /dev/urandom >"$dir/random"
head -c 30000 /dev/urandom >"$dir/few"

start_cable --baud 115200
start_both 'a clean line'
check 'a clean line: both compress' wait_for 5 is a 'z is not None'
idle_kib=$(pss "$pid_a")
# Without compression 150 kB take 13.5 s.
crosses 'a clean line' a b 10.9.0.2 "$dir/source"
check "a clean line: 150 kB of text take less than half of 13.5 s" \
	test "$took_ms" -lt 6700
crosses 'a clean line' b a 10.9.0.1 "$dir/source"
crosses 'a clean line: random bytes' a b 10.9.0.2 "$dir/random"
sleep 1.2
check 'a clean line: A counts what it compressed' is a \
	'z["packets"] > 100 and z["compressed"] < z["bytes"]'
check 'a clean line: all of it decodes' is b \
	'z["expanded"] > 100 and z["undecodable"] == 0'
kib=$(pss "$pid_a")
# AddressSanitizer needs memory of its own.
most_kib=$([[ ${BUILD:-} == */sanitize ]] && echo 16384 || echo 8192)
check "all processes of an end need less than $most_kib KiB ($idle_kib KiB at first, then $kib)" \
	test "$kib" -lt "$most_kib"
kill -USR1 "$pid_a"
check 'the statistics say so' wait_for 5 a_says 'packets compressed to [0-9]+ %'

kill -KILL "$pid_b"
wait_end "$pid_b"
start_b --baud 115200 --addr 10.9.0.2/24 --stats-json "$dir/b.json"
check 'B was killed and started again: a ping crosses' \
	wait_for 10 pings 10.9.0.2
crosses 'B was killed' a b 10.9.0.2 "$dir/source"
sleep 1.2
check 'B was killed: it compresses again' is b \
	'z["expanded"] > 50 and z["undecodable"] == 0'
stop_b

pair=check,repeat
start_b --baud 115200 --addr 10.9.0.2/24 --stats-json "$dir/b.json"
pair=
check 'B without zstd: a ping crosses' wait_for 10 pings 10.9.0.2
crosses 'B without zstd' a b 10.9.0.2 "$dir/few"
sleep 1.2
check 'B without zstd: A compresses nothing' is a 'z is None'
stop_a
stop_b
stop_cable

start_cable --baud 115200 --ber 2e-5 --seed 5
start_both 'a noisy line'
carry in_b in_a 10.9.0.1 6001 "$dir/few" &
back=$!
crosses 'a noisy line' a b 10.9.0.2 "$dir/source"
wait "$back"
check 'a noisy line: so does one from b to a at the same time' \
	cmp "$dir/few" "$dir/few.received"
sleep 1.2
check 'a noisy line: frames were repeated' test \
	"$(value "$dir/a.json" 's["pair"]["repeat"]["repeated"]')" -gt 0
check 'a noisy line: all of it decodes' is b \
	'z["expanded"] > 50 and z["undecodable"] == 0'
check_equal 'a noisy line: in one session' 1 \
	"$(value "$dir/b.json" 's["pair"]["sessions"]')"
stop_a
stop_b
stop_cable

# A line without a known speed may be faster than the processor.
start_cable --baud 0
start_a --addr 10.9.0.1/24 --stats-json "$dir/a.json"
start_b --addr 10.9.0.2/24
check 'no speed is known: a ping crosses' wait_for 10 pings 10.9.0.2
sleep 1.2
check 'no speed is known: A compresses nothing' is a 'z is None'
stop_a
stop_b
stop_cable

# The stranger.
start_cable --baud 1000000
start_a --baud 1000000 --addr 10.9.0.1/24 --stats-json "$dir/a.json"
began_kib=$(pss "$pid_a")
python3 "$root/tests/end_to_end/pair_zstd.py" "$port_b" 3000 \
	>"$dir/stranger.log" 2>&1 &
stranger=$!
stranger_says() {
	grep -qE "$1" "$dir/stranger.log"
}
check 'a stranger pairs' wait_for 10 stranger_says '^paired$'
check 'it sends 3000 packets that expand to 65535 bytes' \
	wait_for 60 stranger_says 'all that expand'
check 'and one that does not decode: A begins anew' \
	wait_for 10 stranger_says 'has begun anew'
check 'A says so' wait_for 5 a_says 'a compressed packet from or to the peer was lost, so both ends go on without compression$'
check 'then it says zstd no more' wait_for 5 stranger_says '^it can [^z]*$'
answered() {
	[ "$(value "$dir/a.json" 's["to_line"]["packets"]')" -gt 3 ]
}
check 'and the link goes on: A answers pings' wait_for 10 answered
check_equal 'the packets that expand are dropped and counted' 3000 \
	"$(value "$dir/a.json" 's["from_line"]["dropped"]["bad_version"]')"
kib=$(pss "$pid_a")
check "the memory of A is bounded ($began_kib KiB, then $kib)" \
	test "$kib" -lt $((began_kib + 2500))
kill "$stranger"
wait_end "$stranger"
stop_a
check_equal 'A ends as ever' 0 "$ended"
finish
