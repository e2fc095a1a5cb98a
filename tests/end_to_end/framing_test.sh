#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --framing length, end to end: good frames, bad frames, and the end of the
# connection when the decoder is out of step.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

path=$dir/socket
port_a=unix-listen:$path
port_b=unix:$path

# says REGEX: wait until A's counters match.
says() {
	kill -USR1 "$pid_a"
	wait_for 3 a_says "$1"
}

# A peer: it connects, waits for the carrier, and sends each argument, in
# hexadecimal, in one write, or byte by byte if the argument begins with a dot.
# It prints the answer until the line is quiet, and how the connection ended.
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

# An echo request from 10.0.0.2 to 10.0.0.1, without and with a length field
header='4500001c 0001 0000 40 01 %s 0a000002 0a000001'
# shellcheck disable=SC2059 # it is the format
printf -v sealed "$header" "$(checksum "$(printf "$header" 0000)")"
request="${sealed// /}0800f7ff00000000"
framed=001c$request
reply='001c45[0-9a-f]{22}0a0000010a0000020000[0-9a-f]{12}'

start_a --addr 10.0.0.1/24 --framing length
check_match 'the command for the other end has the framing' \
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
check_equal '20 MB arrive unchanged' "$(md5sum <"$dir/data")" \
	"$(<"$dir/sum")"
check 'no frame was bad' says 'from the line: .* 0 dropped$'
stop_b
wait_for 3 a_says 'waiting for a connection'

# Frames in one write, byte by byte, several at once, and in two parts; then bad
# frames, at most two in a row.
bad=000473706d21
check_match 'each frame is answered, in any pieces' "^($reply){8} quiet\$" \
	"$(peer "$framed" ".$framed" "$framed$framed" "$framed${framed:0:20}" \
		"${framed:20}" "00000000$framed" "$bad$bad$framed")"
check 'it counts empty frames and frames without a packet' \
	says 'from the line: .* 4 dropped, 2 empty, 2 not IP$'

# A wrong length: the decoder is out of step from here on.
lost="^serialtun: lost process [0-9]+: its data holds no packets any more; waiting for a connection to $port_a\$"
printf -v many "$framed%.0s" {1..1000}
check_equal 'a wrong length: it closes the connection' closed \
	"$(peer "001b$request" "$many" | sed 's/.* //')"
check 'and says why' wait_for 3 a_says "$lost"
check_equal 'noise: it closes the connection' closed \
	"$(peer "$(printf '05%.0s' {1..50000})" | sed 's/.* //')"
start_b --addr 10.0.0.2/24 --framing length
check 'the link works again' in_a ping -c 2 -i 0.2 -W 2 10.0.0.2
stop_b

# SLIP at the other end.
start_b --addr 10.0.0.2/24 --framing slip
in_b ping -c 5 -i 0.2 -W 1 10.0.0.1 >/dev/null
check 'the end that speaks SLIP still runs' alive "$pid_b"
stop_b
stop_a
check_equal 'status 0' 0 "$ended"

# Standard input and output cannot be connected again.
frames='\x00\x01*\x00\x00\x00\x01*'
{
	printf '%b' "$frames"
	sleep 2
} | in_a timeout 4 "$serialtun" --addr 10.0.0.1/24 --port - --framing length \
	2>"$dir/a.log" | cat >"$dir/a.out"
ended=${PIPESTATUS[1]}
check 'the message names the port' \
	a_says ' is up: .*, on -, which is standard input and output$'
check 'out of step on standard input: it ends' \
	a_says '^serialtun: lost standard input and output: its data holds no packets any more \(start both ends again\)$'
check_equal 'status 1' 1 "$ended"

# Options that contradict each other.
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
