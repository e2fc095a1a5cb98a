#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# serialtun diagnoses a link that only seems to work, and proposes a remedy: its
# own packets come back, the line loses or changes bytes, the addresses of the
# two ends do not match, or packets wait where no other packet can overtake
# them.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# Within 15 s, or 20 frames, and some time for a slow machine.
a_will_say() {
	wait_for 25 a_says "^serialtun: [^ ]*: $1"
}

# pings_of HOST ADDRESS [ARGUMENT...]: in the background, for a while
pings_of() {
	local host=$1 address=$2
	shift 2
	"in_$host" ping -q -c 100 -i 0.2 -W 1 "$@" "$address" >/dev/null 2>&1 &
	pinging=$!
}

# Print the number of A's warnings about its port.
warnings() {
	grep -E '^serialtun: [^ ]*: ' "$dir/a.log" |
		grep -cvE "$about_peer"
}

pair=no
start_cable --baud 0
stty -F "$port_b" raw -echo
exec {line}<>"$port_b"

# A loopback plug: cat writes back all bytes that it reads.
cat <&"$line" >&"$line" &
plug=$!
start_a --addr 10.0.0.1/24
pings_of a 10.0.0.2
check 'a loopback plug' a_will_say \
	"the line returns this end's own packets, so sending waits for a packet from the peer \\(is there a loopback"
stop_a
kill "$pinging"
kill "$plug" 2>/dev/null

# A terminal that echoes, without a reader.
stty -F "$port_b" sane
start_a --addr 10.0.0.1/24
pings_of a 10.0.0.2
check 'a login that echoes' a_will_say \
	"the line returns this end's own packets, .*a login prompt echoes"
check_equal 'no other warning' 1 "$(warnings)"
stop_a
kill "$pinging"
stty -F "$port_b" raw -echo

# One byte, and nothing else.
start_a --addr 10.0.0.1/24
pings_of a 10.0.0.2
printf 'x' >&"$line"
check 'a whisper' a_will_say 'a few bytes arrive, but not one packet'
stop_a
kill "$pinging"

# Seven bits: an END is a "@".
start_a --addr 10.0.0.1/24
for i in 1 2 3 4 5; do
	frame '4500001c000000004001 66df 0a000002 0a000001 0800f7ff00000000' |
		perl -pe 'tr/\x80-\xff/\x00-\x7f/' >&"$line"
done
check 'seven bits' a_will_say 'the eighth bit of every byte is missing'
stop_a

# Noise that SLIP cannot detect: all packets are whole, but only the first one
# has a right checksum.
start_a --addr 10.0.0.1/24
for i in 1 2 3 4 5 6 7; do
	frame "4500001c000000004001 66df 0a000002 0a000001 0800f7fe0000000$i" \
		>&"$line"
done
check 'wrong checksums' a_will_say 'packets arrive with a wrong checksum'
kill -USR1 "$pid_a"
check 'serialtun counts the wrong checksums' wait_for 5 \
	a_says ' from the line: 7 packets, .*, 6 with a bad ICMP checksum$'
stop_a
exec {line}>&-

# Addresses that do not match.
# addresses DESCRIPTION REGEX B'S_ADDRESSES PINGED
addresses() {
	start_a --addr 10.0.0.1/24
	# shellcheck disable=SC2086 # words
	start_b $3
	pings_of b "$4"
	check "$1" a_will_say "$2"
	check_equal 'one warning, and no other' 1 "$(warnings)"
	kill "$pinging"
	stop_a
	stop_b
}

addresses 'the same address at both ends' \
	'packets arrive from 10\.0\.0\.1, which is this end.s own address \(give' \
	'--addr 10.0.0.1/24' 10.0.0.2
addresses 'another address of this network' \
	'packets arrive for 10\.0\.0\.9, which is no address of this end \(give this end --addr 10\.0\.0\.9' \
	'--addr 10.0.0.2/24' 10.0.0.9
addresses 'two networks' \
	'packets arrive from 10\.0\.1\.2, whose network this end does not know \(give both ends an --addr of one network, or this end --route 10\.0\.1\.2\)' \
	'--addr 10.0.1.2/24' 10.0.1.1
addresses 'IPv6 alone from the other end' \
	'the other end sends nothing but IPv6, and this end has IPv4 alone' \
	'--addr fd00::2/64' fd00::1

# A good link causes no warning, even with forwarded packets.
start_a --addr 10.0.0.1/24
start_b --addr 10.0.0.2/24 --route default
in_b ip addr add 192.168.9.9/32 dev lo
pings_of b 10.0.0.1
sleep 1
in_b ping -q -c 10 -i 0.2 -W 1 -I 192.168.9.9 8.8.8.8 >/dev/null 2>&1
check_equal 'matching addresses: no warning' 0 "$(warnings)"
kill "$pinging"
stop_a
stop_b
stop_cable

# A device between the ends consumes XON and XOFF.
start_cable --baud 0 --eat-xonxoff
start_a --addr 10.0.0.1/24
start_b --addr 10.0.0.2/24
head -c 300000 /dev/urandom |
	in_b timeout 20 socat -u -b 100 - UDP-SENDTO:10.0.0.1:9
check 'bytes that never arrive' a_will_say \
	'the bytes 11 13 never arrive, and frames are damaged'
stop_a
stop_b
stop_cable

# Lost bytes: short packets get through, long ones do not.
start_cable --baud 921600 --loss 0.002
start_a --addr 10.0.0.1/24
start_b --addr 10.0.0.2/24
pings_of a 10.0.0.2 -s 1400
in_a ping -q -c 3 -W 1 10.0.0.2 >/dev/null
check 'damaged frames beside good ones' a_will_say \
	'more than one frame of ten arrives damaged'
kill "$pinging"
stop_a
stop_b
stop_cable

# A pty with a slow wire behind it.
start_cable --baud 115200
start_a --addr 10.0.0.1/24
start_b --addr 10.0.0.2/24
in_b timeout 30 socat -u TCP-LISTEN:5001,reuseaddr OPEN:/dev/null &
sleep 0.5
in_a timeout 30 socat -u OPEN:/dev/urandom TCP:10.0.0.2:5001 &
copying=$!
check 'a slow pty without --baud' \
	a_will_say 'packets wait in the pty, .* \(give the speed of the wire with --baud'
kill "$copying"
stop_a
start_a --addr 10.0.0.1/24 --baud 115200
in_b timeout 30 socat -u TCP-LISTEN:5002,reuseaddr OPEN:/dev/null &
sleep 0.5
in_a timeout 12 socat -u OPEN:/dev/urandom TCP:10.0.0.2:5002
check_equal 'with --baud there is no warning' 0 "$(warnings)"
stop_a
stop_b
finish
