#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --console: the link runs on the terminal of a real shell, as on a board's
# serial console, and gives the terminal back as it was.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$(dirname "$0")/pairs.sh"

start_cable --baud 115200

# A shell on host B's end of the cable, as a login would leave it.
cat >"$dir/rc" <<END
PS1='board# '
export serialtun='$serialtun' status='$dir/status'
END
start_shell() {
	nsenter --target "$host_b" --net -- setsid --ctty \
		bash --rcfile "$dir/rc" -i <>"$port_b" >&0 2>&1 &
	shell=$!
}
start_shell

# Whoever reads what the board prints, until serialtun has the port.
listen() {
	stty -F "$port_a" raw -echo
	cat "$port_a" >>"$dir/console.log" &
	listener=$!
}

deafen() {
	kill "$listener"
	wait "$listener" 2>/dev/null
}

# Type a line into the board's console.
type_line() {
	printf '%s\r' "$1" >"$port_a"
}

shell_says() {
	grep -aq -- "$1" "$dir/console.log"
}

settings() {
	stty -F "$port_b" -g
}

runs_there() {
	[ -n "$(pgrep -x serialtun)" ]
}

# Start the board's end, and end this side's listener.
start_there() {
	: >"$dir/console.log"
	listen
	rm -f "$dir/status"
	# shellcheck disable=SC2016 # the board's shell expands it
	type_line '$serialtun --console; echo status=$? >"$status"'
	wait_for 10 shell_says '#serialtun/1'
	deafen
}

# The board's shell is there, and its terminal is as it was.
check_returned() {
	listen
	check "$1: the board's end has ended" wait_for 40 not runs_there
	check "$1: the shell goes on" wait_for 5 grep -qx "status=${2:-0}" \
		"$dir/status"
	type_line 'echo the board has $((6 * 7))'
	check "$1: the shell obeys" wait_for 5 shell_says 'the board has 42'
	sleep 0.3
	check_equal "$1: the terminal is as it was" "$before" "$(settings)"
	deafen
}

listen
type_line 'echo a shell is $((40 + 2))'
check 'there is a shell on the console' wait_for 10 shell_says 'a shell is 42'
sleep 0.3
before=$(settings)
deafen

start_there
check 'the board sends its hello' shell_says '#serialtun/1'
start_a
check 'the two pair' wait_for 10 a_says 'paired with'
check 'a ping crosses' wait_for 5 pings
stop_a
check 'the end of one is the end of the other' wait_for 5 not runs_there
check_returned 'after SIGTERM here'

# Nothing that a terminal does to its foreground process ends the link.
start_there
start_a
wait_for 10 pings
there=$(pgrep -x serialtun | grep -vx "$pid_a")
kill -INT "$there"
kill -TSTP "$there"
kill -QUIT "$there"
kill -TTIN "$there"
check 'signals of the terminal do not end it' wait_for 5 pings
kill -9 "$pid_a"
wait "$pid_a" 2>/dev/null
began=$SECONDS
check_returned 'after kill -9 here'
check 'which takes some 30 s' test $((SECONDS - began)) -ge 20

# Five Ctrl-C.
press() {
	printf '\003%.0s' $(seq "$1") >"$port_a"
}

start_there
listen
sleep 1.2
press 4
sleep 1.5
check 'four Ctrl-C do nothing' runs_there
press 6
sleep 1.5
check 'six do nothing' runs_there
press 5
sleep 0.3
printf 'x' >"$port_a"
sleep 1.5
check 'five do nothing if a key follows' runs_there
printf '\300\105\001' >"$port_a"
sleep 1.2
press 5
sleep 1.5
check 'five do nothing in a frame' runs_there
printf '\300' >"$port_a"
sleep 1.2
press 5
check 'five end the link' wait_for 4 not runs_there
# The messages of the link wait until the terminal is one again.
check 'the board says why' \
	wait_for 5 shell_says 'serialtun: giving .* back: five Ctrl-C came'
deafen
check_returned 'after five Ctrl-C'

# It wants the terminal of its own session.
check_status 1 'standard input must be a terminal' \
	in_b "$serialtun" --console </dev/null
check_status 1 'and its own' in_b setsid "$serialtun" --console <"$port_b"
check_status 64 'there is no other --port with it' \
	"$serialtun" --console --port ttyS1
check_status 64 'and it has no name as a --port' "$serialtun" --port console:
check 'its version can be asked for' "$serialtun" --console --version

# Without a TUN the shell gets the message.
listen
: >"$dir/console.log"
rm "$dir/status"
# shellcheck disable=SC2016
type_line 'unshare --mount bash -c "mount --bind /dev/null /dev/net/tun; $serialtun --console"; echo status=$? >"$status"'
check 'a failure to start is shown' wait_for 5 \
	shell_says 'serialtun: .*/dev/net/tun'
deafen
check_returned 'after a failure' 1

# The cable is pulled, and the board's shell hangs up.
start_there
kill "$shell"
stop_cable
check 'a hang-up ends it' wait_for 5 not runs_there
finish
