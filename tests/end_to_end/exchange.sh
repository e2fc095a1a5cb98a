# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Common functions of the tests with other peers and other lines; source it
# after lib.sh. It makes a network between the hosts A and B (172.16.0.1 and
# 172.16.0.2), which carries the lines, and tests what crosses a link.
#
#   source tests/end_to_end/exchange.sh
#   join_hosts
#   exchange 'simpletun'

# shellcheck disable=SC2034,SC2154 # lib.sh has some, the tests use some

# Python writes no bytecode into the source tree.
export PYTHONDONTWRITEBYTECODE=1

# The stand-ins for the originals.
PATH=$root/tests/end_to_end/originals:$PATH

# The default file to send.
random=$dir/random
head -c 300000 /dev/urandom >"$random"

join_hosts() {
	in_a ip link add line0 type veth peer name line0 netns "$host_b" ||
		return
	in_a ip addr add 172.16.0.1/24 dev line0
	in_b ip addr add 172.16.0.2/24 dev line0
	in_a ip link set line0 up
	in_b ip link set line0 up
}

listening() {
	"in_$1" ss -ltn "sport = :$2" | grep -q LISTEN
}

# tcp FROM TO ADDRESS FILE: send a file over TCP between hosts a and b, and
# compare; with $tcp_listen, TCP6-LISTEN, over IPv6
tcp() {
	local receiver
	tcp_port=$((${tcp_port:-5000} + 1))
	rm -f "$4.$2"
	"in_$2" timeout "${tcp_seconds:-60}" socat -u "${tcp_listen:-TCP-LISTEN}:$tcp_port,reuseaddr" \
		"OPEN:$4.$2,creat,trunc" &
	receiver=$!
	wait_for 5 listening "$2" "$tcp_port"
	"in_$1" timeout "${tcp_seconds:-60}" socat -u "OPEN:$4" "TCP:$3:$tcp_port"
	wait "$receiver" && cmp "$4" "$4.$2"
}

pings() {
	in_a ping -q -c 1 -W 1 10.0.0.2
}

# exchange DESCRIPTION [FILE]: test a link between 10.0.0.1 on A and
# 10.0.0.2 on B
exchange() {
	local file=${2:-$random}
	check "$1: a ping" wait_for 10 pings
	check "$1: a full packet" \
		in_b ping -q -c 1 -W 5 -M 'do' -s 1472 -p c0db 10.0.0.1
	check "$1: TCP from A to B" tcp a b 10.0.0.2 "$file"
	check "$1: TCP from B to A" tcp b a 10.0.0.1 "$file"
}

# start_on HOST LOG COMMAND...: run it in the background, on host a or b;
# $started is its process
start_on() {
	local host=host_$1 log=$dir/$2.log
	shift 2
	: >"$log"
	nsenter --target "${!host}" --net -- "$@" >>"$log" 2>&1 &
	started=$!
}

# stop PROCESS: end it and wait for it
stop() {
	kill "$1" 2>/dev/null
	wait_end "$1"
}

# interface_on HOST NAME [OPTION...]: make one as tutorials do, on A with
# 10.0.0.1, on B as 10.0.0.2
interface_on() {
	local host=$1 name=$2 address=10.0.0.1/24
	shift 2
	[ "$host" = a ] || address=10.0.0.2/24
	"in_$host" tunctl "$@" -t "$name" >/dev/null
	"in_$host" ip addr add "$address" dev "$name"
	"in_$host" ip link set "$name" up
}

# peer_on HOST COMMAND...: start an original; $peer is its process
peer_on() {
	local host=$1
	shift
	start_on "$host" peer "$@"
	peer=$started
}

# has_lost TIMES: has the line been lost so often?
has_lost() {
	[ "$(grep -c '^serialtun: lost ' "$dir/a.log")" -ge "$1" ]
}

# from_line WORD: print the number of "packets" or "dropped" of A's statistics,
# from the line
from_line() {
	local before
	before=$(grep -c ' from the line: ' "$dir/a.log")
	kill -USR1 "$pid_a"
	wait_for 5 said_more "$before"
	sed -nE "s/.* from the line: (.* )?([0-9]+) $1.*/\\2/p" "$dir/a.log" |
		tail -n 1
}

said_more() {
	[ "$(grep -c ' from the line: ' "$dir/a.log")" -gt "$1" ]
}
