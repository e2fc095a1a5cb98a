#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Boards at the other end: a border router of Contiki-NG (a stand-in, with the
# facts that it is written from), which asks for its prefix and prints between
# its packets; RIOT, whose console shares the line; and a hostile board.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=exchange.sh
source "$root/tests/end_to_end/exchange.sh"

start_cable --baud 0
head -c 60000 /dev/urandom >"$dir/small"
# No byte of it needs an escape: a full packet with more than 16 does not fit
# into the buffer of a board.
base64 "$dir/small" >"$dir/plain"
router=fd00::212:7402:2:202
# shellcheck disable=SC2034 # exchange.sh uses them
tcp_listen=TCP6-LISTEN tcp_seconds=20

# board_on_b COMMAND...: start a board; $peer is its process
board_on_b() {
	start_on b peer "$@"
	peer=$started
	wait_for 5 grep -q ready "$dir/peer.log"
}

board_pings() {
	in_a ping -q -c 1 -W 1 "$router"
}

# Packets of every size, of an END and an ESC each as far as a board's buffer
# holds them.
sizes() {
	pings_of_sizes "$router" 221 600 || return
	in_a ping -q -c 1 -W 2 -M 'do' -s 1232 "$router"
}

# dropped: A's drops from the line
dropped() {
	kill -USR1 "$pid_a"
	wait_for 3 a_says 'from the line: '
	grep 'from the line: ' "$dir/a.log" | tail -n 1
}

#
# A router that waits for its prefix, and prints
#
start_a --addr 10.0.0.1/24 --addr fd00::1/64
board_on_b contiki_router "$port_b"
check 'the router gets the prefix of the first IPv6 address' \
	wait_for 5 grep -q '^prefix fd00:0000:0000:0000$' "$dir/peer.log"
check 'and this end says so' \
	wait_for 3 a_says ': the board asks for its prefix and gets fd00::/64$'
check 'a ping' wait_for 5 board_pings
check 'packets of every size' sizes
check 'TCP from A to B' tcp a b "[$router]" "$dir/plain"
check 'TCP from B to A' tcp b a '[fd00::1]' "$dir/small"
check 'debug lines are printed' \
	a_says ': board: \[INFO: Main      \] Starting Contiki-NG-4.9$'
check 'and those between packets, escaped' wait_for 5 \
	a_says ': board: \[DBG : SLIP      \] \\x1b\[32mSIN: [0-9]+\\x1b\[0m$'
check_match 'nothing else was dropped' \
	' ([0-9]+) dropped, \1 text$' "$(dropped)"
check_not 'no fault is reported' \
	a_says 'damaged|not packets|login|nothing has arrived|not one'
stop_a
check_equal 'status 0' 0 "$ended"
stop "$peer"

#
# Text without mark and END
#
start_a --addr fd00::1/64
board_on_b contiki_router "$port_b" bare
check 'text without a mark: the router gets its prefix' \
	wait_for 5 grep -q '^prefix' "$dir/peer.log"
check 'a ping' wait_for 5 board_pings
check 'packets of every size' sizes
check 'text without a mark is printed' \
	wait_for 5 a_says ': board: .*Setting prefix fd00'
check_match 'and is no damage' \
	' 0 dropped$| ([0-9]+) dropped, \1 text$' "$(dropped)"
stop_a
stop "$peer"

#
# A noisy line: a damaged question comes again, and TCP repeats its packets
#
stop_cable
start_cable --baud 921600 --ber 1e-5 --seed 4
start_a --addr fd00::1/64
board_on_b contiki_router "$port_b"
check 'a noisy line: the router gets its prefix' \
	wait_for 5 grep -q '^prefix' "$dir/peer.log"
check 'a noisy line: a ping' wait_for 5 board_pings
check 'a noisy line: TCP from A to B' tcp a b "[$router]" "$dir/plain"
check 'a noisy line: TCP from B to A' tcp b a '[fd00::1]' "$dir/small"
stop_a
stop "$peer"
stop_cable
start_cable --baud 0

#
# Without an IPv6 address
#
start_a --addr 10.0.0.1/24
board_on_b contiki_router "$port_b" quiet
check 'no IPv6 address: the remedy' wait_for 5 a_says \
	': the board asks for an IPv6 prefix, .*\(.*--addr fd00::1/64\)$'
sleep 2
check_equal 'it is said once' 1 \
	"$(grep -c 'asks for an IPv6 prefix' "$dir/a.log")"
stop_a
stop "$peer"

#
# The board's Ethernet address
#
start_a --tap --addr fd00::1/64
board_on_b contiki_router "$port_b" mac quiet
check 'a TAP interface takes the address that the board tells' wait_for 5 \
	a_says '^serialtun: tap0: the board gives it the Ethernet address 74:02:00:02:02:02$'
check_match 'the kernel has it' ' 74:02:00:02:02:02 ' \
	"$(in_a ip -o link show dev tap0)"
stop_a
start_a --tap --mac 02:00:00:00:00:09 --addr fd00::1/64
sleep 0.5
printf '\300!M0212740200020202\300' >"$port_b"
sleep 1
check_match 'but not instead of --mac' ' 02:00:00:00:00:09 ' \
	"$(in_a ip -o link show dev tap0)"
stop_a
stop "$peer"

#
# RIOT, whose console is on the same line
#
router=fd00::2
start_a --addr fd00::1/64
board_on_b riot_board "$port_b" coap
check 'RIOT: a ping' wait_for 5 board_pings
check 'RIOT: packets of every size' sizes
check 'RIOT: TCP from A to B' tcp a b "[$router]" "$dir/small"
check 'RIOT: TCP from B to A' tcp b a '[fd00::1]' "$dir/small"
check 'the console is printed' \
	a_says ': board: main\(\): This is RIOT! \(Version: 2026.01\)$'
check 'CoAP is named' wait_for 5 \
	a_says ': the board sends CoAP beside IP \(slipmux\), which is counted'
check_match 'and counted, and nothing else was dropped' \
	' dropped, [0-9]+ text, [0-9]+ CoAP$' "$(dropped)"
check_not 'no fault is reported' \
	a_says 'damaged|not packets|login|nothing has arrived|not one'
stop_a
stop "$peer"
router=fd00::212:7402:2:202

#
# A hostile board
#
hostile_board() {
	python3 - "$port_b" <<-'END_PYTHON'
		import os, sys, time, tty
		fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
		tty.setraw(fd)
		end = time.monotonic() + 4
		frames = b"\xc0?P\xc0" * 50
		frames += b"\xc0\r\x1b]0;owned\x07\x1b[2J\n\xc0" * 50
		frames += b"\xc0\r" + b"A" * 70000 + b"\n\xc0"
		frames += b"\xc0\r" + b"\n" * 3000 + b"\xc0"
		frames += b"\xc0\r%s%n%n\xc2\x9b31m\xff\xfe\n\xc0" * 50
		frames += b"\xc0!Mzzzzzzzzzzzzzzzz\xc0\xc0!M\xc0\xc0!P\xc0\xc0?\xc0"
		while time.monotonic() < end:
		    os.write(fd, frames)
	END_PYTHON
}
start_a --addr fd00::1/64
hostile_board &
hostile=$!
# It does not read, so that the answers fill the port; then it does.
sleep 5
check 'a flood of text: serialtun lives' alive "$pid_a"
wait "$hostile"
lines=$(grep -c ': board: ' "$dir/a.log")
check "no more than 20 lines a second are printed ($lines)" \
	test "$lines" -ge 20 -a "$lines" -le 220
check 'what was too fast is counted' \
	a_says ': board: \([0-9]+ more lines, too fast to print\)$'
check_equal 'no control character is printed' 0 \
	"$(tr -d '\n' <"$dir/a.log" | grep -cP '[\x00-\x1f\x7f]|\xc2[\x80-\x9f]')"
check 'escape sequences are shown' a_says ': board: \\x1b\]0;owned\\x07'
cat "$port_b" >/dev/null &
reader=$!
sleep 0.5
kill "$reader"
board_on_b contiki_router "$port_b"
check 'a board after the flood gets its prefix' \
	wait_for 5 grep -q '^prefix' "$dir/peer.log"
check 'and a ping crosses' wait_for 5 board_pings
stop_a
stop "$peer"
finish
