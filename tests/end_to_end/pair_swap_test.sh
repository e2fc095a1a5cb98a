#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The user replaces one end of a pair by a serialtun with --pair=no, and then by
# Serial-TUN, and each time goes back to a serialtun that pairs. The other end
# keeps its address, and reports if frames no longer have a check.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"
# shellcheck source=exchange.sh
source "$root/tests/end_to_end/exchange.sh"

# The function of this name in lib.sh uses another address.
pings() {
	in_a ping -q -c 1 -W 1 10.10.10.2
}

hellos_sent() {
	value "$dir/a.json" 's["pair"]["hellos_sent"]'
}

# is_state STATE
is_state() {
	[ "$(value "$dir/a.json" 's["pair"]["state"]')" = "$1" ]
}

start_cable --baud 115200
start_a --stats-json "$dir/a.json"
start_b
check_pair 'with nothing but a port'

pair=no
stop_b
start_b --addr 10.10.10.2/30
# A's carrier is off until something comes from B, and the kernel takes a moment
# to see that it is on.
wait_for 10 not has_carrier a
check 'after SIGTERM, --pair=no: a ping crosses' \
	wait_for 10 in_b ping -q -c 1 -W 1 10.10.10.1
check 'and the other way' wait_for 5 pings
check 'A still has its address' has_address a 10.10.10.1
check "A's carrier is on" has_carrier a
check 'A says that the carrier is on' \
	wait_for 5 a_says ': the peer sends again, carrier on$'
pair=
stop_b
start_b
check_pair 'a pair again'

# Without a good-bye, with packets at once, so A hears plain packets in a pair.
pair=no
stop_b KILL
start_b --addr 10.10.10.2/30
in_b ping -q -i 0.1 -W 1 10.10.10.1 >/dev/null 2>&1 &
pinging=$!
check 'after kill -9, --pair=no: A says that there is no check' \
	wait_for 10 a_says '^serialtun: tun0: the other end sends frames without a check now, so damage is not noticed any more \(is it another program, or a serialtun with --pair=no\?\)$'
check 'a ping crosses' wait_for 10 pings
check "A's carrier is on" has_carrier a
wait_for 5 is_state alone
sleep 8
before=$(hellos_sent)
sleep 5
check_equal 'after a while A sends no more hellos' "$before" \
	"$(hellos_sent)"
check 'a ping still crosses' wait_for 5 pings
kill "$pinging"
pair=
stop_b KILL
start_b
check_pair 'a pair again'
check 'A says so' says_times a 3 'paired with desk .*: 10.10.10.1 here'

# Serial-TUN
stop_b KILL
in_b ip tuntap add dev tun0 mode tun
in_b ip addr add 10.10.10.2/30 dev tun0
in_b ip link set tun0 up
peer_on b serial_tun -i tun0 -p "$port_b" -b 115200
check 'Serial-TUN in its place: a ping crosses' wait_for 15 pings
check "A's carrier is on" has_carrier a
# On a busy machine Serial-TUN reads two frames at once, and then stays one
# frame behind.
check_match 'all pings but the last are answered' ' (19|20) received' \
	"$(in_a ping -q -c 20 -i 0.2 -W 2 10.10.10.2)"
stop "$peer"
in_b ip tuntap del dev tun0 mode tun
start_b
check_pair 'a pair again'
check 'A says so' says_times a 4 'paired with desk .*: 10.10.10.1 here'
stop_a
check_equal 'status 0' 0 "$ended"
stop_b
check_equal 'status 0' 0 "$ended"
finish
