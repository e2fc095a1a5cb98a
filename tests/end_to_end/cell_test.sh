#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What is left to somebody who has taken over the process that parses the line.
# The program is the real one, but a frame of the text "attack NAME" has it do
# what an attacker would try (attacker.c). Every attempt fails, whoever started
# it, on each kind of line; and the link goes on.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

attacked=$build/tests/end_to_end/attacked

# Fatal ones leave no file.
ulimit -c 0

# What leads to an error, and what to the end of the process.
refused=(read-secret write-etc create-in-etc create-in-tmp delete-file
	rename-file change-mode make-set-uid fork kill-parent kill-all
	kill-thread take-terminal tun interface-down setuid keepcaps mmap-exec
	mprotect-exec priority clock memfd)
fatal=(execve execveat ptrace process-vm socket-packet mount setns unshare
	chroot keyctl bpf module type)

is_sanitized() {
	grep -q __asan_init "$attacked"
}

# A sanitizer starts a process at the end, which looks into this one.
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
	drop fork keepcaps kill-thread ptrace
fi

# A kernel, or a machine, without filters.
start_cable --baud 0
start_a --addr 10.0.0.1/24 -v
stop_a
if grep -q 'keeps all system calls' "$dir/a.log"; then
	echo "1..0 # SKIP no filter of system calls here"
	exit 0
fi

# What users other than root need. In a user namespace there are none.
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

# start ARGUMENT...: as the array $as says
start() {
	: >"$dir/a.log"
	nsenter --target "$host_a" --net -- "${as[@]}" "$attacked" "$@" \
		2>>"$dir/a.log" <"$dir/in" > >(cat >/dev/null) &
	pid_a=$!
	wait_for 10 is_up "$dir/a.log" && return
	echo "Bail out! it does not start: $(<"$dir/a.log")"
	exit 1
}

# send NAME...: these attacks, each a frame on the line of kind $line
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

# outcome NAME: what came of an attack
outcome() {
	grep "^attack $1: " "$dir/a.log" | tail -n 1 | grep . ||
		echo "attack $1: not begun"
}

# strike NAME: an attack that ends the process; $ended is how it ended. The
# shell's own "Bad system call" is not shown.
strike() {
	send "$1"
	wait_end "$pid_a" 10
	alive "$pid_a" && kill -KILL "$pid_a"
} 2>/dev/null

# besiege DESCRIPTION ARGUMENT...
besiege() {
	local description=$1 name failures=
	local no='(Operation not permitted|Permission denied)'
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
	check_equal "$description: and ends with status 0" 0 "$ended"
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

# All that are fatal, once as root and once as another user; else some.
some_fatal='execve socket-packet'
[ "$sanitized" ] || some_fatal+=' ptrace'

for line in device stdio tcp udp; do
	# Without a device there is no file to be opened, whoever may read it.
	also=()
	[ "$line" = device ] || [ "$sanitized" ] || also+=(read-file)
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

# No line of these kinds needs any socket.
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

# A name is looked up by another process, which has nothing but one socket.
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
result $? 'there is a process for the name'
check_equal 'it has no capability, and none can come' '0000000000000000 1' \
	"$(status_of "$name_pid" CapPrm) $(status_of "$name_pid" NoNewPrivs)"
[ ! "$others" ] || check_equal 'it is nobody' '65534 65534 65534 65534' \
	"$(status_of "$name_pid" Uid)"
check_equal 'it has a filter' 2 "$(status_of "$name_pid" Seccomp)"
check_equal 'it has one socket, and no other descriptor' socket \
	"$(find "/proc/$name_pid/fd" -type l -printf '%l\n' | sed 's/:.*//')"
in_a socat -u TCP-LISTEN:5000,reuseaddr - >/dev/null &
listener=$!
check 'it finds the address' wait_for 15 grep -q 'localhost:5000 is there' \
	"$dir/a.log"
kill "$listener" && wait "$listener" 2>/dev/null
for signal in INT TERM HUP USR1; do
	kill "-$signal" "$name_pid"
done
check 'signals do not end it' alive "$name_pid"
kill -KILL "$pid_a"
wait_end "$pid_a" 2>/dev/null
check 'it ends with the main process' wait_for 5 not alive "$name_pid"
start --port tcp:192.0.2.1:5000 --wait --addr 10.0.0.1/24
check_not 'a numeric address needs none' has_name_process
stop_a
start --port tcp:localhost:5000 --wait --addr 10.0.0.1/24 -v
wait_for 5 has_name_process && kill -KILL "$name_pid"
check 'without it, it is said what helps' wait_for 15 \
	grep -q 'looks up names has ended, start serialtun again' "$dir/a.log"
stop_a
check_equal 'and it ends with status 0' 0 "$ended"

# The attacks are real: without the cell they succeed.
line=stdio
start --port - --addr 10.0.0.1/24 --no-sandbox
send fork read-file memfd last
wait_for 10 told last
for name in fork read-file memfd; do
	check_equal "--no-sandbox: $name" "attack $name: SUCCEEDED" \
		"$(outcome "$name")"
done
strike execve
check_equal '--no-sandbox: execve ends it in another way' 0 "$ended"

check_not 'nothing was written to /etc' test -e /etc/serialtun-was-here
check_not 'nor to /tmp' test -e /tmp/serialtun-was-here

finish
