#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two ends find the highest speed that the cable carries, and keep what waits
# meanwhile.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"
# shellcheck source=stream.sh
source "$root/tests/end_to_end/stream.sh"

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
	began=${EPOCHREALTIME/./}
	start_b --baud auto "$@"
}

# check_time DESCRIPTION BAUD SECONDS: from the start of B to this speed at both
# ports takes no longer
check_time() {
	local ms
	wait_for 20 have_ports_speed "$2"
	ms=$(((${EPOCHREALTIME/./} - began) / 1000))
	check "$1 ($ms ms)" [ "$ms" -le $(($3 * 1000)) ]
}

# The best speed is found for each highest speed of the cable. The goal is 7 s
# if attempts fail, and 3 s otherwise; a busy machine gets twice as long.
for max in 230400 460800 921600 1500000 3000000; do
	start_cable --baud auto --max-baud "$max"
	start_both
	check_time "a cable to $max: both ports have that speed in time" \
		"$max" 14
	check "a cable to $max: both ends report that speed" \
		wait_for 20 both_have_speed "$max"
	check "a cable to $max: both ports have it" have_ports_speed "$max"
	check "a cable to $max: a ping crosses" wait_for 5 pings
	stop_both
	stop_cable
done
check 'the report names the factor' \
	a_says '^serialtun: tun0: 3000000 baud now \(26 times 115200\), both ends$'
check_match 'the totals name the highest speed that carried packets' \
	'^serialtun: sent .* at 3000000 baud$' "$(<"$dir/a.log")"

start_cable --baud auto
start_both --max-baud 3000000
check_time 'without a failure: both ports have the best speed in time' \
	3000000 6
stop_both
stop_cable

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

for bauds in '115200 auto' 'auto 115200'; do
	start_a --baud "${bauds% *}"
	start_b --baud "${bauds#* }"
	check_pair "--baud $bauds"
	sleep 2
	check "--baud $bauds: both ports keep 115200" have_ports_speed 115200
	stop_both
done

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

stop_cable

# Nothing that waits is lost: a ping every 20 ms crosses during the search, in
# which attempts fail.
start_cable --baud auto --max-baud 230400
start_a --baud auto --addr 10.9.0.1/24 --stats 1 --stats-json "$dir/a.json"
start_b --baud auto --addr 10.9.0.2/24
wait_for 10 pings 10.9.0.2
in_a ping -q -i 0.02 -c 300 -W 5 10.9.0.2 >"$dir/ping" 2>&1
check_match 'no ping of 300 is lost during a search' ' 300 received' \
	"$(<"$dir/ping")"
check 'the search is over' have_ports_speed 230400
check_match 'the MTU is the one of a fast line' ' mtu 1500 ' \
	"$(in_a ip -o link show dev tun0)"

stop='(the next higher failed|the peer decides)'
check 'the statistics tell the speed, and why it stops there' wait_for 5 \
	a_says ", 230400 baud, [0-9]+ attempts: $stop\$"
check_match 'the file tells it, too' "^230400 115200 True $stop\$" \
	"$(value "$dir/a.json" '"{baud} {base} {0} {stop}".format(
		s["pair"]["speed"]["attempts"] > s["pair"]["speed"]["failed"] > 0,
		**s["pair"]["speed"])')"

# The pacer follows: beside TCP a ping waits for one packet, which takes 65 ms.
# A pty that is full of bytes would take 0.7 s.
start_stream
in_a ping -q -i 0.3 -c 20 -W 5 10.9.0.2 >"$dir/ping" 2>&1
average=$(sed -nE 's|^rtt [^=]*= [0-9.]+/([0-9]+)\..*|\1|p' "$dir/ping")
check "beside TCP a ping waits for one packet ($average ms)" \
	[ "${average:-9999}" -le 350 ]
check 'the receiver has found no wrong byte' alive "$receiver"
stop_stream
stop_both
stop_cable

finish
