#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# If the options of the two ends do not fit, each end that can know this prints
# one line with the remedy.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

# Print the messages of an end, except those about the start and the pair. An
# end without XON/XOFF may send an XOFF, as a byte of its random id.
words() {
	sed 's/^serialtun: //' "$dir/$1.log" |
		grep -vE ' is up: |at the other end: |paired with |peer is there' |
		grep -v 'has sent nothing for 5 s (it was sent an XOFF,'
}

# misfit DESCRIPTION A'S_ARGUMENTS B'S_ARGUMENTS A'S_LINE B'S_LINE: start both
# ends and check their lines, which are extended regular expressions for whole
# lines
misfit() {
	local description=$1
	# shellcheck disable=SC2086 # words
	start_a $2
	# shellcheck disable=SC2086 # words
	start_b $3
	check "$description: A" wait_for 12 a_says "^serialtun: $4\$"
	check "$description: B" wait_for 12 b_says "^serialtun: $5\$"
	# Wait for further messages, which would be wrong.
	sleep 1.5
	check_equal "$description: A says nothing else" '' "$(words a | sed 1d)"
	check_equal "$description: B says nothing else" '' "$(words b | sed 1d)"
	stop_a
	stop_b
}

start_cable --baud 0

misfit 'the same address' '--addr 10.0.0.1/24' '--addr 10.0.0.1/24' \
	'tun0: both ends have the address 10\.0\.0\.1/24: no packet crosses \(give one end another --addr, or none\)' \
	'tun0: both ends have the address 10\.0\.0\.1/24: no packet crosses \(give one end another --addr, or none\)'
misfit 'two networks' '--addr 10.0.0.1/24' '--addr 10.0.1.2/24' \
	"tun0: 10\\.0\\.0\\.1/24 here and 10\\.0\\.1\\.2/24 at desk are not in each other's network \\(give both ends addresses of one network, or one end no --addr\\)" \
	"tun0: 10\\.0\\.1\\.2/24 here and 10\\.0\\.0\\.1/24 at board are not in each other's network \\(give both ends addresses of one network, or one end no --addr\\)"
misfit 'another --peer' '--addr 10.0.0.1 --peer 10.0.0.9' \
	'--addr 10.0.0.2 --peer 10.0.0.1' \
	"tun0: --peer names another address than the other end has: 10\\.0\\.0\\.1 here, 10\\.0\\.0\\.2 at desk \\(give --peer the other end's address, at both ends\\)" \
	"tun0: --peer names another address than the other end has: 10\\.0\\.0\\.2 here, 10\\.0\\.0\\.1 at board \\(give --peer the other end's address, at both ends\\)"
misfit 'another MTU' '--mtu 1500' '--mtu 576 --addr 10.0.0.2/24' \
	'tun0: the MTU is 1500 here and 576 at desk \(give both ends the same --mtu, as --mtu 576\)' \
	'tun0: the MTU is 576 here and 1500 at board \(give both ends the same --mtu, as --mtu 576\)'
misfit '--tap at one end' '--tap' '' \
	'tap0: the serialtun at the other end carries IP packets, this one Ethernet frames: no packet crosses \(start both ends with --tap, or neither\)' \
	'tun0: the serialtun at the other end carries Ethernet frames, this one IP packets: no packet crosses \(start both ends with --tap, or neither\)'
xonxoff='tun0: only one end uses --flow xonxoff, so frames with XON or XOFF are lost \(start both ends with it, or neither\)'
misfit '--flow xonxoff at one end' '--flow xonxoff' '' "$xonxoff" "$xonxoff"

# --pair=no at B: B does not listen to hellos, and A sees a peer without
# pairing.
start_a --addr 10.0.0.1/24
pair=no
start_b --addr 10.0.0.2/24
pair=
check '--pair=no at B: a ping crosses' wait_for 5 pings 10.0.0.2
check '--pair=no at B: A reports a peer without pairing' wait_for 5 \
	a_says '^serialtun: .*/ttyA: the peer is there: 10\.0\.0\.2$'
sleep 4
check_equal '--pair=no at B: no warning at A' '' "$(words a)"
check_equal '--pair=no at B: no warning at B' '' "$(words b)"
kill -USR1 "$pid_b"
check '--pair=no at B: B counts the hellos' wait_for 5 \
	b_says ' from the line: .* [1-9][0-9]* hello'
stop_b

# One end alone on a looped line.
looped='tun0: what this end sends comes back, so there is no pairing \(are RX and TX of this end connected, or is it a bus with an echo, as RS-485\? If a login prompt echoes it, start serialtun at the other end\)'
socat -u "OPEN:$port_b,rawer" "OPEN:$port_b" &
loop=$!
stop_a
sleep 0.3
start_a
check 'a looped line: A reports it' wait_for 10 a_says "^serialtun: $looped\$"
in_a ping -q -c 4 -i 0.3 -W 1 -I tun0 ff02::2 >/dev/null 2>&1
sleep 5
check_equal 'a looped line: A reports nothing else' 1 "$(words a | wc -l)"
check_not 'a looped line: A reports no peer' a_says 'peer is there'
[ "$(words a | wc -l)" = 1 ] || words a | sed 's/^/# /'
kill "$loop"
wait_end "$loop"

stop_a

# A serialtun of another time, which speaks nothing but version 2.
start_a
stty -F "$port_b" raw -echo
python3 -c 'import sys, zlib
hello = b"#serialtun/2 id=00000000000000c0 to=0000000000000000 kind=ip flow=none can=check"
sys.stdout.buffer.write(b"\xc0" + hello + b" crc=%08x\xc0" % zlib.crc32(hello))' \
	>"$port_b"
check 'another version: A says so' wait_for 5 a_says \
	'^serialtun: tun0: the serialtun at the other end speaks another version of the pairing, so there is none \(install the same release at both ends\)$'
stop_a

# A peer that does not pair, and no address here.
start_a
stty -F "$port_b" raw -echo
frame '45000020 00000000 4001 66db 0a000002 0a000001 0000 fffe 0001 0000 00000000' \
	>"$port_b"
check 'a plain peer, and no --addr: A proposes one' wait_for 5 a_says \
	"^serialtun: $port_a: the peer is there: 10\\.0\\.0\\.2, but does not pair, so this end has no IPv4 address \\(give it one, as with --addr 10\\.0\\.0\\.1/24\\)\$"
stop_a

# B's bytes reach A, and A's bytes are lost.
"$cable" --baud 0 "$dir/ttyC" "$dir/ttyD" >"$dir/cable2.log" 2>&1 &
second=$!
wait_for 5 test -e "$dir/ttyD"
socat -u "OPEN:$dir/ttyC,rawer" "OPEN:$port_b,rawer" &
relay=$!
port_b=$dir/ttyD
sleep 0.3
start_a
start_b
in_b ping -q -i 0.5 -W 1 -I tun0 ff02::2 >/dev/null 2>&1 &
pinging=$!
check 'one direction alone: A hears B, and says that B does not hear' \
	wait_for 10 a_says '^serialtun: tun0: this end hears a serialtun that does not hear this end \(is TX of this end connected to RX of the other\?\)$'
check 'one direction alone: B says that nothing has arrived' wait_for 15 \
	b_says '^serialtun: .*/ttyD: nothing has arrived yet, although packets were sent, and hellos to a serialtun \('
check_equal 'one direction alone: A says nothing else' 1 "$(words a | wc -l)"
check_equal 'one direction alone: B says nothing else' 1 "$(words b | wc -l)"
kill "$pinging" "$relay"
stop_a
stop_b
kill "$second"
finish
