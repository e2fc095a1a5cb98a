#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A pair and privileges. The process that reads the line has no capability, the
# keeper has one, and neither runs another program. The keeper removes the
# address when the process ends for any reason. An ordinary user can pair by
# means of a prepared interface.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

# status_of PID FIELD: print this field of /proc/PID/status
status_of() {
	awk -v field="$2:" '$1 == field { $1 = ""; print substr($0, 2) }' \
		"/proc/$1/status"
}

# capabilities PID: print the effective, permitted, inheritable, bounding and
# ambient set
capabilities() {
	local set
	for set in Eff Prm Inh Bnd Amb; do
		printf '%s ' "$(status_of "$1" "Cap$set")"
	done
}

no_address() {
	[ -z "$(in_a ip -4 -o address show dev "$1")" ]
}

# Print the processes whose descriptors include this device.
users_of() {
	local fd
	for fd in /proc/[0-9]*/fd/*; do
		[ "$(readlink "$fd")" != "$1" ] || cut -d/ -f3 <<<"$fd"
	done | sort -u
}

start_cable --baud 0
start_a
start_b
check_pair 'as root'
net_admin=$((1 << 12))
keeper=$(keeper_of "$pid_a")
check_match 'A has one keeper' '^[0-9]+$' "$keeper"
check_equal 'the process that reads the line has no capability' \
	"$(printf '%016x ' 0 0 0 0 0)" "$(capabilities "$pid_a")"
check_equal 'the keeper has CAP_NET_ADMIN alone' \
	"$(printf '%016x ' $net_admin $net_admin 0 0 0)" \
	"$(capabilities "$keeper")"
check_equal 'neither can gain another one' '1 1' \
	"$(status_of "$pid_a" NoNewPrivs) $(status_of "$keeper" NoNewPrivs)"
check_equal 'the keeper has neither the port nor the interface open' "$pid_a" \
	"$({ users_of "$(readlink -f "$port_a")"; users_of /dev/net/tun; } |
		grep -xE "$pid_a|$keeper" | sort -u)"

# kill -9: the kernel removes the interface with its process.
stop_a KILL
check 'kill -9: the interface is gone' wait_for 5 not in_a ip link show dev tun0
check 'kill -9: the keeper has ended' wait_for 5 not alive "$keeper"

# kill -9 of the keeper: the link and the address stay.
start_a
wait_for 10 has_address a 10.10.10.1
kill -KILL "$(keeper_of "$pid_a")"
check 'kill -9 of the keeper: A reports the consequence' wait_for 5 a_says \
	'^serialtun: tun0: the process that sets addresses has ended, so this end takes no address \(start serialtun again\)$'
check 'kill -9 of the keeper: a ping crosses' wait_for 5 pings
stop_a
check_equal 'kill -9 of the keeper: A ends with status 0' 0 "$ended"

# A persistent interface stays, without the address.
for signal in TERM KILL; do
	start_a -i kept0 --persist
	check "--persist, SIG$signal: a ping crosses" wait_for 10 pings
	keeper=$(keeper_of "$pid_a")
	stop_a "$signal"
	check "--persist, SIG$signal: the interface stays" \
		in_a ip link show dev kept0
	check "--persist, SIG$signal: the address is gone" \
		wait_for 5 no_address kept0
	check "--persist, SIG$signal: the keeper has ended" \
		wait_for 5 not alive "$keeper"
done
in_a "$program" --delete -i kept0

# serialtun runs no other program: strace sees one execve(2), which starts
# serialtun. strace does not keep it from taking an address.
: >"$dir/a.log"
nsenter --target "$host_a" --net -- strace -f -qq -e trace=execve,execveat \
	-o "$dir/strace.txt" "$program" --port "$port_a" 2>"$dir/a.log" &
traced=$!
check 'under strace: a pair' wait_for 20 a_says 'paired with '
check 'under strace: an address' wait_for 5 has_address a 10.10.10.1
kill "$(pgrep -P "$traced" -x serialtun)"
wait_end "$traced"
check_equal 'neither process runs another program' 1 \
	"$(grep -c exec "$dir/strace.txt")"
stop_b

# An ordinary user with a prepared interface.
if ! has_users || ! open_tun; then
	skip 'users who are not root' 'there is no other user here'
	finish
fi
chmod 755 "$dir"
chmod 666 "$(readlink -f "$port_a")"
install -m 755 "$program" "$dir/program"

start_as_nobody() {
	: >"$dir/a.log"
	nsenter --target "$host_a" --net -- setpriv --reuid=65534 \
		--regid=65534 --clear-groups "$dir/program" --port "$port_a" \
		"$@" 2>"$dir/a.log" &
	pid_a=$!
	wait_for 10 is_up "$dir/a.log"
}

in_a "$program" -q --create -i board0 --owner 65534 --addr 10.1.0.1/24
start_as_nobody -i board0
start_b
check 'as nobody, with an address: B takes the other address' wait_for 10 \
	b_says ': tun0: paired with .*: 10\.1\.0\.2 here, 10\.1\.0\.1 there$'
check 'as nobody, with an address: A says so, too' wait_for 10 \
	a_says ': board0: paired with desk .*: 10\.1\.0\.1 here, 10\.1\.0\.2 there$'
check 'as nobody, with an address: a ping crosses' wait_for 5 pings 10.1.0.2
check_equal 'as nobody: no capability' "$(printf '%016x ' 0 0 0)" \
	"$(capabilities "$pid_a" | cut -d' ' -f1-3) "
check_equal 'as nobody: no keeper' '' "$(keeper_of "$pid_a")"
stop_a
stop_b
in_a ip address flush dev board0
start_as_nobody -i board0
start_b
check 'as nobody, without an address: a pair' \
	wait_for 10 a_says '^serialtun: board0: paired with desk \(serialtun [^ ]+\)$'
check 'as nobody, without an address: B takes no address' \
	wait_for 10 b_says '^serialtun: tun0: paired with [^ ]+ \(serialtun [^ ]+\)$'
check_equal 'as nobody: no warning' 2 "$(wc -l <"$dir/a.log")"
stop_a
stop_b
in_a "$program" --delete -i board0

# With --user the keeper keeps its capability, as another user.
install -m 755 "$program" "$dir/serialtun"
start_a --user nobody
start_b
check '--user nobody: a ping crosses' wait_for 10 pings
keeper=$(keeper_of "$pid_a")
check_equal '--user nobody: the keeper has CAP_NET_ADMIN alone' \
	"$(printf '%016x ' $net_admin $net_admin 0 0 0)" \
	"$(capabilities "$keeper")"
uid=$(id -u nobody)
check_equal '--user nobody: both are nobody' \
	"$uid $uid $uid $uid, $uid $uid $uid $uid" \
	"$(status_of "$pid_a" Uid), $(status_of "$keeper" Uid)"
stop_a
check_equal '--user nobody: status 0' 0 "$ended"
stop_b
check_equal 'no keeper is left' '' "$(pgrep -x serialtun-keep)"
finish
