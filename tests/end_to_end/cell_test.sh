#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The cell stops an attacker who has taken over the process that parses the
# line. The test runs the real program with one change: a frame with the text
# "attack NAME" makes it perform that attack (attacker.c). On each kind of line,
# as root and as another user, the kernel refuses the attack and the link goes
# on, or the kernel ends the process.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

attacked=$build/tests/end_to_end/attacked

# Fatal attacks must leave no core file.
ulimit -c 0

# Attacks that the kernel refuses, and attacks that end the process.
refused=(read-secret write-etc create-in-etc create-in-tmp delete-file
	rename-file change-mode make-set-uid fork kill-parent kill-all
	kill-thread kill-by-fd take-terminal tun interface-down setuid keepcaps
	mmap-exec mprotect-exec priority clock memfd open-tty)
fatal=(execve execveat ptrace process-vm socket-packet mount setns unshare
	chroot keyctl bpf module type)

is_sanitized() {
	grep -q __asan_init "$attacked"
}

# drop NAME...: leave out these attacks
drop() {
	local name kept=()
	for name in "${refused[@]}"; do
		[[ " $* " = *" $name "* ]] || kept+=("$name")
	done
	refused=("${kept[@]}")
	kept=()
	for name in "${fatal[@]}"; do
		[[ " $* " = *" $name "* ]] || kept+=("$name")
	done
	fatal=("${kept[@]}")
}
sanitized=
if is_sanitized; then
	sanitized=1
	# LeakSanitizer starts a process at the end, which traces this one.
	drop fork keepcaps kill-thread ptrace
fi

# Skip the test on a kernel or a machine without filters.
start_cable --baud 0
start_a --addr 10.0.0.1/24 -v
stop_a
if grep -q 'keeps all system calls' "$dir/a.log"; then
	echo "1..0 # SKIP no filter of system calls here"
	exit 0
fi

# Prepare for a user other than root, who is missing in a user namespace.
uid=65534
others=
if setpriv --reuid=$uid --regid=$uid --clear-groups true 2>/dev/null; then
	others=1
	chmod 755 "$dir"
	mount -t tmpfs none /dev/net
	mknod -m 666 /dev/net/tun c 10 200
fi

open_port() {
	wait_for 5 test -e "$port_a"
	chown "$uid:$uid" "$(readlink -f "$port_a")"
}

# start ARGUMENT...: start the program by the command in the array $as
start() {
	: >"$dir/a.log"
	nsenter --target "$host_a" --net -- "${as[@]}" "$attacked" "$@" \
		2>>"$dir/a.log" <"$dir/in" > >(cat >/dev/null) &
	pid_a=$!
	wait_for 10 is_up "$dir/a.log" && return
	echo "Bail out! it does not start: $(<"$dir/a.log")"
	exit 1
}

# send NAME...: send each attack as a frame, on the line of kind $line
send() {
	case $line in
	device) printf '\300attack %s\300' "$@" >"$port_b" ;;
	stdio) printf '\300attack %s\300' "$@" >&7 ;;
	tcp)
		printf '\300attack %s\300' "$@" |
			in_a socat -u - TCP:127.0.0.1:5000
		;;
	udp)
		local name
		for name; do
			printf 'attack %s' "$name" |
				in_a socat -u - UDP:127.0.0.1:5000
		done
		;;
	esac
}

port_of() {
	case $line in
	device) echo "$port_a" ;;
	stdio) echo - ;;
	tcp) echo tcp-listen:5000 ;;
	udp) echo udp:127.0.0.1:5001,5000 ;;
	esac
}

told() {
	grep -qE -- "^attack $1: (stopped|SUCCEEDED)" "$dir/a.log"
}

# outcome NAME: print the last line about this attack
outcome() {
	grep "^attack $1: " "$dir/a.log" | tail -n 1 | grep . ||
		echo "attack $1: not begun"
}

# strike NAME: send an attack that ends the process, and set $ended to the exit
# status. The redirection hides the shell's own "Bad system call".
strike() {
	send "$1"
	wait_end "$pid_a" 10
	alive "$pid_a" && kill -KILL "$pid_a"
} 2>/dev/null

# besiege DESCRIPTION ARGUMENT...: send all refused attacks, and then the fatal
# ones, to the program with these arguments
besiege() {
	local description=$1 name failures=
	local no='(Operation not permitted|Permission denied|Bad message|Device or resource busy)'
	shift
	start --port "$(port_of)" "$@"
	send "${refused[@]}" "${also[@]}" last
	wait_for 10 told last
	for name in "${refused[@]}" "${also[@]}"; do
		outcome "$name" | grep -qE ": stopped: $no\$" ||
			failures+="$(outcome "$name"); "
	done
	check_equal "$description: refused: ${refused[*]} ${also[*]}" '' \
		"$failures"
	check "$description: the link goes on" alive "$pid_a"
	stop_a
	check_equal "$description: serialtun ends with status 0" 0 "$ended"
	failures=
	for name in ${some:-"${fatal[@]}"}; do
		start --port "$(port_of)" "$@"
		strike "$name"
		[ "$ended" = $((128 + 31)) ] ||
			failures+="$name: $ended $(tail -n 1 "$dir/a.log"); "
	done
	check_equal "$description: the end of the process (SIGSYS): ${some:-${fatal[*]}}" \
		'' "$failures"
}

mkfifo "$dir/in"
exec 7<>"$dir/in"

# Send all fatal attacks once as root and once as another user, and only these
# in the other cases.
some_fatal='execve socket-packet'
[ "$sanitized" ] || some_fatal+=' ptrace'

# Requests to the broker for files that the user has not named, and for the port
# that the process has already.
of_broker=(broker-secret broker-dots broker-tty broker-again broker-report
	broker-long broker-remove)

for line in device stdio tcp udp; do
	# The process may not open even a public file.
	also=()
	[ "$sanitized" ] || also+=(read-file)
	[ "$line" != device ] || also+=("${of_broker[@]}")
	[ "$line" = device ] || [ "$line" = stdio ] || also+=(socket-unix)
	[ "$line" = device ] && [ "$others" ] && open_port
	as=()
	some=$some_fatal
	[ "$line" != device ] || some=
	besiege "$line, as root" --addr 10.0.0.1/24
	some=$some_fatal
	if [ "$line" != device ] && [ ! "$sanitized" ]; then
		besiege "$line, as root that stays root" --addr 10.0.0.1/24 \
			--user root
	fi
	[ "$others" ] || continue
	in_a ip tuntap add mode tun user $uid kept0
	in_a ip link set kept0 up
	[ "$line" != tcp ] || some=
	as=(setpriv "--reuid=$uid" "--regid=$uid" --clear-groups)
	besiege "$line, as another user" --interface kept0
	in_a ip tuntap del mode tun kept0
done

# A device, and standard input and output, need no socket.
as=()
for line in device stdio; do
	failures=
	for name in socket-unix socket-ip socket-netlink; do
		start --port "$(port_of)" --addr 10.0.0.1/24
		strike "$name"
		[ "$ended" = $((128 + 31)) ] || failures+="$name: $ended; "
	done
	check_equal "$line: a socket is the end of the process" '' "$failures"
done

# With statistics the broker also writes, but only the file of that name.
line=stdio
also=(broker-secret broker-dots broker-tty broker-again broker-long
	broker-remove)
some=$some_fatal
mkdir -m 755 "$dir/closed"
besiege 'stdio, with statistics' --addr 10.0.0.1/24 \
	--stats-json "$dir/closed/stats"
start --port - --addr 10.0.0.1/24 --stats-json "$dir/closed/stats"
send broker-report last
wait_for 10 told last
check_equal 'the attacker chooses the content, not the name' \
	'attack broker-report: SUCCEEDED' "$(outcome broker-report)"
check 'the next statistics replace it' wait_for 5 \
	python3 -m json.tool "$dir/closed/stats"
stop_a
check_equal 'there is no other file' stats "$(ls "$dir/closed")"

# A second process looks up names. It has one socket and no privilege.
as=()
status_of() { # PID FIELD
	awk -v field="$2:" '$1 == field { $1 = ""; print substr($0, 2) }' \
		"/proc/$1/status"
}
name_pid=0
has_name_process() {
	name_pid=$(pgrep -P "$pid_a" -x serialtun-name)
}
start --port tcp:localhost:5000 --wait --addr 10.0.0.1/24
wait_for 5 has_name_process
result $? 'a second process looks up the name'
check_equal 'it has no capability, and cannot gain one' '0000000000000000 1' \
	"$(status_of "$name_pid" CapPrm) $(status_of "$name_pid" NoNewPrivs)"
[ ! "$others" ] || check_equal 'it is nobody' '65534 65534 65534 65534' \
	"$(status_of "$name_pid" Uid)"
check_equal 'it has a filter' 2 "$(status_of "$name_pid" Seccomp)"
check_equal 'it has one socket, and no other descriptor' socket \
	"$(find "/proc/$name_pid/fd" -type l -printf '%l\n' | sed 's/:.*//')"
in_a socat -u TCP-LISTEN:5000,reuseaddr - >/dev/null &
listener=$!
check 'the process finds the address' wait_for 15 \
	grep -q 'localhost:5000 is there' \
	"$dir/a.log"
kill "$listener" && wait "$listener" 2>/dev/null
for signal in INT TERM HUP USR1; do
	kill "-$signal" "$name_pid"
done
check 'signals do not end the process' alive "$name_pid"
kill -KILL "$pid_a"
wait_end "$pid_a" 2>/dev/null
check 'the process ends with the main process' wait_for 5 not alive "$name_pid"
start --port tcp:192.0.2.1:5000 --wait --addr 10.0.0.1/24
check_not 'a numeric address needs no second process' has_name_process
stop_a
start --port tcp:localhost:5000 --wait --addr 10.0.0.1/24 -v
# Before it is in its cell, the process starts another one.
is_in_cell() {
	[ "$(status_of "$pid_a" Seccomp)" = 2 ]
}
wait_for 10 is_in_cell
wait_for 5 has_name_process && kill -KILL "$name_pid"
check 'if the process was killed, serialtun reports the remedy' wait_for 15 \
	grep -q 'looks up names has ended, start serialtun again' "$dir/a.log"
stop_a
check_equal 'and serialtun ends with status 0' 0 "$ended"

# The attacks are real: without the cell they succeed.
line=stdio
start --port - --addr 10.0.0.1/24 --no-sandbox
send fork read-file memfd open-tty last
wait_for 10 told last
for name in fork read-file memfd open-tty; do
	check_equal "--no-sandbox: $name" "attack $name: SUCCEEDED" \
		"$(outcome "$name")"
done
strike execve
check_equal '--no-sandbox: execve runs the program true' 0 "$ended"
line=device
start --port "$port_a" --addr 10.0.0.1/24 --no-sandbox
send "${of_broker[@]}" read-secret last
wait_for 10 told last
for name in "${of_broker[@]}" read-secret; do
	check_match "--no-sandbox: $name is stopped all the same" \
		': stopped: ' "$(outcome "$name")"
done
stop_a

check_not 'no attack has written to /etc' test -e /etc/serialtun-was-here
check_not 'no attack has written to /tmp' test -e /tmp/serialtun-was-here

finish
