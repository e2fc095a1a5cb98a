#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The line flips one bit in 100000 for CAPTURE_S seconds, while TCP, UDP and
# pings of all sizes cross it both ways, in many flows. Captures of both
# interfaces agree, flow by flow: each packet arrives once, in order, byte for
# byte, but for those that the queue has dropped, by its own count.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$root/tests/bench
seconds=${CAPTURE_S:-15}
baud=921600

# begin_flows HOST SIDE: start the traffic of a host; write words to FIFO_HOST
begin_flows() {
	mkfifo "$dir/words_$1"
	"in_$1" python3 "$root/tests/soak/flows.py" "$2" "capture $1" \
		$((baud / 10)) <"$dir/words_$1" >"$dir/flows_$1" \
		2>"$dir/flows_$1.log" &
}

begin_capture() { # HOST
	local on_host=host_$1
	nsenter --target "${!on_host}" --net -- python3 \
		"$root/tests/end_to_end/pair_capture.py" capture tun0 \
		"$dir/capture_$1" >"$dir/capture_$1.said" &
	captures+=($!)
}

# has_said FILE WORD
has_said() {
	grep -q "$2" "$dir/$1"
}

tell() { # WORD
	echo "$1" >&3
	echo "$1" >&4
}

# counts HOST EXPRESSION: of its last report
counts() {
	tail -n 1 "$dir/flows_$1" | python3 -c 'import json, sys
report = json.loads(sys.stdin.read())
counts, complaints = report["counts"], report["complaints"]
print(eval(sys.argv[1]))' "$2"
}

# What the interface and the queue have dropped or still hold.
dropped() { # HOST
	value "$dir/$1.json" "s['to_line']['dropped']['total'] +
		s['queue']['packets'] + $(interface_dropped "$1")"
}

start_cable --baud "$baud" --ber 1e-5 --seed 3
captures=()
start_a --baud "$baud" --stats-json "$dir/a.json" --addr 10.10.10.1/24 \
	--addr fd00::1/64
start_b --baud "$baud" --stats-json "$dir/b.json" --addr 10.10.10.2/24 \
	--addr fd00::2/64
check 'they pair' wait_for 10 b_says 'paired with board'
check 'both ways' wait_for 10 a_says 'paired with desk'
begin_flows a 0
exec 3>"$dir/words_a"
begin_flows b 1
exec 4>"$dir/words_b"
begin_capture a
begin_capture b
for file in flows_a flows_b capture_a.said capture_b.said; do
	wait_for 20 has_said "$file" ready
done
tell go
sleep "$seconds"
tell stop
check 'the flows of A end' wait_for 240 has_said flows_a stopped
check 'the flows of B end' wait_for 240 has_said flows_b stopped
# Answers may be on their way.
sleep 3
tell report
wait_for 10 has_said flows_a counts
wait_for 10 has_said flows_b counts
kill "${captures[@]}"
wait "${captures[@]}"
for host in a b; do
	check_equal "$host: no stream broke, nothing wrong has arrived" '[]' \
		"$(counts "$host" complaints)"
	streams=$(counts "$host" 'counts["streams"]')
	check "$host: $streams streams, $(counts "$host" \
		'counts["datagrams_received"]') datagrams" test "$streams" -ge 4
	check_equal "$host: the capture has lost nothing" 'lost 0' \
		"$(tail -n 1 "$dir/capture_$host.said")"
	repeated=$(value "$dir/$host.json" 's["pair"]["repeat"]["repeated"]')
	check "$host: frames were repeated ($repeated)" \
		test "$repeated" -gt "$seconds"
	check_equal "$host: in one session" 1 \
		"$(value "$dir/$host.json" 's["pair"]["sessions"]')"
done
for pair_of in 'a b' 'b a'; do
	read -r from to <<<"$pair_of"
	result=$(python3 "$root/tests/end_to_end/pair_capture.py" compare \
		"$dir/capture_$from" "$dir/capture_$to" "$(dropped "$from")")
	result $? "from $from to $to: $(head -n 1 <<<"$result")"
	tail -n +2 <<<"$result" | sed 's/^/# /'
done
stop_a
stop_b
finish
