#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Linux's own CSLIP at the other end: the kernel compresses TCP headers from the
# first packet (slattach -p cslip), or once it has received a compressed one
# (adaptive). Host A is serialtun, host B the kernel.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# start_kernel PROTOCOL MTU OPTION...: as in slip_test.sh, with this protocol
start_kernel() {
	local protocol=$1 mtu=$2
	shift 2
	nsenter --net=/proc/self/fd/9 -- slattach -L -p "$protocol" "$@" \
		"$port_b" 2>"$dir/slattach.log" &
	slattach=$!
	wait_for 10 in_first ip link show dev sl0
	in_first ip link set dev sl0 netns "$host_b"
	in_b ip addr add 10.0.0.2 peer 10.0.0.1 dev sl0
	in_b ip link set dev sl0 mtu "$mtu" up
}

has_slip() {
	in_b ip link show dev sl0
}

stop_kernel() {
	kill "$slattach"
	wait_for 10 not has_slip
	wait_end "$slattach"
}

# both_compress DESCRIPTION: the counters, from serialtun -v, say so
both_compress() {
	check_match "$1: both ends compress" \
		'CSLIP: sent [1-9][0-9]+ compressed, .* received [1-9][0-9]+ compressed' \
		"$(<"$dir/a.log")"
	check_drops "$1" "$(<"$dir/a.log")"
}

# exchange DESCRIPTION: TCP both ways, one after the other and at the same time
exchange() {
	check "$1: a ping" wait_for 10 pings
	check "$1: TCP to the kernel" tcp a b 10.0.0.2 "$dir/random"
	check "$1: TCP, END and ESC only" tcp a b 10.0.0.2 "$dir/escapes"
	start_tcp a b 10.0.0.2 "$dir/random"
	local one=$sender other=$receiver
	check "$1: TCP both ways at once" tcp b a 10.0.0.1 "$dir/random"
	wait "$one" && wait "$other" && cmp "$dir/random" "$dir/random.b"
	result $? "$1: and the other way"
}

# A connection refused: SYN and RST travel as they are.
refused() {
	in_a timeout 10 socat -u "OPEN:$dir/escapes" TCP:10.0.0.2:9 2>&1 |
		grep -q refused
}

modprobe slip || skip_all 'no kernel module slip'
check_match 'this kernel' . "$(uname -r)"
head -c 20000 /dev/urandom >"$dir/random"
head -c 3000 /dev/zero | tr '\0' '\300' >"$dir/escapes"
head -c 3000 /dev/zero | tr '\0' '\333' >>"$dir/escapes"
in_a sysctl -qw net.ipv4.tcp_timestamps=0
in_b sysctl -qw net.ipv4.tcp_timestamps=0

# The kernel begins, and this end follows.
use_uarts
start_kernel cslip 296 -s 115200
start_a -v --addr 10.0.0.1/24 --mtu 296
exchange 'cslip, UART, MTU 296'
check 'a refused connection' refused
check 'serialtun says that the peer compresses' \
	wait_for 10 a_says 'the peer compresses TCP headers'
stop_a
both_compress 'cslip, UART, MTU 296'

# serialtun ends and starts again, the kernel goes on: connections continue.
start_a -v --addr 10.0.0.1/24 --mtu 296
start_tcp b a 10.0.0.1 "$dir/random"
sleep 1
stop_a
start_a -v --addr 10.0.0.1/24 --mtu 296
wait "$sender" && wait "$receiver" && cmp "$dir/random" "$dir/random.a"
result $? 'a connection survives a restart of serialtun'
stop_a
stop_kernel

# This end begins, and the kernel follows.
use_adapters
start_kernel adaptive 1500
stty -F "$port_b" 460800
start_a -v --addr 10.0.0.1/24 --baud 460800 --vj on
exchange 'adaptive, FTDI, MTU 1500'
stop_a
both_compress 'adaptive, FTDI, MTU 1500'

# Frames are lost and damaged both ways: the kernel's port has another speed for
# a moment. Whatever arrives is right, and the connections go on. The frames are
# short, so that TCP gets on between two such moments, and the line is slow, so
# that they meet frames; TCP goes on until this end has noticed one.
spoil_line() {
	while sleep 0.7; do
		stty -F "$port_b" 57600
		stty -F "$port_b" 115200
	done
}
a_drops() {
	kill -USR1 "$pid_a"
	sleep 0.5
	a_says ' from the line: .* [1-9][0-9]* dropped'
}
in_b ip link set dev sl0 mtu 296
stty -F "$port_b" 115200
start_a -v --addr 10.0.0.1/24 --mtu 296 --baud 115200 --vj on
spoil_line 2>/dev/null &
spoiler=$!
for ((i = 1; i <= 5; i++)); do
	start_tcp a b 10.0.0.2 "$dir/random"
	one=$sender other=$receiver
	check "lost frames: TCP to this end, $i" tcp b a 10.0.0.1 "$dir/random"
	wait "$one" && wait "$other" && cmp "$dir/random" "$dir/random.b"
	result $? "lost frames: TCP to the kernel, $i"
	! a_drops || break
done
kill "$spoiler"
wait "$spoiler" 2>/dev/null
stty -F "$port_b" 115200
check 'after lost frames: a ping' wait_for 10 pings
stop_a
check_match 'frames were lost or damaged' \
	' from the line: .* [1-9][0-9]* dropped' "$(<"$dir/a.log")"
stop_kernel

# Random packets, without a slow line: see slhc.c.
slhc() {
	in_first "$build/tests/vm/slhc" "$@"
}
for mtu in 296 1500; do
	check "from the kernel, MTU $mtu: all packets arrive" \
		slhc from adaptive $mtu 12500
	check "from the kernel, MTU $mtu: lost and damaged frames, restarts" \
		slhc from cslip $mtu 12500 20
	check "to the kernel, MTU $mtu: all packets arrive" \
		slhc to cslip $mtu 12500
	check "to the kernel, MTU $mtu: lost frames, restarts" \
		slhc to adaptive $mtu 12500 20
done
finish
