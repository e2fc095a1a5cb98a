#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --baud auto finds the speed of a peer that is no serialtun, on a noisy cable,
# too, and a serialtun that comes later finds this end.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=exchange.sh
source "$root/tests/end_to_end/exchange.sh"
# pings() is that of pairs.sh.
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

head -c 60000 /dev/urandom >"$dir/small"

found() { # BAUD
	a_says "^serialtun: tun0: the other end sends at $1 baud, so this end uses that speed \\(next time say --baud $1\\)\$"
}

searches() {
	a_says '^serialtun: tun0: only garbage has come for 10 s, so this end also listens at other speeds, and sends nothing there$'
}

# The stranger pings, as a person does who waits for an answer.
start_stranger() { # BAUD INTERVAL
	start_b --pair=no --baud "$1" --addr 10.4.0.2/24
	in_b ping -i "$2" 10.4.0.1 >"$dir/ping.out" 2>&1 &
	ping=$!
}

stop_stranger() {
	kill "$ping"
	wait "$ping" 2>/dev/null
	stop_b
}

answers() {
	in_b ping -c 1 -W 1 10.4.0.1
}

has_speed() { # PORT BAUD
	[ "$(stty -F "$1" speed)" = "$2" ]
}

# Packets of every size, and TCP both ways.
check_traffic() { # DESCRIPTION
	check "$1: packets of every size" pings_of_sizes 10.4.0.2 171 1472
	check "$1: TCP from this end" tcp a b 10.4.0.2 "$dir/small"
	check "$1: TCP to this end" tcp b a 10.4.0.1 "$dir/small"
}

# check_stranger BAUD INTERVAL [CABLE-OPTION...]
check_stranger() {
	local baud=$1 interval=$2
	shift 2
	start_cable --baud auto "$@"
	start_a --baud auto --addr 10.4.0.1/24
	start_stranger "$baud" "$interval"
	check "a stranger at $baud baud ${*}: this end searches" \
		wait_for 20 searches
	check "a stranger at $baud baud ${*}: it is found" \
		wait_for 60 found "$baud"
	check "a stranger at $baud baud ${*}: a ping is answered" \
		wait_for 10 answers
}

# check_serialtun DESCRIPTION: a serialtun comes, and both pair at its speed. It
# has 5 s, and as many to start and to tell.
check_serialtun() {
	start_b --addr 10.4.0.2/24 --baud auto
	check "$1: both pair" wait_for 10 a_says 'paired with desk'
	check "$1: a ping crosses" wait_for 5 pings 10.4.0.2
	check "$1: the speed rises" wait_for 20 b_says ' baud now '
	check "$1: both ports have the same speed" \
		wait_for 5 has_speed "$port_a" "$(stty -F "$port_b" speed)"
	stop_b
}

check_stranger 9600 1
stop_stranger
stop_a
check 'the totals name the speed of the stranger' a_says ' at 9600 baud$'
stop_cable

check_stranger 921600 0.25
check_traffic 'a stranger at 921600 baud'
stop_stranger
check_serialtun 'a serialtun in the place of a stranger'
stop_a
stop_cable

# One byte of a hundred is damaged.
check_stranger 57600 0.25 --ber 1e-3
stop_stranger
stop_a
stop_cable

# Garbage of no speed.
start_cable --baud auto
start_a --baud auto --addr 10.4.0.1/24
(while :; do
	head -c 50 /dev/urandom
	sleep 0.5
done) >"$port_b" 2>/dev/null &
noise=$!
check 'garbage: this end searches' wait_for 30 searches
sleep 5
kill "$noise"
wait "$noise" 2>/dev/null
check_not 'garbage: nothing is found' a_says 'the other end sends at'
check_serialtun 'a serialtun after garbage'
stop_a

# Without the option nothing changes.
start_a --addr 10.4.0.1/24
start_stranger 9600 0.25
sleep 12
check_not 'without --baud auto there is no search' searches
check 'without --baud auto the port keeps its speed' \
	not has_speed "$port_a" 9600
stop_stranger
stop_a
stop_cable

finish
