# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Common functions of the end-to-end tests; source it first.
#
# Each test runs in a world of its own: a network namespace, so that it cannot
# touch the machine's network, and a process namespace, so that all of its
# processes end with it. The world has two hosts, A and B, each a network
# namespace, and the emulated cable between them. A test prints TAP:
#
#   source tests/end_to_end/lib.sh
#   start_cable --baud 115200
#   start_a --addr 10.0.0.1/24
#   start_b --addr 10.0.0.2/24
#   check 'a ping crosses' in_a ping -c 1 10.0.0.2
#   finish

set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
case ${BUILD:=build} in
/*) build=$BUILD ;;
*) build=$root/$BUILD ;;
esac
serialtun=$build/serialtun
cable=$build/tests/cable/cable

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

# Outside: make the world, run this same script in it, and clean up.
if [ -z "${SERIALTUN_TEST_DIR:-}" ]; then
	SERIALTUN_TEST_DIR=$(mktemp -d -t serialtun-test.XXXXXX) || exit 1
	export SERIALTUN_TEST_DIR
	trap 'rm -rf "$SERIALTUN_TEST_DIR"' EXIT
	# Reset the signals: nohup, for example, lets us ignore SIGHUP, and a
	# shell cannot undo that. When this process ends, the namespace ends
	# with all of its processes.
	world=(env --default-signal setpriv --pdeathsig KILL)
	world+=(unshare --net --mount --pid --fork --kill-child --mount-proc)
	[ "$(id -u)" = 0 ] || world+=(--user --map-root-user)
	if ! mountpoint -q /; then # a plain chroot
		world+=(--propagation unchanged)
		world+=("$root/tests/end_to_end/own_mounts")
	fi
	why=$("${world[@]}" true 2>&1) ||
		skip_all "no namespaces here (run as root?): ${why//$'\n'/; }"
	why=$({ : <>/dev/net/tun; } 2>&1) ||
		skip_all "no access to /dev/net/tun (run as root?): ${why##*: }"
	[ -c /dev/net/tun ] || skip_all '/dev/net/tun is no device'
	"${world[@]}" bash "$0" "$@"
	exit $?
fi

# A process in the world, on neither host, has a loopback, too.
ip link set lo up || exit 1

# A devpts of its own: no other program takes its numbers.
mount -t devpts -o newinstance,ptmxmode=666 none /dev/pts ||
	exit 1

dir=$SERIALTUN_TEST_DIR
tests_run=0
tests_failed=0

# result STATUS DESCRIPTION
result() {
	tests_run=$((tests_run + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests_run - $2"
	else
		echo "not ok $tests_run - $2"
		tests_failed=$((tests_failed + 1))
	fi
}

# check_status STATUS DESCRIPTION COMMAND...: the command ends with this status;
# if not, show its output
check_status() {
	local wanted=$1 description=$2 output status
	shift 2
	output=$("$@" 2>&1)
	status=$?
	[ "$status" = "$wanted" ]
	result $? "$description"
	[ "$status" = "$wanted" ] || sed 's/^/# /' \
		<<<"\$ $*"$'\n'"$output"$'\n'"status $status, wanted $wanted"
}

# check DESCRIPTION COMMAND...: the command succeeds
check() {
	check_status 0 "$@"
}

# check_not DESCRIPTION COMMAND...: the command ends with status 1, which means
# no. Any other status is an error: 2 if grep or [ could not decide, 127 if the
# command does not exist, 128 and more if a signal ended it.
check_not() {
	check_status 1 "$@"
}

# not COMMAND...: for wait_for; as check_not, it succeeds only if the command says
# no.
not() {
	"$@"
	[ $? = 1 ]
}

# check_equal DESCRIPTION WANTED FOUND
check_equal() {
	[ "$2" = "$3" ]
	result $? "$1"
	[ "$2" = "$3" ] || printf '# wanted: %s\n# found:  %s\n' "$2" "$3"
}

# check_match DESCRIPTION REGEX TEXT: a line of the text matches
check_match() {
	grep -qE -- "$2" <<<"$3"
	local status=$?
	result "$status" "$1"
	[ "$status" = 0 ] || {
		printf '# wanted: %s\n# found:\n' "$2"
		sed 's/^/#   /' <<<"$3"
	}
}

skip() {
	tests_run=$((tests_run + 1))
	echo "ok $tests_run - $1 # SKIP $2"
}

finish() {
	local log
	if [ "$tests_failed" != 0 ]; then
		for log in "$dir"/*.log; do
			[ -e "$log" ] || continue
			echo "# --- ${log##*/}"
			tail -n 40 "$log" | sed 's/^/# /'
		done
	fi
	echo "1..$tests_run"
	exit "$((tests_failed != 0))"
}

# wait_for SECONDS COMMAND...: repeat it until it succeeds or the time is up
wait_for() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.05
	done
}

alive() {
	kill -0 "$1" 2>/dev/null
}

# Wait for a child to end; $ended is its status, or "running" if it does not.
# Hide the shell's own "Killed".
wait_end() {
	ended=running
	wait_for "${2:-10}" not alive "$1" || return
	wait "$1"
	ended=$?
} 2>/dev/null

# Make two hosts, each with its loopback up.
unshare --net sleep infinity &
host_a=$!
unshare --net sleep infinity &
host_b=$!
disown "$host_a" "$host_b"

in_a() {
	nsenter --target "$host_a" --net -- "$@"
}

in_b() {
	nsenter --target "$host_b" --net -- "$@"
}

own_netns() {
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/$$/ns/net)" ]
}

wait_for 5 own_netns "$host_a" && wait_for 5 own_netns "$host_b" || exit 1
in_a ip link set lo up
in_b ip link set lo up

# The ends of the cable are two ports, by links.
port_a=$dir/ttyA
port_b=$dir/ttyB

# How the two are to pair: "no" where a test is about plain SLIP.
pair=

# What serialtun says of one that it is paired with is no part of most tests.
# shellcheck disable=SC2034 # tests use it
about_peer=': (the peer is there|paired with )'

start_cable() {
	"$cable" "$@" "$port_a" "$port_b" >"$dir/cable.log" 2>&1 &
	cable_pid=$!
	wait_for 5 test -e "$port_b" || {
		echo "Bail out! the cable does not start: $(<"$dir/cable.log")"
		exit 1
	}
}

stop_cable() {
	kill "$cable_pid"
	wait "$cable_pid" 2>/dev/null
}

# broker_of PID: print the PID of the process that opens files for this one
broker_of() {
	pgrep -P "$1" -x serialtun-open
}

is_up() {
	grep -qE ' is up: |attached to ' "$1"
}

# start_a ARGUMENT...: start serialtun on host A's end of the cable. It does not
# use in_a, because $pid_a would then be a shell.
start_a() {
	: >"$dir/a.log"
	nsenter --target "$host_a" --net -- "$serialtun" --port "$port_a" \
		${pair:+"--pair=$pair"} "$@" \
		2>"$dir/a.log" >"$dir/a.out" &
	pid_a=$!
	wait_for 10 is_up "$dir/a.log" || echo '# serialtun on A is not up'
}

start_b() {
	: >"$dir/b.log"
	nsenter --target "$host_b" --net -- "$serialtun" --port "$port_b" \
		${pair:+"--pair=$pair"} "$@" \
		2>"$dir/b.log" >"$dir/b.out" &
	pid_b=$!
	wait_for 10 is_up "$dir/b.log" || echo '# serialtun on B is not up'
}

# stop_a [SIGNAL]: send the signal, by default TERM; $ended is the exit status
stop_a() {
	kill "-${1:-TERM}" "$pid_a"
	wait_end "$pid_a"
}

stop_b() {
	kill "-${1:-TERM}" "$pid_b"
	wait_end "$pid_b"
}

# a_says REGEX, b_says REGEX: has serialtun there printed a matching line?
a_says() {
	grep -qE -- "$1" "$dir/a.log"
}

b_says() {
	grep -qE -- "$1" "$dir/b.log"
}

# has_users: can a process become another user? In a user namespace it cannot.
has_users() {
	setpriv --reuid=65534 --regid=65534 --clear-groups true
} 2>/dev/null

# open_tun: make /dev/net/tun open to all users, as udev does
open_tun() {
	mount -t tmpfs none /dev/net && mknod -m 666 /dev/net/tun c 10 200
} 2>/dev/null

no_carrier() {
	local link
	link=$(in_a ip -o link show dev tun0) || return 2
	grep -q NO-CARRIER <<<"$link"
}

# pings_of_sizes ADDRESS STEP LAST: pings from A of an END and an ESC each, the
# shortest, then one in STEP, and the last, are answered
pings_of_sizes() {
	local size
	for size in 0 1 2 3 4 5 6 7 8 16 40 56 $(seq 100 "$2" "$3") "$3"; do
		in_a ping -q -c 1 -W 2 -M 'do' -s "$size" -p c0db "$1" || return
	done
}

# carry FROM TO ADDRESS PORT FILE: send a file over TCP, in_a in_b or the other
# way round; the received bytes are in FILE.received
carry() {
	local from=$1 to=$2 address=$3 port=$4 file=$5 receiver
	"$to" timeout 20 socat -u "TCP-LISTEN:$port,reuseaddr" \
		"OPEN:$file.received,creat,trunc" &
	receiver=$!
	sleep 0.3
	"$from" timeout 20 socat -u "OPEN:$file" "TCP:$address:$port"
	wait "$receiver"
}

# carry_both: random bytes of 20 MB from 10.1.0.1 on A to 10.1.0.2 on B and, at
# the same time, others back; they are left in $dir/one and $dir/two.
carry_both() {
	local one
	head -c 20000000 /dev/urandom >"$dir/one"
	head -c 20000000 /dev/urandom >"$dir/two"
	carry in_a in_b 10.1.0.2 6000 "$dir/one" &
	one=$!
	carry in_b in_a 10.1.0.1 6001 "$dir/two"
	wait "$one"
	check "A's file arrives unchanged" \
		cmp "$dir/one" "$dir/one.received"
	check "B's file arrives unchanged" cmp "$dir/two" "$dir/two.received"
}

# check_pace: 25 kB from A to 10.0.0.2 on B take as long as at 115200 baud.
check_pace() {
	local sink began took_ms
	in_b timeout 20 socat -u TCP-LISTEN:5001 OPEN:/dev/null &
	sink=$!
	sleep 0.3
	began=$(date +%s%N)
	head -c 25000 /dev/urandom |
		in_a timeout 15 socat -u - TCP:10.0.0.2:5001
	wait "$sink"
	took_ms=$((($(date +%s%N) - began) / 1000000))
	check "25 kB at 115200 baud take some 2.3 s ($took_ms ms)" \
		test "$took_ms" -ge 1700 -a "$took_ms" -le 4500
}

# frame HEX: print these bytes as a SLIP frame
frame() {
	local bytes
	bytes=$(tr -d ' ' <<<"$1" | sed 's/../\\x&/g
		s/\\xdb/\\xdb\\xdd/g
		s/\\xc0/\\xdb\\xdc/g')
	printf '%b' "\\xc0$bytes\\xc0"
}

# Print the Internet checksum (RFC 1071) of bytes in hexadecimal.
checksum() {
	local hex=${1// /} sum=0
	while [ -n "$hex" ]; do
		sum=$((sum + 0x${hex:0:4}))
		hex=${hex:4}
	done
	sum=$(((sum & 0xffff) + (sum >> 16)))
	printf '%04x' $((~(sum + (sum >> 16)) & 0xffff))
}

# refused ARGUMENT...: run serialtun on host A to its end; $said has its
# messages, $ended its status
# shellcheck disable=SC2034 # both are for the caller
refused() {
	said=$(in_a timeout 10 "$serialtun" "$@" 2>&1)
	ended=$?
}
