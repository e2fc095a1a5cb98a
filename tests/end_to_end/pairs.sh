# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Common functions of the tests of pairs; source it after lib.sh. Host A is
# called board and host B desk, so that a message shows which end it names.
# The board has the first address of a network, because its name comes first.
#
#   source tests/end_to_end/pairs.sh
#   start_cable --baud 115200
#   start_a
#   start_b
#   check_pair 'with nothing but a port'

# shellcheck disable=SC2034,SC2154 # lib.sh has some, the tests use some

# A wrapper gives the host its name. Each step replaces the process, so that
# $pid_a is serialtun's.
cat >"$dir/serialtun" <<END
#!/bin/sh
name=desk
[ "\$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$host_a/ns/net")" ] ||
	name=board
exec unshare --uts sh -c 'echo "\$0" >/proc/sys/kernel/hostname &&
	exec "\$@"' "\$name" "$serialtun" "\$@"
END
chmod 755 "$dir/serialtun"
program=$serialtun
serialtun=$dir/serialtun

# count_says HOST REGEX: print how many lines match
count_says() {
	grep -cE -- "$2" "$dir/$1.log"
}

# says_times HOST TIMES REGEX: succeed if at least so many lines match
says_times() {
	[ "$(count_says "$1" "$3")" -ge "$2" ]
}

# has_address HOST ADDRESS [INTERFACE]
has_address() {
	"in_$1" ip -4 -o address show dev "${3:-tun0}" 2>/dev/null |
		grep -qE "inet $2( |/)"
}

pings() {
	in_a ping -q -c 1 -W 1 "${1:-10.10.10.2}"
}

# The next two functions look for the line that announces the pair. The
# arguments are the addresses of A and B.
announced_by_a() {
	a_says "^serialtun: (tun|tap)[0-9]: paired with desk \\(serialtun [^ ]+\\): ${1//./\\.} here, ${2//./\\.} there\$"
}

announced_by_b() {
	b_says "^serialtun: (tun|tap)[0-9]: paired with board \\(serialtun [^ ]+\\): ${2//./\\.} here, ${1//./\\.} there\$"
}

# check_pair DESCRIPTION [ADDRESS_A ADDRESS_B [INTERFACE]]: the two ends pair,
# say so, have these addresses, and a ping crosses
check_pair() {
	local a=${2:-10.10.10.1} b=${3:-10.10.10.2} interface=${4:-tun0}
	check "$1: A announces the pair" wait_for 10 announced_by_a "$a" "$b"
	check "$1: B announces the pair" wait_for 10 announced_by_b "$a" "$b"
	check "$1: A has its address" has_address a "$a" "$interface"
	check "$1: B has its address" has_address b "$b" "$interface"
	check "$1: a ping crosses" wait_for 5 pings "$b"
}

has_carrier() { # HOST [INTERFACE]
	"in_$1" ip -o link show dev "${2:-tun0}" | grep -q 'LOWER_UP'
}

# Print the processes that set addresses, of host A's serialtun or of another.
keeper_of() {
	pgrep -P "$1" -x serialtun-keep
}

# interface_dropped HOST: print the packets that did not fit into the interface,
# because serialtun had no processor for so long
interface_dropped() {
	"in_$1" awk '$1 == "tun0:" { print $13 }' /proc/net/dev
}

# value FILE EXPRESSION: evaluate it with the JSON object in the file as s
value() {
	python3 -c 'import json, sys
s = json.load(open(sys.argv[1]))
print(eval("(" + sys.argv[2] + ")"))' "$1" "$2"
}

# Plug the cable in, or pull it out.
toggle_cable() {
	kill -USR1 "$cable_pid"
}
