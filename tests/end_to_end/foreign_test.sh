#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# serialtun recognises a peer that does not speak SLIP, and proposes a remedy,
# once, without a second and vaguer warning.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

start_cable --baud 0
stty -F "$port_b" raw -echo

# says REGEX: has serialtun on A warned so?
says() {
	grep -qE "^serialtun: $port_a: $1" "$dir/a.log"
}

# foreign DESCRIPTION REGEX COMMAND...: run it again and again on the line;
# serialtun recognises the protocol and prints no other warning
foreign() {
	local description=$1 wanted=$2 i left=100
	shift 2
	start_a --addr 10.0.0.1/24
	for ((i = 0; i < left; i++)); do
		"$@" "$i" >"$port_b"
		sleep 0.25
		# Give serialtun time for a second check.
		[ "$left" = 100 ] && says "$wanted" && left=$((i + 10))
	done
	check "$description" says "$wanted"
	check_equal 'one warning, and no other' 1 \
		"$(grep "^serialtun: $port_a: " "$dir/a.log" |
			grep -cvE "$about_peer")"
	stop_a
}

# LCP's Configure-Request with a magic number (RFC 1661, section 6.4) in HDLC-
# like framing, as pppd writes it.
lcp() {
	printf '%b' '\x7e\xff\x7d\x23\xc0\x21\x7d\x21\x7d\x21\x7d\x20\x7d\x32' \
		'\x7d\x21\x7d\x24\x7d\x25\xdc\x7d\x25\x7d\x26\x86\x66\x92\x88' \
		'\x7d\x27\x7d\x22\x7d\x28\x7d\x22\x38\x42\x7e'
}

# A login prints its prompt once.
prompt() {
	[ "$1" != 0 ] || printf '\r\nboard login: '
}

# A TUN interface without IFF_NO_PI; the packet is an empty UDP datagram.
with_info() {
	frame '00000800 4500001c000000004011 66cd 0a0000020a000001 0001000200080000'
}

# The negotiation of ser2net's telnet port
negotiation() {
	[ "$1" != 0 ] || printf '%b' '\xff\xfb\x03\xff\xfb\x01\xff\xfe\x01\xff\xfd\x00'
}

noise() {
	frame 'f0f1 f2f3'
}

foreign 'PPP' 'the other end speaks PPP, not SLIP \(run pppd' lcp
foreign 'packet information' \
	'the other end puts packet information .* IFF_NO_PI' with_info
foreign 'telnet' 'the port speaks telnet, .* accepter: tcp' negotiation
foreign 'a login prompt' 'a login or a shell is at the other end' prompt
foreign 'an unknown protocol' 'bytes arrive, but not one IP packet' noise
finish
