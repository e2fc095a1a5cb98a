#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Compressed TCP headers (CSLIP) between two that do not pair: one begins, the
# other follows; TCP both ways, over a clean line and a bad one; a hostile peer; a
# peer that is another program than before; and two that are paired, which do not
# compress.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# value FILE EXPRESSION: a value of the JSON, by Python
value() {
	python3 -c 'import json, sys
s = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$@"
}

# both_ways DESCRIPTION: TCP there and back at the same time
both_ways() {
	local one
	cp "$dir/random" "$dir/one"
	cp "$dir/random" "$dir/two"
	rm -f "$dir/one.received" "$dir/two.received"
	carry in_a in_b 10.0.0.2 6000 "$dir/one" &
	one=$!
	carry in_b in_a 10.0.0.1 6001 "$dir/two"
	wait "$one"
	check "$1: TCP from A" cmp "$dir/one" "$dir/one.received"
	check "$1: TCP from B" cmp "$dir/two" "$dir/two.received"
}

# keys: as a person types, 30 characters, each echoed, over one connection
keys() {
	in_a timeout 20 python3 -c 'import socket, time
s = socket.create_connection(("10.0.0.2", 7000))
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for i in range(30):
    s.sendall(b"%c" % (i + 60))
    assert s.recv(1) == b"%c" % (i + 60)
    time.sleep(0.02)'
}

head -c 200000 /dev/urandom >"$dir/random"
for host in in_a in_b; do
	"$host" sysctl -qw net.ipv4.tcp_timestamps=0
done
in_b socat TCP-LISTEN:7000,fork,reuseaddr EXEC:cat &
in_b socat TCP6-LISTEN:7001,fork,reuseaddr,ipv6only=1 EXEC:cat &

# Two that are paired do not compress.
start_cable --baud 921600
start_a -v --addr 10.0.0.1/24 --vj on
start_b -v --addr 10.0.0.2/24 --vj on --stats-json "$dir/b.json"
check 'they pair' wait_for 10 b_says 'paired with'
check 'a connection of two that are paired' keys
stop_a
stop_b
check_not 'they do not compress' b_says 'CSLIP:'

# Neither begins: nothing is compressed.
pair=no
start_a -v --addr 10.0.0.1/24 --addr fd00::1/64
start_b -v --addr 10.0.0.2/24 --addr fd00::2/64 \
	--stats-json "$dir/b.json"
check 'a connection without compression' keys
stop_b
plain=$(value "$dir/b.json" 's["from_line"]["line_bytes"]')
check_equal 'neither compresses' None "$(value "$dir/b.json" 's["vj"]')"

# A goes on, and follows a new peer.
start_b -v --addr 10.0.0.2/24 --addr fd00::2/64 --vj on \
	--stats-json "$dir/b.json"
check 'a connection with compression' keys
check 'A says so' wait_for 5 a_says \
	': the peer compresses TCP headers \(CSLIP\), and so does this end$'
stop_b
check_equal 'both ends compress nearly all of it' True \
	"$(value "$dir/b.json" '(s["vj"]["from_line"]["compressed"] > 25 and
		s["vj"]["to_line"]["compressed"] > 25 and
		s["vj"]["from_line"]["uncompressed"] < 10)')"
packed=$(value "$dir/b.json" 's["from_line"]["line_bytes"]')
# Without the kernel's own IPv6 packets, it is less than a third.
check "the keys take half of the bytes, or less ($packed of $plain)" \
	[ "$((packed * 2))" -le "$plain" ]
check_equal 'no frame was dropped' 0 \
	"$(value "$dir/b.json" 's["from_line"]["dropped"]["total"]')"

start_b -v --addr 10.0.0.2/24 --addr fd00::2/64 --vj on
both_ways 'clean'
check_equal 'IPv6 crosses, too' hello \
	"$(in_a timeout 10 socat -t 2 - 'TCP6:[fd00::2]:7001' <<<hello)"
stop_b
check_match 'B drops nothing' ' from the line: .* 0 dropped$' "$(<"$dir/b.log")"

# A hostile peer: headers of every kind, for connections that it never opened.
timeout 3 python3 - "$port_b" <<-'END_PYTHON'
	import os, random, sys, tty
	fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
	tty.setraw(fd)
	dice = random.Random(1)
	whole = bytearray(40)
	whole[0], whole[8], whole[32] = 0x45, 64, 0x50
	while True:
	    whole[9] = dice.randrange(256)
	    body = dice.randbytes(dice.randrange(200))
	    frame = dice.choice([
	        bytes([0x80 | dice.randrange(128)]) + body,
	        bytes([0x70 | dice.randrange(16)]) + bytes(whole[1:]) + body,
	        bytes([0x70 | dice.randrange(16)]) + body])
	    frame = frame.replace(b"\xdb", b"").replace(b"\xc0", b"")
	    os.write(fd, b"\xc0" + frame + b"\xc0")
END_PYTHON
check_equal 'a hostile peer floods until it is stopped' 124 $?
check 'a hostile peer: serialtun lives' alive "$pid_a"
start_b -v --addr 10.0.0.2/24 --addr fd00::2/64 --vj on
both_ways 'after it'
check 'after it: packets of every size, which are not compressed' \
	pings_of_sizes 10.0.0.2 171 1472
stop_b

# The next peer does not compress: A stops.
start_b -v --addr 10.0.0.2/24 --addr fd00::2/64 --vj off
check 'a peer that compresses no more: a connection to it' keys
stop_b
start_b -v --addr 10.0.0.2/24 --addr fd00::2/64 --vj off
check 'and the next one' keys
stop_a
stop_b
check_match 'which is not compressed at all' ' from the line: .* 0 dropped$' \
	"$(<"$dir/b.log")"

# --vj off does not answer, and gives the hint.
start_a --addr 10.0.0.1/24 --vj off
start_b --addr 10.0.0.2/24 --vj on
in_a timeout 3 socat -u TCP-LISTEN:7002 - >/dev/null 2>&1 &
sleep 0.3
in_b timeout 2 socat -u "OPEN:$dir/random" TCP:10.0.0.1:7002 2>/dev/null
check '--vj off: the hint' wait_for 5 a_says \
	': the other end compresses headers, so TCP does not get through'
stop_a
stop_b

stop_cable

# Flipped bits and lost bytes: every byte that arrives is right, and TCP sees no
# wrong checksum, but for those of packets that travel as they are, SYN and FIN.
# Without our check there are some 20.
pair=no
start_cable --baud 0 --ber 1e-5 --loss 2e-5 --seed 5
start_a -v --addr 10.0.0.1/24 --mtu 576 --vj on
start_b -v --addr 10.0.0.2/24 --mtu 576 --vj on
both_ways 'noise'
damaged=$(in_b awk '$1 == "Tcp:" && !names { names = split($0, name); next }
	$1 == "Tcp:" { for (i = 1; i <= names; i++)
		if (name[i] == "InCsumErrors") print $i }' /proc/net/snmp)
check "no damaged segment reached the interface ($damaged)" \
	[ "$damaged" -le 2 ]
stop_a
stop_b
check_match 'damaged frames are counted' 'from the line: .* bad CSLIP frame' \
	"$(<"$dir/b.log")"
finish
