#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# On a line without a speed, what one end cuts and the other joins is the same
# in between and behind; and on an interface that stays no trace of it stays.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

listening() {
	"in_$1" ss -ltn "sport = :$2" | grep -q LISTEN
}

# tcp FROM PORT TO ADDRESS FILE RECEIVED: one file over TCP, hosts a and b.
tcp() {
	"in_$3" timeout 60 socat -u -b 65536 "TCP-LISTEN:$2,reuseaddr,pf=ip6" \
		"OPEN:$6,creat,trunc" &
	local receiver=$!
	wait_for 5 listening "$3" "$2"
	"in_$1" timeout 60 socat -u -b 65536 "OPEN:$5" "TCP:$4:$2"
	wait "$receiver"
}

# packets END WAY: how many it has counted by now.
packets() {
	sed -n "s/.*$2 the line: \([0-9]*\) packets.*/\1/p" "$dir/$1.log" |
		tail -n 1
}

# How many A has sent that B has not received.
missing() {
	kill -USR1 "$pid_a" "$pid_b"
	sleep 0.1
	echo "$(($(packets a to) - $(packets b from)))"
}

none_more_missing() {
	[ "$(missing)" = "$missing" ]
}

# How many have left by A's interface, and come in by B's, as the kernel counts.
left_a() {
	in_a awk '$1 == "tun0:" { print $11 }' /proc/net/dev
}

came_b() {
	in_b awk '$1 == "tun0:" { print $3 }' /proc/net/dev
}

head -c 20000000 /dev/urandom >"$dir/random"
head -c 5000000 /dev/zero | tr '\0' '\300' >"$dir/ends"

start_cable --baud 0
start_a --addr 10.0.0.1/24 --addr fd00::1/64
start_b --addr 10.0.0.2/24 --addr fd00::2/64
# What A has to say before B is there is for nobody.
in_a ping -q -c 1 -W 5 10.0.0.2 >/dev/null
missing=$(missing)
tcp a 5001 b 10.0.0.2 "$dir/random" "$dir/random4" &
there=$!
tcp b 5002 a 10.0.0.1 "$dir/ends" "$dir/ends4" &
back=$!
wait "$there" "$back"
check 'IPv4, both ways: random bytes arrive' cmp "$dir/random" "$dir/random4"
check 'IPv4, both ways: ENDs arrive' cmp "$dir/ends" "$dir/ends4"
tcp a 5003 b '[fd00::2]' "$dir/random" "$dir/random6" &
there=$!
tcp b 5004 a '[fd00::1]' "$dir/ends" "$dir/ends6" &
back=$!
wait "$there" "$back"
check 'IPv6, both ways: random bytes arrive' cmp "$dir/random" "$dir/random6"
check 'IPv6, both ways: ENDs arrive' cmp "$dir/ends" "$dir/ends6"
check 'every packet that A sent is one that B has received' \
	wait_for 5 none_more_missing
check 'they left the kernel in fewer, and larger ones' \
	[ "$(($(left_a) * 2))" -lt "$(packets a to)" ]
# How many arrive together, and can be joined, depends on the machine's load.
check 'and entered the other one so' \
	[ "$(($(came_b) * 5))" -lt "$(($(packets b from) * 4))" ]
stop_a
stop_b
stop_cable

# What the line has spoiled must not become a part of what is joined.
start_cable --baud 0 --ber 1e-6 --seed 5
start_a --addr 10.0.0.1/24
start_b --addr 10.0.0.2/24
tcp a 5005 b 10.0.0.2 "$dir/random" "$dir/noisy"
check 'a noisy line: what arrives is what was sent' \
	cmp "$dir/random" "$dir/noisy"
stop_a
stop_b

# With a speed, each packet goes by itself.
start_a --addr 10.0.0.1/24 --baud 3000000
start_b --addr 10.0.0.2/24 --baud 3000000
head -c 200000 "$dir/random" >"$dir/short"
tcp a 5007 b 10.0.0.2 "$dir/short" "$dir/paced"
check 'with a speed: it arrives' cmp "$dir/short" "$dir/paced"
missing >/dev/null
check 'no packet was cut' [ "$(left_a)" -ge "$(packets a to)" ]
check 'and none was joined' [ "$(came_b)" -ge "$(packets b from)" ]
stop_a
stop_b

# An interface that stays, and that serialtun leaves in a hurry.
in_a ip tuntap add dev keep0 mode tun
in_a ip addr add 10.0.7.1/24 dev keep0
in_a ip link set keep0 up
start_a -i keep0
start_b --addr 10.0.7.2/24
check 'an interface that stays works' in_a ping -c 1 -W 5 10.0.7.2
tcp a 5006 b 10.0.7.2 "$dir/ends" "$dir/kept"
check 'TCP, too' cmp "$dir/ends" "$dir/kept"
stop_a KILL

# The next one knows nothing of checksums that are left to it.
nsenter --target "$host_a" --net -- socat -u \
	TUN,tun-name=keep0,tun-type=tun,iff-no-pi "OPEN:$dir/heard,creat" &
next=$!
has_carrier() {
	in_a ip link show dev keep0 | grep -q LOWER_UP
}
wait_for 5 has_carrier
# Its 46 bytes, whatever else is sent meanwhile.
datagram() {
	od -An -v -tx1 "$dir/heard" | tr -d ' \n' |
		grep -oE '4500002e.{10}11.{72}'
}
echo 'to be checksummed' | in_a socat -u - UDP-SENDTO:10.0.7.2:9
wait_for 5 datagram
kill "$next"
packet=$(datagram)
udp=${packet:40}
# The pseudo-header is the addresses, the protocol and the length.
pseudo=${packet:24:16}0011${udp:8:4}
check_equal 'the next program has packets with a good checksum' 0000 \
	"$(checksum "$pseudo$udp")"
finish
