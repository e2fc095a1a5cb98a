#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Who speaks something else than SLIP at the other end is recognised, and it is
# said what helps; once, and not in vague words as well.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

start_cable --baud 0
stty -F "$port_b" raw -echo

# says REGEX: serialtun on A warns so.
says() {
	grep -qE "^serialtun: $port_a: $1" "$dir/a.log"
}

# foreign DESCRIPTION REGEX COMMAND...: what it writes on the line again and
# again is recognised, and nothing else is said of it.
foreign() {
	local description=$1 wanted=$2 i left=100
	shift 2
	start_a --addr 10.0.0.1/24
	for ((i = 0; i < left; i++)); do
		"$@" "$i" >"$port_b"
		sleep 0.25
		# It has time for a second look.
		[ "$left" = 100 ] && says "$wanted" && left=$((i + 10))
	done
	check "$description" says "$wanted"
	check_equal 'that is said once, and nothing else' 1 \
		"$(grep "^serialtun: $port_a: " "$dir/a.log" |
			grep -cv ': the peer is there')"
	stop_a
}

# LCP's Configure-Request with a magic number (RFC 1661, section 6.4) in HDLC-
# like framing, as pppd writes it.
lcp() {
	printf '%b' '\x7e\xff\x7d\x23\xc0\x21\x7d\x21\x7d\x21\x7d\x20\x7d\x32' \
		'\x7d\x21\x7d\x24\x7d\x25\xdc\x7d\x25\x7d\x26\x86\x66\x92\x88' \
		'\x7d\x27\x7d\x22\x7d\x28\x7d\x22\x38\x42\x7e'
}

# Somebody waits for a name, and says so once.
prompt() {
	[ "$1" != 0 ] || printf '\r\nboard login: '
}

# IFF_NO_PI forgotten; the packet is a UDP datagram of nothing.
with_info() {
	frame '00000800 4500001c000000004011 66cd 0a0000020a000001 0001000200080000'
}

# What ser2net says to whoever connects to its telnet port
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
foreign 'what nobody knows' 'bytes arrive, but not one IP packet' noise
finish
