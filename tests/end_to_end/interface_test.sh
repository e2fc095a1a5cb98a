#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A user changes the interface while serialtun runs: sets it down and up,
# changes its MTU, deletes it. Also names, and persistent interfaces, which
# serialtun attaches to and leaves unchanged.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

start_cable --baud 0
start_b --addr 10.0.0.2/24

start_a --addr 10.0.0.1/24 -i lab0
check 'the interface has the given name' in_a ip link show dev lab0
check 'a ping crosses' in_a ping -c 1 -W 5 10.0.0.2
in_a ip link set lab0 down
in_b ping -c 1 -W 1 10.0.0.1 >/dev/null
check 'interface down: serialtun still runs' alive "$pid_a"
in_a ip link set lab0 up
check 'interface up again: a ping crosses' wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
kill -USR1 "$pid_a"
check 'it counts the packets that came in between' \
	wait_for 5 grep -q 'from the line: .* 1 interface down' "$dir/a.log"

# A read takes packets of any length, whatever the first MTU.
in_a ip link set lab0 mtu 9000
in_b ip link set tun0 mtu 9000
check 'MTU raised to 9000: long packets cross' \
	in_a ping -c 1 -W 5 -M 'do' -s 8972 10.0.0.2
in_a ip link set lab0 mtu 576
check 'MTU lowered to 576: packets cross' in_a ping -c 1 -W 5 -s 2000 10.0.0.2

in_a ip link del lab0
wait_end "$pid_a"
check_equal 'deleted: status 1' 1 "$ended"
check_equal 'deleted: one line says so' 1 \
	"$(grep -c '^serialtun: lost the interface lab0: ' "$dir/a.log")"
stop_b

# Packets longer than this end's MTU: it takes frames of any length.
start_a --addr 10.0.0.1/24 --mtu 65535
start_b --addr 10.0.0.2/24 --mtu 65535
check 'the largest IP packet' \
	in_a ping -c 1 -W 5 -M 'do' -s 65507 -p c0db 10.0.0.2
stop_a
stop_b

# A persistent interface, made by root.
in_a ip tuntap add dev keep0 mode tun
in_a ip link set keep0 mtu 1400
in_a ip addr add 10.0.0.1/24 dev keep0
in_a ip link set keep0 up
start_b --addr 10.0.0.2/24
start_a --addr 10.0.0.1/24 -i keep0
check_match 'it attaches, reads the MTU, and accepts the address' \
	'^serialtun: attached to keep0: 10.0.0.1/24, mtu 1400, on ' \
	"$(<"$dir/a.log")"
check 'the persistent interface works' in_a ping -c 1 -W 5 10.0.0.2
refused -i keep0 --addr 10.0.0.9/24 --port "$port_b"
check_match 'a busy port is refused first' 'cannot lock .*\(serialtun, pid [0-9]+, is using it' \
	"$said"
"$cable" --baud 0 "$dir/c" "$dir/d" >"$dir/cable2.log" 2>&1 &
second_cable=$!
wait_for 5 test -e "$dir/d"
refused -i keep0 --addr 10.0.0.9/24 --port "$dir/c"
check_match 'the interface of another serialtun is refused' \
	'^serialtun: cannot attach to interface keep0: another program is attached' \
	"$said"
check_equal 'status 1' 1 "$ended"
stop_a
check 'the persistent interface stays' in_a ip link show dev keep0
check_match 'with its address' '10.0.0.1/24' \
	"$(in_a ip -o addr show dev keep0)"
start_a -i keep0 --route 192.0.2.0/24
stop_a
check_match 'the added route stays' '192.0.2.0/24 dev keep0' \
	"$(in_a ip route show)"
start_a -i keep0 --route 192.0.2.0/24
check 'it accepts an existing route' alive "$pid_a"
stop_a

# The owner of an interface needs no privilege, only the port and /dev/net/tun.
as_owner=(nsenter --target "$host_a" --net -- setpriv --reuid=65534
	--clear-groups --inh-caps=-all)
if open_tun; then
	in_a ip tuntap add dev own0 mode tun user 65534
	in_a ip addr add 10.0.7.1/24 dev own0
	chmod a+rx "$dir"
	chmod a+rw "$(readlink -f "$dir/c")"
	said=$("${as_owner[@]}" "$serialtun" -i own0 --port "$dir/c" 2>&1)
	check_match 'an interface that is down: the remedy' \
		'cannot bring own0 up: .*sudo ip link set own0 up' "$said"
	in_a ip link set own0 up
	"${as_owner[@]}" "$serialtun" -i own0 --addr 10.0.7.1/24 \
		--port "$dir/c" 2>"$dir/owner.log" &
	owner=$!
	check 'an owner attaches without privilege' \
		wait_for 5 is_up "$dir/owner.log"
	kill "$owner"
	wait_end "$owner"
	check_equal 'and ends with status 0' 0 "$ended"
	said=$("${as_owner[@]}" "$serialtun" -i own0 --addr 10.0.8.1/24 \
		--port "$dir/c" 2>&1)
	check_match 'a new address needs privilege' \
		'cannot add address 10.0.8.1/24 to own0: .*CAP_NET_ADMIN' \
		"$said"
else
	skip 'an owner attaches without privilege' 'no mknod here'
fi
umount /dev/net 2>/dev/null

# Names of other interfaces.
refused -i lo --port "$dir/c"
check_match 'the name of another kind of interface' \
	'^serialtun: cannot attach to interface lo: it exists and is not a TUN' \
	"$said"
in_a ip tuntap add dev tap7 mode tap
refused -i tap7 --port "$dir/c"
check_match 'a TAP interface' \
	'^serialtun: cannot attach to interface tap7: it is a TAP interface .add --tap' "$said"

# An idle link sleeps. 10.0.0.1 is keep0's.
start_a --addr 10.0.6.1/24
start_cpu=$(awk '{ print $14 + $15 }' "/proc/$pid_a/stat")
sleep 1
end_cpu=$(awk '{ print $14 + $15 }' "/proc/$pid_a/stat")
check 'an idle link runs' alive "$pid_a"
check 'an idle link uses no processor time' [ "$((end_cpu - start_cpu))" -le 2 ]
kill "$second_cable"
finish
