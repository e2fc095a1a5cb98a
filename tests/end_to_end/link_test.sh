#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The main job: one command on each host, IP between them, and nothing left
# behind at the end. The ports are ptys joined by the emulated cable.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# Print the kernel's view of an address.
addr_of_a() {
	in_a ip -o addr show dev tun0
}

no_tun() {
	! in_a ip -o link show dev tun0
}

start_cable --baud 115200
settings_before=$(stty -F "$port_a" -g)

start_a --addr 10.10.10.1/24 --addr fd00::1/64 --baud 115200
log=$(<"$dir/a.log")
check_match 'the first line describes the link' \
	"^serialtun: tun0 is up: 10.10.10.1/24, fd00::1/64, mtu 1500, on /dev/pts/[0-9]+ \\($port_a\\) at 115200 baud 8N1\$" "$log"
check_match 'the second line is the command for the other end' \
	'^serialtun: at the other end: sudo serialtun --addr 10.10.10.2/24 --addr fd00::2/64 --port PORT --baud 115200$' "$log"
check_equal 'there is no third line' 2 "$(wc -l <"$dir/a.log")"

# The second command is the one that serialtun printed, with the port filled in.
other_end=$(sed -n 's/.*sudo serialtun \(.*\) --port PORT/\1/p' "$dir/a.log")
# shellcheck disable=SC2086 # these are several words
start_b $other_end

check_match 'the interface has the address' '10\.10\.10\.1/24 ' "$(addr_of_a)"
check_match 'the interface has the IPv6 address, usable at once' \
	'fd00::1/64 .*nodad' "$(addr_of_a)"
check_not 'the address is not tentative' grep -q tentative <<<"$(addr_of_a)"
check_match 'the link is up, mtu 1500' 'UP.* mtu 1500 ' \
	"$(in_a ip -o link show dev tun0)"
check 'IPv4 crosses' in_a ping -c 3 -i 0.2 -W 5 10.10.10.2
check 'IPv6 crosses' in_a ping -c 3 -i 0.2 -W 5 fd00::2
check 'and the other way' in_b ping -c 3 -i 0.2 -W 5 10.10.10.1
check 'link-local IPv6 crosses' in_a ping -c 1 -W 5 ff02::1%tun0

kill -USR1 "$pid_a"
check 'SIGUSR1 prints the counters' \
	wait_for 5 grep -q 'serialtun: from the line: [1-9]' "$dir/a.log"
check 'the link still works' in_a ping -c 1 -W 5 10.10.10.2

# The shadow memory of the sanitizers and the counters of gcov count, too.
if [[ $build != */sanitize && $build != */coverage ]]; then
	rss=$(awk '/VmHWM/ { print $2 }' "/proc/$pid_a/status")
	# 1.5 MB of it for compression, as soon as two ends are paired.
	check "resident memory is at most 5 MB (it is $rss kB)" \
		[ "$rss" -le 5120 ]
fi

stop_a TERM
check_equal 'SIGTERM ends it with status 0' 0 "$ended"
check 'the interface is gone' no_tun
check_match 'it prints the totals' \
	'^serialtun: sent [0-9.]+ kB in [1-9][0-9]* packets \([0-9.]+ k?B/s\), received [0-9.]+ kB in [1-9][0-9]* packets \([0-9.]+ k?B/s\), in [0-9.]+ s( at [0-9]+ baud)?$' \
	"$(tail -n 1 "$dir/a.log")"
check_equal 'it prints the counters only on request' 1 \
	"$(grep -c ' to the line: ' "$dir/a.log")"
check_equal 'stdout is empty' '' "$(<"$dir/a.out")"
settings_after=$(stty -F "$port_a" -g)
# HUPCL is bit 10 of the third field.
hupcl_off=$(IFS=:
	read -r i o c rest <<<"$settings_before"
	printf '%s:%s:%x:%s' "$i" "$o" $((0x$c & ~0x400)) "$rest")
check_equal 'the port has its old settings, except HUPCL' \
	"$hupcl_off" "$settings_after"

start_a --addr 10.10.10.1/24
check 'started again: IPv4 crosses' \
	in_a ping -c 1 -W 5 10.10.10.2
stop_a HUP
check_equal 'SIGHUP ends it with status 0' 0 "$ended"
start_a --addr 10.10.10.1/24
stop_a INT
check_equal 'SIGINT ends it with status 0' 0 "$ended"
start_a --addr 10.10.10.1/24
stop_a KILL
check 'kill -9 leaves no interface behind' wait_for 5 no_tun
start_a --addr 10.10.10.1/24
check 'after kill -9 the port works again' in_a ping -c 1 -W 5 10.10.10.2
check 'the other end reports the end of this one' \
	b_says 'has ended$'
check 'and that it is back' b_says 'paired with .*: 10.10.10.2 here'
stop_a

# It runs no other program: a single execve, its own.
: >"$dir/a.log"
nsenter --target "$host_a" --net -- strace -f -qq -e trace=execve,execveat \
	-o "$dir/strace.txt" "$serialtun" --addr 10.10.10.1/24 \
	--route 192.0.2.0/24 --port "$port_a" 2>"$dir/a.log" &
wait_for 20 is_up "$dir/a.log"
check 'a ping crosses under strace' in_a ping -c 1 -W 5 10.10.10.2
traced=$(pgrep -P $!)
kill "$traced"
wait $!
check_equal 'it runs no other program' 1 \
	"$(grep -c 'exec' "$dir/strace.txt")"

finish
