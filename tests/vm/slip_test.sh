#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Linux's own SLIP at the other end: the kernel's line discipline, attached with
# slattach from net-tools. Host A is serialtun, host B the kernel.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

echo=$root/tests/vm/echo


# start_kernel MTU OPTION...: start the kernel's SLIP on B's port, and move its
# interface to host B, as sl0
start_kernel() {
	local mtu=$1
	shift
	nsenter --net=/proc/self/fd/9 -- slattach -L -p slip "$@" "$port_b" 2>"$dir/slattach.log" &
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

# every_size FIRST LAST: send IP packets of all these sizes, both ways
every_size() {
	in_a "$echo" ask 10.0.0.2 7000 "$1" "$2"
}

# exchange DESCRIPTION: test such a link
exchange() {
	check "$1: a ping" wait_for 10 pings
	check "$1: a ping the other way" \
		in_b ping -q -c 1 -W 5 10.0.0.1
	check "$1: payloads of END" \
		in_a ping -q -c 2 -i 0.2 -W 5 -s 1000 -p c0 10.0.0.2
	check "$1: payloads of ESC" \
		in_b ping -q -c 2 -i 0.2 -W 5 -s 1000 -p db 10.0.0.1
	check "$1: TCP to the kernel" tcp a b 10.0.0.2 "$dir/random"
	check "$1: TCP from the kernel" tcp b a 10.0.0.1 "$dir/random"
	check "$1: TCP, END and ESC only" tcp a b 10.0.0.2 "$dir/escapes"
}

modprobe slip || skip_all 'no kernel module slip'
check_match 'this kernel' . "$(uname -r)"
head -c 20000 /dev/urandom >"$dir/random"
head -c 3000 /dev/zero | tr '\0' '\300' >"$dir/escapes"
head -c 3000 /dev/zero | tr '\0' '\333' >>"$dir/escapes"
in_b "$echo" serve 7000 &

# slattach as most people call it: MTU 296.
use_uarts
start_kernel 296 -s 115200
start_a --addr 10.0.0.1/24
exchange 'UART, MTU 1500 here, 296 there'
stop_a
start_a -v --addr 10.0.0.1/24 --mtu 296
check 'UART, MTU 296: every size from 28 to 296' every_size 28 296
stop_a
check_match 'no frame is dropped' ' from the line: .* 0 dropped$' \
	"$(<"$dir/a.log")"
stop_kernel

# slattach knows no speed above 115200, but the kernel does.
use_adapters
start_kernel 1500
stty -F "$port_b" 460800
start_a -v --addr 10.0.0.1/24 --baud 460800
exchange 'FTDI, MTU 1500'
check 'FTDI, MTU 1500: every size from 28 to 1500' every_size 28 1500
stop_a
check_drops 'FTDI, MTU 1500' "$(<"$dir/a.log")"
stop_kernel

# Each end sends an END when it is idle. Without an END from the peer the kernel
# hangs up, and serialtun turns the carrier off. The kernel waits only briefly
# for the first END.
use_uarts
start_a --addr 10.0.0.1/24 --keepalive 1
start_kernel 1500 -s 115200 -o 1 -k 5
check 'keepalive: a ping' wait_for 10 pings
sleep 12
check "the kernel's keepalive (slattach -k) hears ours" has_slip
check_not "ours hears the kernel's outfill (slattach -o)" \
	a_says 'no data from the peer'
check 'keepalive: a ping again' pings
stop_a
check 'the kernel hangs up when serialtun has ended' wait_for 20 not has_slip
stop_kernel

start_kernel 1500 -s 115200 -o 1
start_a --addr 10.0.0.1/24 --keepalive 1
check 'outfill: a ping' wait_for 10 pings
sleep 4
stop_kernel
check "serialtun turns the carrier off when the kernel's end is gone" wait_for 10 \
	a_says ': no data from the peer for 3 s, carrier off until it sends$'
stop_a
finish
