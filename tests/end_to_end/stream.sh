# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# A TCP connection that lasts, from host A to 10.9.0.2 on host B; source it after
# lib.sh.
#
#   start_stream
#   check 'TCP runs' wait_for 20 is_beyond 0
#   stop_stream

# shellcheck disable=SC2154 # lib.sh has the variables

stop_both() {
	stop_a
	stop_b
}

# Begin to send. $dir/good has the number of good bytes so far; the process
# $receiver ends at the first wrong one.
start_stream() {
	rm -f "$dir/good"
	nsenter --target "$host_b" --net -- \
		python3 "$root/tests/end_to_end/stream.py" receive 6100 \
		"$dir/good" 2>"$dir/receive.log" &
	receiver=$!
	nsenter --target "$host_a" --net -- \
		python3 "$root/tests/end_to_end/stream.py" send 10.9.0.2 6100 \
		2>"$dir/send.log" &
	sender=$!
}

stop_stream() {
	kill "$sender" "$receiver"
	wait "$sender" "$receiver" 2>/dev/null
}

# Have more bytes arrived?
is_beyond() { # BYTES
	[ "$(<"$dir/good")" -gt "$1" ]
}
