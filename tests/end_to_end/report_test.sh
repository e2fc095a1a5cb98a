#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The statistics while the link runs: a line each second, on a terminal one line
# that serialtun rewrites, and a file that holds a whole JSON object at any
# time.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

json=$dir/a.json

# json EXPRESSION [FILE]: evaluate it with the object j of the file
json() {
	python3 -c 'import json, sys
j = json.load(open(sys.argv[2]))
print(eval("(" + sys.argv[1] + ")"))' "$1" "${2:-$json}"
}

# Read the file as fast as possible for some seconds, and print the number of
# versions. Fails at a version that is not whole.
watch_json() {
	timeout 20 python3 -c 'import json, sys, time
seen = set()
end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    text = open(sys.argv[1]).read()
    assert text.endswith("}\n"), text
    json.loads(text)
    seen.add(text)
print(len(seen))' "$json" "$1"
}

lines='^serialtun: to line [0-9]+ B/s \([0-9]+ %\), from line [0-9]+ B/s'
lines+=' \([0-9]+ %\), [0-9]+ waiting \([0-9]+ B, [0-9.]+ s\), [0-9]+ dropped'

start_cable --baud 115200
start_a -v --addr 10.0.0.1/24 --baud 115200 --stats 1 --stats-json "$json"
check_equal 'the file exists when serialtun announces the link' 'True tun0 11520' \
	"$(json 'j["running"], j["interface"], j["line_rate"]' | tr -d "(',)")"
start_b --addr 10.0.0.2/24 --baud 115200

# Fill the line in one direction, while a reader reads the file all the time.
in_b timeout 20 socat -u UDP-LISTEN:5001 OPEN:/dev/null &
receiver=$!
in_a timeout 5 sh -c 'while :; do head -c 1400 /dev/urandom; sleep 0.05; done' |
	in_a timeout 7 socat -u -b 1400 STDIN UDP:10.0.0.2:5001 &
sender=$!
versions=$(watch_json 4)
check "the file is whole whenever it is read ($versions versions)" \
	test "${versions:-0}" -ge 3
check_equal 'the file shows a full direction' True \
	"$(json '0.8 < j["to_line"]["share"] < 1.2')"
# A packet counts as a whole, its bytes on the line one by one.
check_equal 'the rates agree with each other' True \
	"$(json '1000 < j["to_line"]["bytes_per_s"] <=
		j["to_line"]["line_bytes_per_s"] + 1500 and
		j["to_line"]["line_bytes_per_s"] <=
		j["to_line"]["share"] * j["line_rate"] + j["line_rate"]/1000')"
wait "$sender"
kill "$receiver"

# is JSON-EXPRESSION: is it true in the file?
is() {
	[ "$(json "bool($1)")" = True ]
}
check 'the queue empties' wait_for 10 is 'j["queue"]["packets"] == 0'
check 'on an idle link the rates become 0' \
	wait_for 5 is 'j["to_line"]["line_bytes_per_s"] == 0'
before=$(json 'j["to_line"]["packets"]')
in_a ping -q -c 3 -i 0.2 10.0.0.2 >/dev/null
check 'three pings count as three packets' \
	wait_for 5 is "j['to_line']['packets'] == $before + 3"
check_equal 'the time is now, in UTC' True "$(json '0 <=
	__import__("time").time() - __import__("calendar").timegm(
	__import__("time").strptime(j["time"], "%Y-%m-%dT%H:%M:%SZ")) < 3')"

# Unplug the port, and plug it in again.
kill -USR1 "$cable_pid"
check 'a lost port is null in the file' \
	wait_for 5 is 'j["port"] is None and not j["carrier"]'
in_a ping -q -c 1 -W 1 10.0.0.2 >/dev/null
check 'without a port there is no speed, and one loss' \
	wait_for 5 is 'j["line_rate"] is None and j["line"]["losses"] == 1'
check_match 'the status line shows the lost port' \
	'^serialtun: no port, to line 0 B/s, from line 0 B/s, 0 waiting' \
	"$(<"$dir/a.log")"
kill -USR1 "$cable_pid"
check 'the returned port is in the file' wait_for 5 is \
	'j["port"].startswith("/dev/pts/") and j["line_rate"] and j["carrier"]'

# A failed write is reported once, and ends nothing.
mkdir "$json.tmp"
said_once() {
	grep -q "cannot write $json: Is a directory" "$dir/a.log"
}
check 'a failed write is a warning' wait_for 5 said_once
sleep 2.2
rmdir "$json.tmp"
written_again() {
	grep -q "$json is written again" "$dir/a.log"
}
check 'a message says when writing works again' wait_for 5 written_again
check_equal 'one message each' 1 "$(grep -c 'cannot write' "$dir/a.log")"

took=$SECONDS
stop_a
check_equal 'it ends with status 0' 0 "$ended"
check 'a line each second' test "$(grep -cE "$lines" "$dir/a.log")" \
	-ge "$((took / 2))"
check_not 'it rewrites no line unless on a terminal' grep -q $'[\r\033]' "$dir/a.log"
check_equal 'the last object says that it does not run' False "$(json 'j["running"]')"
check_match 'the last object has the totals' \
	"to the line: $(json 'j["to_line"]["packets"]') packets, $(
		json 'j["to_line"]["bytes"]') bytes" "$(tail -n 7 "$dir/a.log")"
check_not 'no temporary file stays' test -e "$json.tmp"
stop_b

# run_a ARGUMENT...: run serialtun on host A for some seconds
run_a() {
	in_a timeout --foreground --signal INT 3.6 \
		"$serialtun" --port "$port_a" --addr 10.0.0.1/24 \
			--baud 115200 "$@"
}
check_equal 'with -qq it prints what was requested, and no more' '3 3' \
	"$(run_a -qq --stats 1 2>&1 | tee "$dir/quiet.log" | wc -l) $(
		grep -cE "$lines" "$dir/quiet.log")"

# On a terminal: script(1) makes one without a size, so it has 80 columns. Its
# shell must know the functions of this script.
export -f run_a in_a
export serialtun port_a host_a
SHELL=$BASH TERM=vt100 script --quiet --command 'run_a --stats 1' /dev/null \
	>"$dir/terminal.log" </dev/null
check_match 'on a terminal it rewrites the line' \
	$'^\r\033\\[Kto line .*\r\033\\[Kto line .*\r\033\\[Kto line ' \
	"$(<"$dir/terminal.log")"
check_match 'later output begins on a new line' \
	'^serialtun: sent ' "$(<"$dir/terminal.log")"

# announced: has the last run announced a link?
announced() {
	grep -q ' is up' <<<"$said"
}
mkdir --mode 555 "$dir/closed"
if chown 65534:65534 "$dir/closed" 2>/dev/null; then
	refused --port "$port_a" --addr 10.0.0.1/24 \
		--stats-json "$dir/closed/s.json"
	check_equal "another user's directory is refused at the start" \
		1 "$ended"
	check_match 'the message has the remedy' \
		'closed/s.json: Permission denied \(.* that root can write' \
		"$said"
	check_not 'before the link is announced' announced
else
	skip "another user's directory" 'cannot make one without root'
fi
refused --port "$port_a" --addr 10.0.0.1/24 --stats-json "$dir/none/s.json"
check_equal 'a missing directory is refused' 1 "$ended"
check_match 'the message has the remedy' 'create the directory first' "$said"
check_not 'before the link is announced' announced
refused --port "$port_a" --addr 10.0.0.1/24 --stats-json /dev/null
check_equal 'it does not replace a device by a file' '1 character special file' \
	"$ended $(stat -c %F /dev/null)"

# A log that may not grow any further: 64 KiB, which leaves room for the first
# lines.
log=$dir/quota.txt
head -c 65000 /dev/zero | tr '\0' '\n' >"$log"
(
	ulimit -f 64
	exec nsenter --target "$host_a" --net -- "$serialtun" \
		--port "$port_a" --addr 10.0.0.1/24 --stats-json "$json" 2>>"$log"
) &
pid_a=$!
wait_for 10 is_up "$log"
is_full() {
	kill -USR1 "$pid_a"
	[ "$(stat -c %s "$log")" = 65536 ]
}
check 'a log grows to its limit' wait_for 10 is_full
kill -USR1 "$pid_a"
is_newer() {
	[ "$json" -nt "$log" ]
}
check 'and the link goes on behind it' wait_for 5 is_newer
stop_a
check_equal 'to the end' '0 65536' "$ended $(stat -c %s "$log")"
finish
