#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --board-console: the console of a board with RIOT as a terminal, both ways,
# beside the packets; a program that does not read it; a hostile board.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=exchange.sh
source "$root/tests/end_to_end/exchange.sh"

start_cable --baud 0
terminal=$dir/console

board_on_b() {
	start_on b peer "$@"
	peer=$started
	wait_for 5 grep -q ready "$dir/peer.log"
}

board_pings() {
	in_a ping -q -c 1 -W 1 fd00::2
}

# type_there TEXT SECONDS: open the terminal, type this, and print what comes
type_there() {
	timeout "$2" socat - "OPEN:$terminal,raw,echo=0" < <(
		sleep 0.3
		printf '%b' "$1"
		sleep "$2"
	)
}

start_a --addr fd00::1/64 --board-console "pty:$terminal"
check 'the terminal is announced' a_says \
	"^serialtun: the board's console waits for a program to open /dev/pts/[0-9]+ \\($terminal\\)\$"
check 'its link is there' test -c "$terminal"
board_on_b riot_board "$port_b"
check 'without a program, the console is printed' \
	wait_for 5 a_says ': board: main\(\): This is RIOT!'
said=$(type_there 'ps\r\xc0\xdb\r' 2)
check_match 'a command is echoed and answered' '^ps' "$said"
check_match 'with all of its lines' '  1 \| main' "$said"
check 'bytes that need escapes come back' \
	grep -qF $'shell: command not found: \xc0\xdb' <<<"$said"
check_not 'what the terminal shows is not printed' a_says 'board: .*main$'

# Packets and the console share the line.
check 'a ping' wait_for 5 board_pings
head -c 60000 /dev/urandom >"$dir/small"
tcp_listen=TCP6-LISTEN tcp a b '[fd00::2]' "$dir/small" &
transfer=$!
said=$(type_there 'ps\r' 1)
check 'the console answers during a transfer' grep -q '1 | main' <<<"$said"
wait "$transfer"
check_equal 'and the transfer is whole' 0 $?

# A paste is longer than any buffer on its way.
head -c 6000 /dev/zero | tr '\0' x >"$dir/paste"
said=$(type_there "$(<"$dir/paste")\\r" 4)
pasted=${said##*not found: }
check_equal 'a paste arrives whole, and is echoed whole' \
	6000 "$(tr -dc x <<<"$pasted" | wc -c)"
check 'after the last program, a ping' board_pings

# A program that closes the terminal at once, as a shell's redirection does.
digits=$(printf '%080d' 7)
printf 'x%s\r' "$digits" >"$terminal"
check 'what a short-lived program writes arrives whole' wait_for 5 a_says \
	"board: shell: command not found: x$digits"
printf 'ps\r' >"$terminal"
check 'and what the next one writes' wait_for 5 a_says 'board: .* 1 \| main'
check_equal 'nothing is left for the next program' '' "$(type_there '' 1)"
stop_a
check_equal 'status 0' 0 "$ended"
check_not 'the link is gone' test -L "$terminal"
stop "$peer"

# A program opens the terminal and does not read; the board floods.
start_a --addr fd00::1/64 --board-console "pty:$terminal"
exec {idle}<>"$terminal"
python3 - "$port_b" <<-'END_PYTHON' &
	import os, sys, time, tty
	fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
	tty.setraw(fd)
	end = time.monotonic() + 3
	flood = b"\n\x1b]0;owned\x07" + b"A" * 1000 + b"\xc0"
	flood += b"\n\x04\x03\x1c\x1a\xff\xfe\xdb\xdc\xc0\n\xc0"
	while time.monotonic() < end:
	    os.write(fd, flood * 20)
END_PYTHON
flood=$!
wait "$flood"
check 'a flood, and no reader: serialtun lives' alive "$pid_a"
cpu_ticks() {
	awk '{ print $14 + $15 }' "/proc/$pid_a/stat"
}
before=$(cpu_ticks)
sleep 2
check 'and rests when it is over' test $(($(cpu_ticks) - before)) -lt 40
check_not 'nothing of it is printed' a_says 'board: '
board_on_b riot_board "$port_b"
check 'the link works beside the full terminal' wait_for 5 board_pings
exec {idle}>&-
said=$(type_there 'ps\r' 2)
check_match 'the next program gets the console' '  1 \| main' "$said"
stop_a KILL
stop "$peer"

# A link that a killed program has left is replaced; a file is not.
start_a --addr fd00::1/64 --board-console "pty:$terminal"
check 'a stale link is replaced' test -c "$terminal"
stop_a
touch "$dir/file"
refused --port "$port_a" --addr fd00::1/64 --board-console "pty:$dir/file"
check_match 'a file is left alone' \
	"^serialtun: --board-console: cannot make the link $dir/file: it exists already" \
	"$said"
check_equal 'status 1' 1 "$ended"
for args in '--board-console ttyS0' '--framing kiss --board-console pty:x'; do
	# shellcheck disable=SC2086 # words
	refused --port "$port_a" $args
	check_equal "$args: status 64, two lines" '64 2' \
		"$ended $(wc -l <<<"$said")"
done
finish
