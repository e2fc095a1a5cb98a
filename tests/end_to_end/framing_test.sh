#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The framing by length, end to end: what it carries, what it survives, and what
# it does when nothing makes sense any more.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

path=$dir/socket
port_a=unix-listen:$path
port_b=unix:$path

# says REGEX: soon, in what A says when it is asked.
says() {
	kill -USR1 "$pid_a"
	wait_for 3 a_says "$1"
}

# A peer: connects, and when the carrier has settled sends each argument, in
# hexadecimal, in one go, or by the byte if it begins with a dot; prints what
# comes back until all is quiet, and how it ended.
cat >"$dir/peer.py" <<'END'
import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.settimeout(1.2)
came = b""
ended = "closed"
try:
    time.sleep(1.2)
    for text in sys.argv[2:]:
        chunk = bytes.fromhex(text.lstrip("."))
        if text[0] == ".":
            for byte in chunk:
                s.sendall(bytes([byte]))
                time.sleep(0.002)
        else:
            s.sendall(chunk)
    while True:
        chunk = s.recv(65536)
        if not chunk:
            break
        came += chunk
except TimeoutError:
    ended = "quiet"
except ConnectionError:
    pass
print(came.hex(), ended)
END

peer() {
	timeout 10 python3 "$dir/peer.py" "$path" "$@"
}

# An echo request from 10.0.0.2 to 10.0.0.1, without and with its length.
header='4500001c 0001 0000 40 01 %s 0a000002 0a000001'
# shellcheck disable=SC2059 # it is the format
printf -v sealed "$header" "$(checksum "$(printf "$header" 0000)")"
request="${sealed// /}0800f7ff00000000"
framed=001c$request
reply='001c45[0-9a-f]{22}0a0000010a0000020000[0-9a-f]{12}'

start_a --addr 10.0.0.1/24 --framing length
check_match 'what to type there says the framing' \
	"--port unix:$path --framing length\$" "$(<"$dir/a.log")"
start_b --addr 10.0.0.2/24 --framing length
check 'a ping crosses' in_a ping -c 2 -i 0.2 -W 2 10.0.0.2
check 'and large ones' in_a ping -c 2 -i 0.2 -W 2 -s 60000 10.0.0.2
in_b timeout 20 sh -c "socat -u TCP-LISTEN:5001 - | md5sum >'$dir/sum'" &
sink=$!
sleep 0.3
head -c 20000000 /dev/urandom >"$dir/data"
in_a timeout 15 socat -u "OPEN:$dir/data" TCP:10.0.0.2:5001
wait "$sink"
check_equal '20 MB are what they were' "$(md5sum <"$dir/data")" \
	"$(<"$dir/sum")"
check 'nothing was bad' says 'from the line: .* 0 dropped$'
stop_b
wait_for 3 a_says 'waiting for a connection'

# Frames in one go, byte by byte, several at once, and cut; then bad ones, two
# in a row at the most.
bad=000473706d21
check_match 'however frames are cut, each gets its answer' "^($reply){8} quiet\$" \
	"$(peer "$framed" ".$framed" "$framed$framed" "$framed${framed:0:20}" \
		"${framed:20}" "00000000$framed" "$bad$bad$framed")"
check 'what was empty, or no packet, is counted' \
	says 'from the line: .* 4 dropped, 2 empty, 2 not IP$'

# A length that lies: all that follows is out of step.
lost="^serialtun: lost process [0-9]+: its data holds no packets any more; waiting for a connection to $port_a\$"
printf -v many "$framed%.0s" {1..1000}
check_equal 'a length that lies: the connection is closed' closed \
	"$(peer "001b$request" "$many" | sed 's/.* //')"
check 'with a sentence' wait_for 3 a_says "$lost"
check_equal 'noise ends it, too' closed \
	"$(peer "$(printf '05%.0s' {1..50000})" | sed 's/.* //')"
start_b --addr 10.0.0.2/24 --framing length
check 'and the link goes on' in_a ping -c 2 -i 0.2 -W 2 10.0.0.2
stop_b

# SLIP at the other end.
start_b --addr 10.0.0.2/24 --framing slip
in_b ping -c 5 -i 0.2 -W 1 10.0.0.1 >/dev/null
check 'what speaks SLIP is alive to say so' alive "$pid_b"
stop_b
stop_a
check_equal 'status 0' 0 "$ended"

# Over standard input and output, which nobody connects again.
frames='\x00\x01*\x00\x00\x00\x01*'
{
	printf '%b' "$frames"
	sleep 2
} | in_a timeout 4 "$serialtun" --addr 10.0.0.1/24 --port - --framing length \
	2>"$dir/a.log" | cat >"$dir/a.out"
ended=${PIPESTATUS[1]}
check 'the port is told' \
	a_says ' is up: .*, on -, which is standard input and output$'
check 'out of step on standard input: it ends' \
	a_says '^serialtun: lost standard input and output: its data holds no packets any more \(start both ends again\)$'
check_equal 'status 1' 1 "$ended"

# What does not go together is said at once.
for args in '--port ttyUSB0 --framing length' '--port unix:x --framing packet' \
	'--port unix:x --framing length --keepalive 5' \
	'--port unix:x --framing length --flow xonxoff' \
	'--port unix:x --framing none'; do
	# shellcheck disable=SC2086 # words
	refused $args
	check_equal "$args: status 64, two lines" '64 2' \
		"$ended $(wc -l <<<"$said")"
done
finish
