#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --framing kiss: tncattach at the other end (a stand-in, with the facts that it
# is written from), with TUN, with TAP and over TCP; another serialtun; noise,
# commands and other stations; a hostile modem; a slow radio; the two mistakes, KISS
# against SLIP.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=exchange.sh
source "$root/tests/end_to_end/exchange.sh"

join_hosts
start_cable --baud 0
head -c 60000 /dev/urandom >"$dir/small"

# tncattach_on_b ARGUMENT...: start it; $peer is its process
tncattach_on_b() {
	start_on b peer tncattach "$@"
	peer=$started
	wait_for 5 grep -q ready "$dir/peer.log"
}

# crosses DESCRIPTION MTU
crosses() {
	check "$1: packets of every size" \
		pings_of_sizes 10.0.0.2 37 $(($2 - 28))
	check "$1: TCP from A to B" tcp a b 10.0.0.2 "$dir/small"
	check "$1: TCP from B to A" tcp b a 10.0.0.1 "$dir/small"
}

#
# tncattach on a serial port
#
tncattach_on_b "$port_b" 115200 --noipv6 --ipv4 10.0.0.2/24
start_a --addr 10.0.0.1/24 --framing kiss --mtu 329
check 'tncattach: this end speaks first, and the ping is answered' \
	wait_for 5 pings
crosses tncattach 329
check_match 'no frame was bad' ' 0 dropped$' \
	"$(kill -USR1 "$pid_a" && wait_for 3 a_says 'from the line' &&
		grep 'from the line' "$dir/a.log")"
check_not 'no hello of a pairing went to the modem' a_says pair

# Noise, commands of a modem, and another station's frame, between the packets.
stop "$peer"
: >"$dir/a.log"
{
	printf '\252noise\300\300\001\062\300\300\377\300\300\006ab\300'
	printf '\300\000\202\240\244\246@@\140\234fln@@a\003\360!\300'
	printf '\300\000\333\333\333x\300'
	head -c 3000 /dev/urandom
	printf '\300'
} >"$port_b"
tncattach_on_b "$port_b" 115200 --noipv6 --ipv4 10.0.0.2/24 \
	--id OZ7TMD-1 --interval 0
check 'after noise: a ping' wait_for 5 pings
check 'after noise: TCP' tcp b a 10.0.0.1 "$dir/small"
kill -USR1 "$pid_a"
check 'commands are counted' wait_for 3 a_says ' KISS command'
check 'and so are frames without a packet' a_says ' not IP'
check_not 'none of this is called damage' a_says 'damaged'
stop_a
check_equal 'status 0' 0 "$ended"
stop "$peer"

#
# tncattach with Ethernet frames
#
tncattach_on_b "$port_b" 115200 --ethernet --noipv6 --ipv4 10.0.0.2/24
start_a --tap --addr 10.0.0.1/24 --framing kiss --mtu 329
check 'tncattach -e: a ping' wait_for 10 pings
crosses 'tncattach -e' 329
stop_a
stop "$peer"

#
# A modem that is a TCP port
#
# Here the modem's radio is the cable, and the other station is on A's end.
start_on b modem socat TCP-LISTEN:8001,reuseaddr \
	"OPEN:$port_b,raw,echo=0,b115200"
modem=$started
wait_for 5 listening b 8001
start_on b peer tncattach "$port_a" 115200 --noipv6 --ipv4 10.0.0.2/24
peer=$started
wait_for 5 grep -q ready "$dir/peer.log"
cable_a=$port_a
port_a=tcp:172.16.0.2:8001
start_a --addr 10.0.0.1/24 --framing kiss --mtu 329
check 'over tcp: a ping' wait_for 10 pings
crosses 'over tcp' 329
stop_a
stop "$peer"
wait_end "$modem"
port_a=$cable_a

#
# serialtun at both ends
#
start_a --addr 10.0.0.1/24 --framing kiss
check_match 'the MTU is that of a radio' 'mtu 296,' "$(<"$dir/a.log")"
check 'the command for the other end has the framing' \
	a_says '--framing kiss$'
start_b --addr 10.0.0.2/24 --framing kiss
check 'serialtun at both ends: a ping' wait_for 5 pings
crosses serialtun 296
stop_b
stop_a

start_a --addr 10.0.0.1/24 --framing kiss
start_b --addr 10.0.0.2/24
in_a ping -c 4 -i 0.2 -W 1 10.0.0.2 >/dev/null
in_b ping -c 4 -i 0.2 -W 1 10.0.0.1 >/dev/null
check 'SLIP here, KISS there: the remedy' \
	wait_for 10 b_says 'speaks KISS, .*\(give --framing kiss at this end\)'
check 'KISS here, SLIP there: the remedy' \
	wait_for 10 a_says 'speaks SLIP, not KISS'
stop_b
stop_a

#
# A noisy line, and then a hostile modem
#
stop_cable
start_cable --baud 921600 --ber 1e-5 --seed 3
start_on b peer tncattach "$port_b" 115200 --noipv6 --ipv4 10.0.0.2/24
peer=$started
wait_for 5 grep -q ready "$dir/peer.log"
start_a --addr 10.0.0.1/24 --framing kiss --mtu 329
check 'a noisy line: a ping' wait_for 10 pings
check 'a noisy line: TCP from A to B' tcp a b 10.0.0.2 "$dir/small"
check 'a noisy line: TCP from B to A' tcp b a 10.0.0.1 "$dir/small"
stop "$peer"
timeout 3 python3 - "$port_b" <<-'END_PYTHON'
	import os, random, sys, tty
	fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
	tty.setraw(fd)
	dice = random.Random(1)
	# Other commands and ports, a bad escape, headers of IP that lie, in one
	# case behind packet information, and a frame without an end.
	heads = [bytes([n]) for n in range(256)]
	heads += [b"\0\xdb", b"\0\xdb\0", b"\0\x45\0\xff\xff",
	          b"\0\0\0\x08\0\x45\0\0\x14", b"\0\x60" + bytes(3) + b"\xff\xff",
	          b"\0" + b"A" * 70000]
	while True:
	    head = dice.choice(heads)
	    body = dice.randbytes(dice.randrange(400)).replace(b"\xc0", b"")
	    os.write(fd, b"\xc0" + head + body)
END_PYTHON
check_equal 'a hostile modem floods until it is stopped' 124 $?
check 'a hostile modem: serialtun lives' alive "$pid_a"
start_on b peer tncattach "$port_b" 115200 --noipv6 --ipv4 10.0.0.2/24
peer=$started
wait_for 5 grep -q ready "$dir/peer.log"
check 'after it: a ping' wait_for 10 pings
check 'after it: TCP' tcp b a 10.0.0.1 "$dir/small"
stop_a
check_equal 'after it: status 0' 0 "$ended"
stop "$peer"
stop_cable
start_cable --baud 0

#
# A radio that is slower than its port, and holds it
#
stop_cable
start_cable --baud 9600 --flow rtscts
start_on b peer tncattach "$port_b" 115200 --noipv6 --ipv4 10.0.0.2/24
peer=$started
wait_for 5 grep -q ready "$dir/peer.log"
start_a --addr 10.0.0.1/24 --framing kiss --baud 115200
check 'a slow radio: a burst' \
	in_a ping -q -c 50 -i 0.01 -W 20 -s 200 10.0.0.2
check_match 'a slow radio: none is dropped' ' 0 dropped' \
	"$(kill -USR1 "$pid_a" && wait_for 3 a_says 'to the line' &&
		grep 'to the line' "$dir/a.log")"
stop_a
stop "$peer"
stop_cable
start_cable --baud 0

# A modem that waits for a command gets no packet, which it would execute.
start_a --addr 10.0.0.1/24 --framing kiss
stty -F "$port_b" raw -echo
exec 3<>"$port_b"
printf 'board login: ' >&3
check 'a login: nothing is sent' wait_for 5 a_says 'a login or a shell'
exec 3>&-
stop_a
finish
