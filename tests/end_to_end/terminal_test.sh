#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A pty that is somebody's terminal is not taken, and the number of a pty that
# is gone is nobody's in particular: packets would be commands in a shell.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# A terminal with a session on it, as a terminal emulator makes them: its name,
# and then nothing until standard input ends.
cat >"$dir/terminal.py" <<'END'
import fcntl, os, sys, termios
master, slave = os.openpty()
ready, tell = os.pipe()
if not os.fork():
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    os.close(master)
    os.write(tell, b'x')
    for fd in range(3):
        os.dup2(slave, fd)
    os.close(slave)
    os.execlp('sleep', 'sleep', '60')
os.read(ready, 1)
print(os.ttyname(slave), flush=True)
os.close(slave)
sys.stdin.read()
END

open_terminal() {
	coproc TERMINAL { python3 "$dir/terminal.py"; }
	terminal_in=${TERMINAL[1]}
	read -r terminal <&"${TERMINAL[0]}"
}

close_terminal() {
	exec {terminal_in}>&-
	wait "$TERMINAL_PID" 2>/dev/null
}

is_somebodys='Device or resource busy \(it is the terminal of sleep, pid [0-9]+; name the pty of the peer.s program instead\)$'

is_a_terminal() {
	stty -F "$terminal" -a | grep -qE '(^| )icanon'
}

open_terminal
said=$(in_a timeout 10 "$serialtun" --addr 10.0.0.1/24 --port "$terminal" 2>&1)
check_equal 'the terminal of a session is refused' 1 $?
check_match 'and whose it is, is said' \
	"^serialtun: cannot use $terminal: $is_somebodys" "$said"
check 'nothing of it was changed' is_a_terminal
close_terminal

# Named by its number: the next pty of that number may be anybody's.
start_cable
start_a --addr 10.0.0.1/24 --port "$(readlink -f "$port_a")"
stop_cable
wait_end "$pid_a"
check_equal 'a pty by its number is lost: that is the end, with a failure' \
	1 "$ended"
check 'and why is said' a_says "^serialtun: lost /dev/pts/[0-9]+: it hung up \\(the next pty with this number may belong to any program: start again with the new pty, or name a link to it, as socat's link= makes\\)\$"

# Named by a link, which leads to the same number; but now that is another pty.
start_cable
number=$(readlink "$port_a")
start_a --addr 10.0.0.1/24
kill -KILL "$cable_pid"
wait "$cable_pid" 2>/dev/null
check 'a pty by a link is lost: it is waited for' \
	wait_for 5 a_says 'waiting for '
open_terminal
check_equal 'somebody opens a terminal, which has that number' \
	"$number" "$terminal"
check 'it is not taken' \
	wait_for 5 a_says "^serialtun: still waiting: cannot use $port_a: Device or resource busy \\(it leads to a new pty with the number of the lost one, which may belong to any program: make the link again\\)\$"
check 'and is as it was' is_a_terminal

# Not even if the link is new.
ln -sfn "$number" "$port_a"
check 'a terminal is not taken by a new link either' \
	wait_for 5 a_says "^serialtun: still waiting: cannot use $terminal: $is_somebodys"
check 'and is still as it was' is_a_terminal
close_terminal

rm -f "$port_a" "$port_b"
start_cable
check 'the right one comes back' \
	wait_for 5 a_says "^serialtun: $port_a is back, as "
start_b --addr 10.0.0.2/24
check 'a ping crosses' in_a ping -c 2 -i 0.2 -W 2 10.0.0.2


# The same pty, let go of and taken again.
kill -USR2 "$pid_a"
check 'SIGUSR2: the same pty is taken again' \
	wait_for 5 a_says "^serialtun: closing and reopening $port_a\$"
check 'a ping crosses again' in_a ping -c 2 -i 0.2 -W 2 10.0.0.2

finish
