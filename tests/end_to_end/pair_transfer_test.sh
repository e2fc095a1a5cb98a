#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two paired ends carry a file over TCP. During the transfer the test kills each
# end in turn and starts it again with no more than --port. TCP goes on, and
# every byte is right. Then once more, while the line flips one bit in 100000.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

start() { # HOST
	"start_$1" --stats-json "$dir/$1.json"
}

# begin_transfer FROM TO ADDRESS PORT: send 600 kB, which takes 7 s at 921600
# baud
begin_transfer() {
	rm -f "$dir/received"
	head -c 600000 /dev/urandom >"$dir/sent"
	"in_$2" timeout 50 socat -u "TCP-LISTEN:$4,reuseaddr" \
		"OPEN:$dir/received,creat,trunc" &
	receiver=$!
	sleep 0.5
	"in_$1" timeout 50 socat -u "OPEN:$dir/sent" "TCP:$3:$4" &
	sender=$!
	wait_for 10 test -s "$dir/received"
}

received() {
	stat -c %s "$dir/received"
}

has_received_more() {
	[ "$(received)" -gt "$1" ]
}

# restart HOST: kill it and start it again
restart() {
	local before
	before=$(received)
	"stop_$1" KILL
	start "$1"
	check "${1^^} is killed and started again: TCP goes on" \
		wait_for 15 has_received_more "$before"
	check 'the restart was during the transfer' \
		test "$before" -gt 0 -a "$before" -lt 600000
}

end_transfer() {
	wait "$sender"
	check_equal 'the sender ends with status 0' 0 $?
	wait "$receiver"
	check_equal 'the receiver ends with status 0' 0 $?
	check 'the file is right' cmp "$dir/sent" "$dir/received"
}

# has_heard HOST KIND: it has received such frames in the present session
has_heard() {
	[ "$(value "$dir/$1.json" "s['pair']['heard_here']['$2']")" -gt 0 ]
}

check_none_missing() {
	local host
	for host in a b; do
		check "$host: it receives frames in the present session" \
			wait_for 5 has_heard "$host" good
		check_equal "$host: none of its packets is missing" 0 \
			"$(value "$dir/$host.json" 's["pair"]["missing"]')"
	done
}

start_cable --baud 921600
start a
start b
check_pair 'with nothing but a port'
begin_transfer a b 10.10.10.2 5001
restart a
restart b
end_transfer
check_pair 'after the restarts'
begin_transfer b a 10.10.10.1 5002
restart a
restart b
end_transfer
check_pair 'after the restarts'
check_none_missing
stop_a
stop_b
stop_cable

start_cable --baud 921600 --ber 1e-5 --seed 7
start a
start b
check_pair 'over noise'
begin_transfer a b 10.10.10.2 5003
restart a
restart b
end_transfer
check_pair 'over noise, after the restarts'
check 'the line damages frames' wait_for 5 has_heard b damaged
check_none_missing
stop_a
stop_b
finish
