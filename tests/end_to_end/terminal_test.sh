#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# serialtun refuses a pty that is a user's terminal, and does not follow the
# number of a lost pty: a shell would execute packets as commands.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# Make a terminal with a session, as a terminal emulator does; print its name,
# and wait for the end of standard input.
cat >"$dir/terminal.py" <<'END'
import fcntl, os, sys, termios
master, slave = os.openpty()
ready, tell = os.pipe()
if not os.fork():
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    os.close(master)
    for fd in range(3):
        os.dup2(slave, fd)
    os.close(slave)
    os.execlp('sleep', 'sleep', '60')
# The child's end closes when it has become sleep.
os.close(tell)
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
check_match 'the message names the user of the terminal' \
	"^serialtun: cannot use $terminal: $is_somebodys" "$said"
check 'the terminal is unchanged' is_a_terminal
close_terminal

# A pty by its number: the next pty of that number may be any program's.
start_cable
start_a --addr 10.0.0.1/24 --port "$(readlink -f "$port_a")"
stop_cable
wait_end "$pid_a"
check_equal 'a lost pty by its number ends it with a failure' \
	1 "$ended"
check 'the message says why' a_says "^serialtun: lost /dev/pts/[0-9]+: it hung up \\(the next pty with this number may belong to any program: start again with the new pty, or name a link to it, as socat's link= makes\\)\$"

# A pty by a link, which leads to the same number, now of another pty.
start_cable
number=$(readlink "$port_a")
start_a --addr 10.0.0.1/24
kill -KILL "$cable_pid"
wait "$cable_pid" 2>/dev/null
check 'it waits for a lost pty by a link' \
	wait_for 5 a_says 'waiting for '
open_terminal
check_equal 'a terminal gets that number' \
	"$number" "$terminal"
check 'it refuses that terminal' \
	wait_for 5 a_says "^serialtun: still waiting: cannot use $port_a: Device or resource busy \\(it leads to a new pty with the number of the lost one, which may belong to any program: make the link again\\)\$"
check 'that terminal is unchanged' is_a_terminal

# Even by a new link.
ln -sfn "$number" "$port_a"
check 'it refuses a terminal by a new link' \
	wait_for 5 a_says "^serialtun: still waiting: cannot use $terminal: $is_somebodys"
check 'that terminal is still unchanged' is_a_terminal
close_terminal

rm -f "$port_a" "$port_b"
start_cable
check 'it takes the new pty of the peer' \
	wait_for 5 a_says "^serialtun: $port_a is back, as "
start_b --addr 10.0.0.2/24
check 'a ping crosses' in_a ping -c 2 -i 0.2 -W 2 10.0.0.2


# Close and reopen the same pty.
kill -USR2 "$pid_a"
check 'SIGUSR2: it takes the same pty again' \
	wait_for 5 a_says "^serialtun: closing and reopening $port_a\$"
check 'a ping crosses again' wait_for 10 in_a ping -c 1 -W 1 10.0.0.2

finish
