#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# lwIP at the other end of the cable: the TCP/IP stack and the SLIP of many a
# board, in a program (board.c) with an echo on port 7.
# shellcheck source=../end_to_end/lib.sh
source "$(dirname "$0")/../end_to_end/lib.sh"

board=$build/tests/peers/board
[ -x "$board" ] || skip_all 'no board (tests/peers/make-board)'

start_cable --baud 921600
head -c 400000 /dev/urandom >"$dir/random"
head -c 100000 /dev/zero | tr '\0' '\300' >"$dir/ends"
head -c 100000 /dev/zero | tr '\0' '\333' >"$dir/escapes"

# echoed FILE ADDRESS: send it over TCP; it comes back unchanged
echoed() {
	in_a timeout 60 socat -t 10 "$2" - <"$1" >"$dir/back" 2>"$dir/socat.log"
	cmp "$1" "$dir/back"
}

# echoes_sizes FIRST STEP LAST: send datagrams of these sizes; all come back
echoes_sizes() {
	in_a python3 - "$@" <<-'END'
		import os, socket, sys
		first, step, last = map(int, sys.argv[1:])
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.connect(("10.0.0.2", 7))
		s.settimeout(5)
		for size in range(first, last + 1, step):
		    sent = os.urandom(size)
		    s.send(sent)
		    if s.recv(65535) != sent:
		        sys.exit(f"not what was sent: {size} bytes")
	END
}

# answers_sizes FIRST STEP LAST: pings of these sizes are answered
answers_sizes() {
	local size
	for ((size = $1; size <= $3; size += $2)); do
		in_a ping -q -c 1 -W 5 -M 'do' -s "$size" 10.0.0.2 || return
	done
}

# talk MTU ADDRESS...: run all tests, with this MTU at both ends
talk() {
	local mtu=$1 addresses=("${@:2}") board_pid pattern file
	"$board" "$port_b" 10.0.0.2 fd00::2 "$mtu" >"$dir/board.log" 2>&1 &
	board_pid=$!
	wait_for 5 grep -q lwIP "$dir/board.log" || echo '# no board'
	start_a -v "${addresses[@]/#/--addr=}" --mtu "$mtu" --baud 921600

	check "mtu $mtu: pings, 28 bytes and more" answers_sizes 0 1 40
	check "mtu $mtu: pings of many sizes" answers_sizes 41 97 $((mtu - 28))
	check "mtu $mtu: the longest pings" \
		answers_sizes $((mtu - 40)) 1 $((mtu - 28))
	check "mtu $mtu: fragments" in_a ping -c 2 -i 0.2 -W 5 -s 5000 10.0.0.2
	for pattern in c0 db dbdc dbdd c0db; do
		check "mtu $mtu: a ping full of $pattern" in_a ping -c 2 -i 0.2 \
			-W 5 -s $((mtu - 28)) -p "$pattern" 10.0.0.2
	done
	check "mtu $mtu: UDP, sizes from 0" echoes_sizes 0 1 40
	check "mtu $mtu: UDP, many sizes" echoes_sizes 41 97 $((mtu - 28))
	check "mtu $mtu: UDP, the longest" \
		echoes_sizes $((mtu - 40)) 1 $((mtu - 28))
	for file in random ends escapes; do
		check "mtu $mtu: TCP there and back, $file" \
			echoed "$dir/$file" TCP:10.0.0.2:7
	done
	if [ "${#addresses[@]}" = 2 ]; then
		check "mtu $mtu: a ping over IPv6" \
			in_a ping -c 2 -i 0.2 -W 5 -s $((mtu - 48)) fd00::2
		check "mtu $mtu: TCP over IPv6 there and back" \
			echoed "$dir/random" 'TCP6:[fd00::2]:7'
	fi
	check "mtu $mtu: the board still runs" alive "$board_pid"
	kill "$board_pid"
	stop_a
	check_match "mtu $mtu: no frame is dropped" \
		'from the line: .* 0 dropped$' "$(<"$dir/a.log")"
}

talk 1500 10.0.0.1/24 fd00::1/64
talk 576 10.0.0.1/24
finish
