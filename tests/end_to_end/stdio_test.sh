#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Standard input and output as the line, between two serialtuns that a third
# program has started, such as ssh, socat or inetd. Only frames go to the
# output, and serialtun restores the flags of the descriptors.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=exchange.sh
source "$root/tests/end_to_end/exchange.sh"

join_hosts

# The command for the third program: serialtun on host a or b.
for host in a b; do
	pid=host_$host
	address=10.0.0.1
	[ "$host" = a ] || address=10.0.0.2
	cat >"$dir/end_$host" <<-END
		#!/bin/sh
		exec nsenter --target ${!pid} --net -- "$serialtun" \
			--addr $address/24 --port - 2>>"$dir/$host.log"
	END
	chmod +x "$dir/end_$host"
done

# up HOST TIMES: has the end on that host come up so often?
up() {
	[ "$(grep -c ' is up: ' "$dir/$1.log")" -ge "$2" ]
}

totals() {
	grep -c '^serialtun: sent ' "$dir/$1.log"
}

has_ended() {
	[ "$(totals "$1")" -ge "$2" ]
}

has_interface() {
	"in_$1" ip link show dev tun0
}

# Socket pairs, as socat makes them, and pipes, as ssh and a shell do.
for how in '' ',pipes'; do
	: >"$dir/a.log"
	: >"$dir/b.log"
	socat "EXEC:$dir/end_a$how" "EXEC:$dir/end_b$how" \
		2>"$dir/socat.log" &
	socat=$!
	wait_for 5 up a 1 && wait_for 5 up b 1
	exchange "socat EXEC$how"
	# When the program in the middle ends, the input ends.
	kill "$socat"
	check "socat EXEC$how ends: A ends" wait_for 5 has_ended a 1
	check "socat EXEC$how ends: B ends" wait_for 5 has_ended b 1
	check 'and the interface is gone' wait_for 5 not has_interface a
done

# As with inetd: a new serialtun for each connection.
: >"$dir/b.log"
start_on b inetd socat TCP-LISTEN:7000,fork,reuseaddr "EXEC:$dir/end_b"
inetd=$started
wait_for 5 listening b 7000
port_a=tcp:172.16.0.2:7000
start_a -v --addr 10.0.0.1/24
exchange 'inetd'
stop_a
check_match 'only frames have come' ' from the line: .* 0 dropped$' \
	"$(<"$dir/a.log")"
check 'the client ends: so does its serialtun' wait_for 5 has_ended b 1
start_a --addr 10.0.0.1/24
check 'the next client gets a new serialtun' wait_for 5 pings
check 'it is the second one' up b 2
stop_a
wait_for 5 has_ended b 2
stop "$inetd"

# inetd also connects standard error: no message goes among the frames.
cat >"$dir/end_all" <<-END
	#!/bin/sh
	exec nsenter --target $host_b --net -- "$serialtun" -v -v \
		--addr 10.0.0.2/24 --port -
END
chmod +x "$dir/end_all"
start_on b inetd socat TCP-LISTEN:7000,fork,reuseaddr \
	"EXEC:$dir/end_all,stderr"
inetd=$started
wait_for 5 listening b 7000
start_a -v --addr 10.0.0.1/24
check 'inetd with standard error: a ping' wait_for 5 pings
stop_a
check_match 'only frames have come' ' from the line: .* 0 dropped$' \
	"$(<"$dir/a.log")"
stop "$inetd"

# The descriptors; this shell has copies of them.
mkfifo "$dir/in" "$dir/out"

# is_nonblocking NUMBER: check bit 04000 of the descriptor's flags (proc(5))
is_nonblocking() {
	local flags
	flags=$(awk '$1 == "flags:" { print $2 }' "/proc/$$/fdinfo/$1")
	[ "$((0$flags & 04000))" != 0 ]
}

# start_stdio ARGUMENT...: start serialtun on host A, with descriptors 3 and 4
# as its line. Its address is new, because old TCP connections still send
# packets.
start_stdio() {
	: >"$dir/a.log"
	nsenter --target "$host_a" --net -- "$serialtun" --port - "$@" \
		<&3 >&4 2>"$dir/a.log" &
	pid_a=$!
	wait_for 10 is_up "$dir/a.log" || echo '# serialtun is not up'
}

# pipe_size NUMBER: print the size of the pipe (F_GETPIPE_SZ)
pipe_size() {
	python3 -c 'import fcntl; print(fcntl.fcntl(0, 1032))' <&"$1"
}

exec 3<>"$dir/in" 4<>"$dir/out"
size=$(pipe_size 4)
start_stdio --addr 10.9.0.1/24
check 'its input does not block' is_nonblocking 3
check 'its output does not block' is_nonblocking 4
stop_a
check_equal 'SIGTERM ends it with status 0' 0 "$ended"
check_not 'the input blocks again' is_nonblocking 3
check_not 'the output blocks again' is_nonblocking 4
check_equal 'the output has its old size' "$size" "$(pipe_size 4)"

exec 3<&-
exec 3< <(frame 00)
start_stdio --addr 10.9.0.1/24
wait_end "$pid_a" 5
check_equal 'the end of the input ends it with status 0' 0 "$ended"
check_not 'the output blocks again' is_nonblocking 4
check_not 'and the interface is gone' has_interface a
exec 3<&- 4>&-

# All messages, and none of them on the output.
exec 3<>"$dir/in"
cat "$dir/out" >"$dir/heard" &
heard=$!
exec 4>"$dir/out"
start_stdio --addr 10.9.0.1/24 -v -v --stats 1 --pair=no
for bytes in 'hello world' 'f0f1f2' 'login: '; do
	printf '\300%s\300' "$bytes" >&3
done
sleep 1.5
kill -USR1 "$pid_a"
stop_a
exec 4>&-
wait "$heard"
check_equal 'no message goes to the output' '' "$(od -An -tx1 "$dir/heard")"
check 'all messages go to standard error' has_ended a 1

# The reader is gone. Restore the default action of SIGPIPE.
exec 4> >(exec head -c 1 >/dev/null)
start_stdio --addr 10.9.0.1/24
in_a ping -q -c 3 -i 0.3 -W 1 10.9.0.2 >/dev/null
wait_end "$pid_a" 5
check_equal 'the reader of the output is gone: it ends, but not by SIGPIPE' \
	0 "$ended"
check_match 'it says what has happened' '^serialtun: ' \
	"$(sed 1,2d "$dir/a.log")"
exec 3<&- 4>&-

# serialtun refuses descriptors that are no line before it makes an interface.
# refused_stdio DESCRIPTION REDIRECTION: with this instead of a pipe
refused_stdio() {
	said=$({
		sleep 1 | in_a timeout 5 sh -c \
			"exec '$serialtun' --addr 10.9.0.1/24 --port - 2>&3 $2" |
			cat >/dev/null
	} 3>&1)
	check_match "$1 is refused" \
		'^serialtun: cannot use standard (in|out)put as the' "$said"
}

refused_stdio 'a closed input' '<&-'
refused_stdio 'a closed output' '>&-'
refused_stdio 'a file' ">'$dir/file'"
refused_stdio '/dev/null' '</dev/null'
finish
