#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Persistent interfaces: made beforehand, or kept after the end, with all their
# settings. Their owner uses and removes them without privilege, and no other
# user can. A failed --create leaves nothing behind.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# Print all interfaces of host A.
interfaces() {
	in_a ip -o link show | sed -E 's/^[0-9]+: ([^@:]*).*/\1/' | xargs
}

# check_refused DESCRIPTION STATUS MESSAGE ARGUMENT...: refused, nothing made
check_refused() {
	local description=$1 wanted="$2 serialtun: $3" before
	shift 3
	before=$(interfaces)
	refused "$@"
	check_equal "$description" "$wanted" "$ended ${said%%$'\n'*}"
	check_equal "$description: it makes nothing" "$before" "$(interfaces)"
}

start_cable --baud 0
start_b --addr 10.0.0.2/24

# Create an interface, and use it.
refused --create -i board --addr 10.0.0.1/24 --route 192.0.2.0/24 --mtu 1400
check_equal 'it describes the interface, and how to use it' \
	'0 serialtun: board is persistent: 10.0.0.1/24, mtu 1400; to use it: sudo serialtun -i board --port PORT' \
	"$ended $said"
check_match 'the interface is persistent' 'tun type tun .*persist on user root' \
	"$(in_a ip -d link show dev board)"
check_match 'up, with its MTU' '[<,]UP[,>].* mtu 1400 ' \
	"$(in_a ip -o link show dev board)"
check_match 'with its address' '10.0.0.1/24' "$(in_a ip -o addr show dev board)"
check_match 'and its route' '192.0.2.0/24 dev board' "$(in_a ip route show)"
start_a -i board
check_match 'serialtun attaches to it' '^serialtun: attached to board: mtu 1400, on ' \
	"$(<"$dir/a.log")"
check 'a ping crosses' in_a ping -c 1 -W 5 10.0.0.2
check_refused 'made again: it is there already' 1 \
	'cannot create interface board: it exists already (use it without --create, remove it with --delete, or choose another name with -i)' \
	--create -i board
check_refused 'in use: it is not removed' 1 \
	'cannot delete interface board: a program is attached to it (end that one first)' \
	--delete -i board
stop_a
check_equal 'it stays after the end' 'lo board' "$(interfaces)"
check_match 'with its address' '10.0.0.1/24' "$(in_a ip -o addr show dev board)"
check_refused 'as TAP: it is a TUN interface' 1 \
	'cannot attach to interface board: it is a TUN interface (leave --tap out)' \
	--tap -i board --port "$port_a"
refused --delete -i board
check_equal '--delete removes it' '0 lo' "$ended$said $(interfaces)"

in_a ip tuntap add dev board mode tun multi_queue
check_refused 'one of several queues' 1 \
	'cannot attach to interface board: it has several queues (delete it, and make it again without multi_queue, or with --create)' \
	-i board --port "$port_a"
refused --delete -i board
check_equal '--delete removes it, too' '0 lo' "$ended$said $(interfaces)"

# Refusals.
check_refused 'nothing to remove' 1 \
	'cannot delete interface board: there is no such interface' \
	--delete -i board
check_refused 'another kind of interface is not removed' 1 \
	'cannot delete interface lo: it is not a TUN or TAP interface (ip link delete removes others)' \
	--delete -i lo
check_refused 'an owner that nobody knows' 1 \
	'cannot give an interface to user nosuch-user: there is no such user (name one that "getent passwd" shows)' \
	--create -i board --owner nosuch-user
check_refused 'a group that nobody knows' 1 \
	'cannot give an interface to group nosuch-group: there is no such group (name one that "getent group" shows)' \
	--create -i board --group nosuch-group
check_refused 'a number that is none' 1 \
	'cannot give an interface to user 4294967295: there is no such user (name one that "getent passwd" shows)' \
	--create -i board --owner 4294967295
check_refused 'a bridge that is not there' 1 \
	'cannot use bridge br0: there is no such interface (create it first: sudo ip link add br0 type bridge)' \
	--create --tap --bridge br0
check_refused '--create and a port' 64 \
	'--create makes an interface, and nothing else: leave --port out' \
	--create --port "$port_a"
check_refused '--delete of nothing' 64 \
	'--delete needs --interface, the name of the interface to remove' --delete

# A failure half-way removes the interface again.
in_a ip route add 198.51.100.0/24 dev lo
refused --create -i board --addr 10.0.0.1/24 --route 198.51.100.0/24
check_match 'an existing route is refused' \
	'^serialtun: cannot add route 198.51.100.0/24 through board: ' "$said"
check_equal 'the interface is gone' '1 lo' "$ended $(interfaces)"

# --persist keeps the interface only after a successful start.
refused -i board --persist --addr 10.0.0.1/24 --port "$port_a" \
	--stats-json "$dir/none/stats.json"
check_equal '--persist, and the start fails: nothing stays' '1 lo' \
	"$ended $(interfaces)"
refused -i board --persist --addr 10.0.0.1/24 --port /dev/ttyUSB99
check_equal '--persist without a port: nothing stays' '1 lo' \
	"$ended $(interfaces)"
start_a -i board --persist --addr 10.0.0.1/24 --route 192.0.2.0/24
check 'a ping crosses' in_a ping -c 1 -W 5 10.0.0.2
stop_a
check_match '--persist: it stays, with its address' '10.0.0.1/24' \
	"$(in_a ip -o addr show dev board)"
check_match 'and its route' '192.0.2.0/24 dev board' "$(in_a ip route show)"
check_match 'it belongs to the user of serialtun' 'tun type tun .*persist on user root' \
	"$(in_a ip -d link show dev board)"
start_a -i board --persist
check 'attached again: a ping crosses' in_a ping -c 1 -W 5 10.0.0.2
stop_a KILL
check 'it stays after kill -9' in_a ip link show dev board
# A killed program leaves its settings of the port behind.
stop_cable
start_cable --baud 0
in_a "$serialtun" --delete -i board

# Interfaces of other programs, other programs with ours; a TAP in a bridge.
in_a ip tuntap add dev tap5 mode tap
refused --delete -i tap5
check_equal '--delete removes a TAP of another program' '0 lo' \
	"$ended $(interfaces)"
refused --create -q
check_equal 'no name, with -q: no message' '0 lo tun0' \
	"$ended$said $(interfaces)"
check 'another program removes our interface' \
	in_a ip tuntap del dev tun0 mode tun
in_a ip link add br0 type bridge
refused --create --tap --bridge br0 --mac 02:00:00:00:00:0a
check_equal 'a TAP in a bridge: the description' \
	'0 serialtun: tap0 is persistent: in bridge br0, mtu 1500; to use it: sudo serialtun --tap --bridge br0 -i tap0 --port PORT' \
	"$ended $said"
check_match 'a TAP in a bridge: it is there' 'tap0: .* master br0 .*02:00:00:00:00:0a' \
	"$(in_a ip -o link show dev tap0)"
check_refused 'as TUN: it is a TAP interface' 1 \
	'cannot attach to interface tap0: it is a TAP interface (add --tap)' \
	-i tap0 --port "$port_a"
in_a "$serialtun" --delete -i tap0
in_a ip link del br0

# Users who are not root.
if ! has_users || ! open_tun; then
	skip 'users who are not root' 'there is no other user here'
	finish
fi
chmod 755 "$dir"
chmod 666 "$(readlink -f "$port_a")"
# They cannot reach the build below a home of mode 750, as Ubuntu makes it.
install -m 755 "$serialtun" "$dir/serialtun"
serialtun=$dir/serialtun

# run_as USER GROUP ARGUMENT...: run it to its end, as refused does
run_as() {
	said=$(nsenter --target "$host_a" --net -- setpriv --reuid="$1" \
		--regid="$2" --clear-groups timeout 10 "$serialtun" \
		"${@:3}" 2>&1)
	ended=$?
}

# start_as USER GROUP ARGUMENT...: start it, as start_a does
start_as() {
	: >"$dir/a.log"
	nsenter --target "$host_a" --net -- setpriv --reuid="$1" \
		--regid="$2" --clear-groups "$serialtun" --port "$port_a" \
		"${@:3}" 2>"$dir/a.log" &
	pid_a=$!
	wait_for 10 is_up "$dir/a.log"
}

stop_b
start_b --addr 10.0.0.2/24
refused --create -i board --owner 65534 --addr 10.0.0.1/24
check_equal 'for a user: the description has no sudo' \
	'0 serialtun: board is persistent: 10.0.0.1/24, mtu 1500, of user 65534; to use it: serialtun -i board --port PORT' \
	"$ended $said"
start_as 65534 65534 -i board
check 'its owner uses it without privilege' in_a ping -c 1 -W 5 10.0.0.2
run_as 65534 65534 -i board --port "$port_b"
check_match 'the port comes first' 'cannot (open|lock) ' "$said"
run_as 65534 65534 --delete -i board
check_equal 'in use: not even its owner can remove it' \
	'1 serialtun: cannot delete interface board: a program is attached to it (end that one first)' \
	"$ended $said"
stop_a
check_equal 'it ends with status 0' 0 "$ended"
start_as 65534 65534 -i board --addr 10.0.0.1/24
check_match 'it accepts an existing address' \
	'^serialtun: attached to board: 10.0.0.1/24, mtu 1500, on ' \
	"$(<"$dir/a.log")"
stop_a
run_as 65533 65533 -i board --port "$port_a"
check_equal 'another user cannot use it' \
	'1 serialtun: cannot attach to interface board: it belongs to another user or group (run as its owner or as root)' \
	"$ended $said"
run_as 65533 65533 --delete -i board
check_equal 'another user cannot remove it' \
	'1 serialtun: cannot delete interface board: it belongs to another user or group (run as its owner or as root)' \
	"$ended $said"
run_as 65533 65533 --tap -i board --port "$port_a"
check_match 'any user gets the message about a wrong mode' 'it is a TUN interface' "$said"
run_as 65534 65534 --create -i other
check_equal '--create needs privilege' \
	'1 serialtun: cannot create interface other: Operation not permitted (needs CAP_NET_ADMIN: run as root)' \
	"$ended $said"
run_as 65534 65534 --delete -i other
check_equal 'a missing interface: the same message for all users' \
	'1 serialtun: cannot delete interface other: there is no such interface' \
	"$ended $said"
run_as 65534 65534 --delete -i board
check_equal 'its owner removes it' '0 lo' "$ended$said $(interfaces)"

in_a "$serialtun" -q --create -i board --group 65533 --addr 10.0.0.1/24
start_as 65534 65533 -i board
check 'for a group: a member uses it' in_a ping -c 1 -W 5 10.0.0.2
stop_a
run_as 65534 65534 -i board --port "$port_a"
check_match 'another user is refused' 'it belongs to another user or group' "$said"
in_a "$serialtun" --delete -i board

in_a "$serialtun" -q --create -i board --owner nobody --group 65533
run_as 65534 65534 -i board --port "$port_a"
check_match 'of a user and a group: both are required' \
	'it belongs to another user or group' "$said"
run_as 65534 65533 --delete -i board
check_equal 'the owner in that group removes it' '0 lo' "$ended$said $(interfaces)"

in_a "$serialtun" -q --create -i board --tap
run_as 65534 65534 --tap -i board --port "$port_a"
check_match 'without --owner: it belongs to its maker' \
	'it belongs to another user or group' "$said"
in_a "$serialtun" --delete -i board

# The kernel's rule, not ours: the interface of others' tools may have no owner.
in_a ip tuntap add dev board mode tun
run_as 65534 65534 --delete -i board
check_equal 'of nobody at all: anybody may have it' \
	'0 lo' "$ended$said $(interfaces)"

start_a -i board --persist --owner nobody --addr 10.0.0.1/24 --user nobody
stop_a
start_as 65534 65534 -i board --wait
check '--persist --owner: that user uses it then' \
	in_a ping -c 1 -W 5 10.0.0.2
stop_a
finish
