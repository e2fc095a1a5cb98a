#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# At unknown speed, one end cuts super-packets and the other end joins packets;
# the data and the number of packets stay the same. A persistent interface keeps
# no trace of the offloads.
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

# packets END WAY: print the number of packets that an end has counted
packets() {
	sed -n "s/.*$2 the line: \([0-9]*\) packets*.*/\1/p" "$dir/$1.log" |
		tail -n 1
}

# Print the number of packets that A has sent and B has not received.
missing() {
	kill -USR1 "$pid_a" "$pid_b"
	sleep 0.1
	echo "$(($(packets a to) - $(packets b from)))"
}

none_more_missing() {
	[ "$(missing)" = "$missing" ]
}

# Print the packets that left A's interface, and those that entered B's.
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
# Let A's first packets pass before B starts.
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
check 'B receives every packet that A sends' \
	wait_for 5 none_more_missing
check 'A reads fewer, larger packets from the kernel' \
	[ "$(($(left_a) * 2))" -lt "$(packets a to)" ]
# The load of the machine decides how many packets arrive together.
check 'B writes fewer, larger packets to the kernel' \
	[ "$(($(came_b) * 5))" -lt "$(($(packets b from) * 4))" ]
stop_a
stop_b
stop_cable

# A damaged segment must not become part of a super-packet.
start_cable --baud 0 --ber 1e-6 --seed 5
start_a --addr 10.0.0.1/24
start_b --addr 10.0.0.2/24
tcp a 5005 b 10.0.0.2 "$dir/random" "$dir/noisy"
check 'a noisy line: the file arrives unchanged' \
	cmp "$dir/random" "$dir/noisy"
stop_a
stop_b

# At known speed, each packet goes by itself.
start_a --addr 10.0.0.1/24 --baud 3000000
start_b --addr 10.0.0.2/24 --baud 3000000
head -c 200000 "$dir/random" >"$dir/short"
tcp a 5007 b 10.0.0.2 "$dir/short" "$dir/paced"
check 'at known speed: the file arrives' cmp "$dir/short" "$dir/paced"
missing >/dev/null
check 'no packet is cut' [ "$(left_a)" -ge "$(packets a to)" ]
check 'no packets are joined' [ "$(came_b)" -ge "$(packets b from)" ]
stop_a
stop_b

# A persistent interface, and a killed serialtun.
in_a ip tuntap add dev keep0 mode tun
in_a ip addr add 10.0.7.1/24 dev keep0
in_a ip link set keep0 up
start_a -i keep0
start_b --addr 10.0.7.2/24
check 'a persistent interface: a ping crosses' in_a ping -c 1 -W 5 10.0.7.2
tcp a 5006 b 10.0.7.2 "$dir/ends" "$dir/kept"
check 'a persistent interface: TCP crosses' cmp "$dir/ends" "$dir/kept"
stop_a KILL

# The next program does not complete missing checksums.
nsenter --target "$host_a" --net -- socat -u \
	TUN,tun-name=keep0,tun-type=tun,iff-no-pi "OPEN:$dir/heard,creat" &
next=$!
has_carrier() {
	in_a ip link show dev keep0 | grep -q LOWER_UP
}
wait_for 5 has_carrier
# Wait for its 46 bytes among other packets.
datagram() {
	od -An -v -tx1 "$dir/heard" | tr -d ' \n' |
		grep -oE '4500002e.{10}11.{72}'
}
echo 'to be checksummed' | in_a socat -u - UDP-SENDTO:10.0.7.2:9
wait_for 5 datagram
kill "$next"
packet=$(datagram)
udp=${packet:40}
# The pseudo-header has the addresses, the protocol and the length.
pseudo=${packet:24:16}0011${udp:8:4}
check_equal 'the next program gets packets with good checksums' 0000 \
	"$(checksum "$pseudo$udp")"
finish
