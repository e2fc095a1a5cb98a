#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two ends find the highest speed that the cable carries, and find each other
# again at whatever moment one of them is restarted. $RESTARTS is the number of
# restarts under a TCP connection.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

: "${RESTARTS:=10}"

stop_both() {
	stop_a
	stop_b
}

# The last speed that an end has reported.
speed_of() { # HOST
	sed -nE 's/.* tun0: ([0-9]+) baud .*, both ends$/\1/p' "$dir/$1.log" |
		tail -n 1
}

has_speed() { # HOST BAUD
	[ "$(speed_of "$1")" = "$2" ]
}

both_have_speed() {
	has_speed a "$1" && has_speed b "$1"
}

# The speed of a port as its termios tells.
speed_set() { # PORT
	stty -F "$1" speed
}

have_ports_speed() {
	[ "$(speed_set "$port_a")" = "$1" ] &&
		[ "$(speed_set "$port_b")" = "$1" ]
}

start_both() { # OPTION...
	start_a --baud auto "$@"
	start_b --baud auto "$@"
}

# The best speed is found for each highest speed of the cable.
for max in 230400 460800 921600 1500000 3000000; do
	start_cable --baud auto --max-baud "$max"
	start_both
	check "a cable to $max: both ends report that speed" \
		wait_for 20 both_have_speed "$max"
	check "a cable to $max: both ports have it" have_ports_speed "$max"
	check "a cable to $max: a ping crosses" wait_for 5 pings
	stop_both
	stop_cable
done
check 'the report names the factor' \
	a_says '^serialtun: tun0: 3000000 baud now \(26 times 115200\), both ends$'

# A cable that is clean at the base speed only.
start_cable --baud auto --max-baud 115200
start_both
check_pair 'a cable to 115200'
sleep 7
check 'a cable to 115200: the ports have that speed' have_ports_speed 115200
check_equal 'a cable to 115200: nothing is reported' '' "$(speed_of a)"
check 'a cable to 115200: a ping crosses' wait_for 5 pings
stop_both
stop_cable

# What the user said stands.
start_cable --baud auto
stty -F "$port_a" 9600
stty -F "$port_b" 19200
start_a --baud auto
start_b --baud auto --max-baud 1000000
check '--max-baud at one end limits both' wait_for 20 both_have_speed 1000000
stop_both
check_equal 'at the end A has the speed that it was found with' 9600 \
	"$(speed_set "$port_a")"
check_equal 'at the end B has the speed that it was found with' 19200 \
	"$(speed_set "$port_b")"

start_a --baud auto
start_b --baud 115200
check_pair '--baud N at one end'
sleep 2
check '--baud N at one end: both ports keep that speed' have_ports_speed 115200
stop_both

start_a --baud auto
start_b --baud 115200 --pair=check
check_pair 'an end that does not change its speed'
sleep 2
check 'an end that does not change its speed: both keep it' \
	have_ports_speed 115200
stop_both

# Both restarted: the survivor returns to the base speed, and both go up again.
start_both
check 'both reach the best speed' wait_for 20 both_have_speed 4000000
stop_a KILL
start_a --baud auto
check 'A is killed and started: it reaches the best speed again' \
	wait_for 20 has_speed a 4000000
check 'A is killed and started: B has the same speed' \
	have_ports_speed 4000000
check 'A is killed and started: a ping crosses' wait_for 5 pings
stop_both
start_both
check 'both are restarted: they reach the best speed' \
	wait_for 20 both_have_speed 4000000
stop_both

# One end is restarted at random moments while TCP runs.
start_a --baud auto --addr 10.9.0.1/24
start_b --baud auto --addr 10.9.0.2/24
nsenter --target "$host_b" --net -- \
	python3 "$root/tests/end_to_end/stream.py" receive 6100 "$dir/good" \
	2>"$dir/receive.log" &
receiver=$!
check 'the ends are there' wait_for 10 pings 10.9.0.2
nsenter --target "$host_a" --net -- \
	python3 "$root/tests/end_to_end/stream.py" send 10.9.0.2 6100 \
	2>"$dir/send.log" &
sender=$!
check 'TCP runs' wait_for 20 test -s "$dir/good"

# Have more bytes arrived?
is_beyond() {
	[ "$(<"$dir/good")" -gt "$1" ]
}

stalls=0
for ((i = 0; i < RESTARTS; i++)); do
	sleep "$((RANDOM % 4)).$((RANDOM % 1000))"
	if ((RANDOM % 2)); then stop_a KILL; else stop_a; fi
	sleep "0.$((RANDOM % 1000))"
	start_a --baud auto --addr 10.9.0.1/24
	good=$(<"$dir/good")
	wait_for 30 is_beyond "$good" || stalls=$((stalls + 1))
done
check_equal "TCP survives $RESTARTS restarts at random moments" 0 "$stalls"
check 'the receiver has found no wrong byte' alive "$receiver"
kill "$sender" "$receiver"
wait "$sender" "$receiver" 2>/dev/null
stop_both
stop_cable

finish
