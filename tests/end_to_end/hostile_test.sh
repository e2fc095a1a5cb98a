#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A hostile line: a third program puts bytes between the frames of a good peer,
# at full speed, while TCP runs. Every byte of TCP is right, serialtun keeps
# running, and its counters match the sent frames. HOSTILE_MB is the number of
# megabytes of each kind: crafted frames (truncated headers, wrong lengths,
# chains of extension headers, fragments, jumbograms, frames without an end,
# nothing but ESC), and random bytes. BUILD can name a build with sanitizers.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

json=$dir/a.json
report=$dir/report.json
patience=$((60 + ${HOSTILE_MB:-5}))

# value EXPRESSION: evaluate it with A's statistics a, B's b, the sender's h.
value() {
	python3 -c 'import json, sys
a, b, h = (json.load(open(name)) for name in sys.argv[2:])
print(eval("(" + sys.argv[1] + ")"))' "$1" "$json" "$dir/b.json" "$report"
}

# hostile_line KIND: inject bytes, and wait until A has read all of them.
hostile_line() {
	rm -f "$port_a" "$port_b" "$report" "$dir/received"
	: >"$dir/hostile.log"
	python3 "$root/tests/end_to_end/hostile.py" "$port_a" "$port_b" "$1" \
		"${HOSTILE_MB:-5}" "$report" >"$dir/hostile.log" 2>&1 &
	hostile=$!
	wait_for 20 grep -q ready "$dir/hostile.log"
	pair=no
	start_a --addr 10.0.0.1/24 --addr fd00::1/64 --stats-json "$json"
	start_b --addr 10.0.0.2/24 --stats-json "$dir/b.json"
	in_a timeout "$patience" socat -u TCP-LISTEN:5001,reuseaddr \
		"OPEN:$dir/received,creat,trunc" &
	receiver=$!
	sleep 0.5
	kill -USR1 "$hostile"
	in_b timeout "$patience" socat -u "OPEN:$dir/sent" TCP:10.0.0.1:5001
	wait "$receiver"
	check "$1 bytes between its frames: TCP is right" \
		cmp "$dir/sent" "$dir/received"
	check 'all hostile bytes are sent' wait_for "$patience" test -e "$report"
	check 'a ping crosses afterwards' in_b ping -q -c 2 -i 0.2 10.0.0.1
	stop_b
	sleep 1
	stop_a
	check_equal 'SIGTERM ends it with status 0' 0 "$ended"
	kill "$hostile"
	check_not 'the sanitizers report nothing' \
		grep -E 'Sanitizer|runtime error' "$dir/a.log"
	check_equal 'it counts every byte' \
		"$(value 'b["to_line"]["line_bytes"] + h["bytes"]')" \
		"$(value 'a["from_line"]["line_bytes"]')"
}

head -c $((${HOSTILE_MB:-5} * 100000)) /dev/urandom >"$dir/sent"

hostile_line crafted
for reason in bad_escape too_long bad_version bad_header bad_length \
	bad_checksum router_advert; do
	check_equal "it counts each drop: $reason" "$(value "h['$reason']")" \
		"$(value "a['from_line']['dropped']['$reason']")"
done
check_equal 'all other packets reach the interface' \
	"$(value 'b["to_line"]["packets"] + h["good"]')" \
	"$(value 'a["from_line"]["packets"]
		+ a["from_line"]["dropped"]["interface_refused"]')"

hostile_line random
check_equal 'few random frames look like a packet' True \
	"$(value 'a["from_line"]["packets"] <= b["to_line"]["packets"] + 10')"
finish
