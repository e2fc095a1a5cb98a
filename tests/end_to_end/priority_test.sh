#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The process that writes to a serial line runs ahead of others, as the kernel
# reports: it, and no other process of the link, and not where the line has no
# speed, which bounds what it can take from them.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

nice -n -10 true 2>/dev/null || skip_all 'no nice value below 0 here'

nice_of() {
	ps -o ni= -p "$1" | xargs
}

start_cable --baud 0
start_a --addr 10.0.0.1/24 --baud 115200
check_equal 'a line with a speed: nice value -10' -10 "$(nice_of "$pid_a")"
check_equal 'the broker: 0' 0 "$(nice_of "$(broker_of "$pid_a")")"
stop_a

serialtun_of() { # the one below nice or setpriv
	pgrep -P "$pid_a" -x serialtun || echo "$pid_a"
}

: >"$dir/a.log"
nsenter --target "$host_a" --net -- nice -n 5 "$serialtun" --port "$port_a" \
	--addr 10.0.0.1/24 --baud 115200 2>"$dir/a.log" &
pid_a=$!
wait_for 10 is_up "$dir/a.log"
check_equal 'a nice value that the user chose stays' 5 \
	"$(nice_of "$(serialtun_of)")"
stop_a

: >"$dir/a.log"
nsenter --target "$host_a" --net -- chrt -b 0 "$serialtun" --port "$port_a" \
	--addr 10.0.0.1/24 --baud 115200 2>"$dir/a.log" &
pid_a=$!
wait_for 10 is_up "$dir/a.log"
check_equal 'a policy that the user chose stays' B \
	"$(ps -o cls= -p "$(serialtun_of)" | xargs)"
stop_a

: >"$dir/a.log"
nsenter --target "$host_a" --net -- setpriv --bounding-set=-sys_nice \
	--inh-caps=-all -- "$serialtun" --port "$port_a" --addr 10.0.0.1/24 -v \
	--baud 115200 2>"$dir/a.log" &
pid_a=$!
wait_for 10 is_up "$dir/a.log"
check_equal 'without CAP_SYS_NICE: 0' 0 "$(nice_of "$(serialtun_of)")"
check '-v reports it' a_says '^serialtun: the process runs at the usual priority: '
start_b --addr 10.0.0.2/24
check 'a ping crosses' in_a ping -c 1 -W 5 10.0.0.2
stop_a
stop_b

start_a --addr 10.0.0.1/24
check_equal 'a pty without --baud: 0' 0 "$(nice_of "$pid_a")"
stop_a

port_a=udp:127.0.0.1:7001,7002
in_a ip link set lo up
start_a --addr 10.0.0.1/24
check_equal 'UDP: 0' 0 "$(nice_of "$pid_a")"
stop_a
finish
