#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Lines over unix sockets: as over TCP, with a file in place of an address.
# serialtun makes the socket, replaces one that a killed program left, and
# removes its own.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

pings() {
	in_a ping -c 1 -W 1 10.1.0.2
}

# mktemp's directory is for its owner alone; one end becomes nobody later.
chmod 711 "$dir"
socket=$dir/socket
port_a=unix-listen:$socket
port_b=unix:$socket

# Without a peer
said=$(in_b timeout 10 "$serialtun" --addr 10.1.0.2/24 --port "$port_b" 2>&1)
check_equal 'no listener: status 1' 1 $?
check_equal 'no listener: the message' \
	"serialtun: cannot connect to $port_b: No such file or directory (is the peer running? --wait waits for it)" \
	"$said"
start_b --addr 10.1.0.2/24 --wait
check 'with --wait it starts' \
	b_says "^serialtun: tun0 is up: 10.1.0.2/24, mtu 1500, waiting for $port_b\$"
umask 0
start_a -v --addr 10.1.0.1/24 --stats-json "$dir/a.json"
umask 022
check 'the listener says that it waits' \
	a_says "^serialtun: tun0 is up: 10.1.0.1/24, mtu 1500, waiting for a connection to $port_a\$"
check 'and prints the command for the other end' \
	a_says "^serialtun: at the other end: sudo serialtun --addr 10.1.0.2/24 --port $port_b\$"
check 'so does the other end' \
	b_says "^serialtun: at the other end: sudo serialtun --addr 10.1.0.1/24 --port $port_a\$"
check_equal 'the socket is for this user only, whatever the umask' \
	srw------- "$(stat -c %A "$socket")"
check 'which is said with -v' \
	a_says "$socket: mode 0600, only its owner may connect\$"
if setpriv --reuid=12345 --clear-groups true 2>/dev/null; then
	chmod 711 "$dir"
	check_match 'another user may not connect' 'Permission denied' \
		"$(setpriv --reuid=12345 --clear-groups timeout 5 \
			socat -u "UNIX-CONNECT:$socket" - 2>&1)"
else
	skip 'another user may not connect' 'there is no other here'
fi
check 'the listener names the connection' wait_for 5 \
	a_says "^serialtun: $port_a is there, from process ($pid_b|$(broker_of "$pid_b"))\$"
check 'the other end reports the connection' b_says "^serialtun: $port_b is there\$"
check 'a ping crosses' wait_for 5 pings

# All bytes arrive, in both directions at once.
carry_both
sleep 1
check 'the statistics show the line' python3 -c 'import json, sys
report = json.load(open(sys.argv[1]))
assert report["port"][8:] in sys.argv[2:], report
assert report["carrier"], report
assert report["to_line"]["bytes"] > 20e6, report' "$dir/a.json" "$pid_b" "$(broker_of "$pid_b")"

check 'it closes a second connection at once' \
	timeout 5 socat -u "UNIX-CONNECT:$socket" -
check 'the first connection still works' pings

# The peer ends, and starts again.
stop_b KILL
check 'it reports that the peer is gone' wait_for 5 a_says \
	"^serialtun: lost process [0-9]+: the peer (closed|reset) the connection; waiting for a connection to $port_a\$"
check 'the carrier is off' wait_for 5 no_carrier
check_match 'the address stays' '10\.1\.0\.1/24' \
	"$(in_a ip -o address show dev tun0)"
start_b --addr 10.1.0.2/24
check 'it reports the next connection' wait_for 5 a_says \
	"^serialtun: $port_a is back, from process ($pid_b|$(broker_of "$pid_b"))\$"
check_not 'the carrier is on' no_carrier
check 'a ping crosses again' wait_for 5 pings
kill -USR2 "$pid_b"
check 'SIGUSR2 closes and reopens' wait_for 5 b_says \
	'^serialtun: closing and reopening '
check 'a ping crosses again' wait_for 5 pings

# The socket of a listener that has ended: the broker removes it.
stop_a KILL
check 'the socket of a killed listener is removed' \
	wait_for 5 not test -e "$socket"
start_a --addr 10.1.0.1/24
kill -KILL "$(broker_of "$pid_a")"
stop_a KILL
check 'the connecting end reports the loss' wait_for 5 b_says \
	"^serialtun: lost $port_b: the peer (closed|reset) the connection; waiting for $port_b\$"
check 'a listener leaves its socket if all of it is killed' test -S "$socket"
start_a --addr 10.1.0.1/24
check 'the next listener replaces the socket' wait_for 5 b_says \
	"^serialtun: $port_b is back\$"
check 'a ping crosses again' wait_for 5 pings
stop_b
start_b --addr 10.1.0.2/24 --once
check 'and again' wait_for 5 pings
stop_a
check_equal 'SIGTERM ends it with status 0' 0 "$ended"
check_not 'the socket is gone' test -e "$socket"
wait_end "$pid_b"
check_equal '--once ends with status 1' 1 "$ended"
check 'and says why' b_says \
	"^serialtun: lost $port_b: the peer closed the connection \\(find out why, and start again; without --once serialtun waits for it\\)\$"

# As nobody: a warning at the start if it could not open the line again.
start_a --addr 10.1.0.1/24
start_b --addr 10.1.0.2/24 --user nobody
check 'it warns that nobody may not open the socket again' b_says \
	"^serialtun: cannot open $socket again if it is lost: Permission denied "
check 'a ping still crosses' wait_for 5 pings
stop_b

stop_a
port_a=unix-listen:$dir/root
start_a --addr 10.1.0.1/24 --user nobody
stop_a
check 'it reports a socket that nobody may not remove' a_says \
	"^serialtun: cannot remove $dir/root: Permission denied \\(the next program that listens there may remove it\\)\$"
port_a=unix-listen:$socket
start_a --addr 10.1.0.1/24

# Strangers, at full speed
head -c 30000000 /dev/urandom |
	timeout 10 socat -u - "UNIX-CONNECT:$socket"
check 'it survives hostile bytes' wait_for 5 a_says 'lost process [0-9]+: '
kill -USR1 "$pid_a"
check 'and counts them' wait_for 5 a_says \
	'from the line: .*\(30000000 on the line\).* dropped'
stop_a
check 'and reports them at the end' a_says \
	'^serialtun: (the line damaged [1-9][0-9]* of [0-9]+ frames|[1-9][0-9]* frames arrived, but no packet), the port was lost [1-9]'

# A peer that sends a descriptor whose last close takes a minute, while nobody
# else can reach the file. The kernel refuses it, if it can (Linux 6.16).
cat >"$dir/linger.py" <<'END'
import socket, struct, sys, time
server = socket.create_server(("127.0.0.1", 0))
slow = socket.create_connection(server.getsockname())
kept = server.accept()[0]
slow.setblocking(False)
try:
    while True:
        slow.send(bytes(65536))
except BlockingIOError:
    pass
slow.setblocking(True)
linger = struct.pack("ii", 1, 60)
slow.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
line = socket.socket(socket.AF_UNIX)
try:
    can_refuse = line.getsockopt(socket.SOL_SOCKET, 83) == 1
except OSError:
    can_refuse = False
line.connect(sys.argv[1])
try:
    socket.send_fds(line, [b"\xc0"], [slow.fileno()])
    slow.close()
    print("sent", can_refuse, flush=True)
except PermissionError:
    print("refused", can_refuse, flush=True)
time.sleep(60)
END
start_a --addr 10.1.0.1/24 --stats 1
kill -STOP "$pid_a"
timeout 30 python3 "$dir/linger.py" "$socket" >"$dir/linger.out" 2>&1 &
linger=$!
wait_for 10 grep -q . "$dir/linger.out"
kill -CONT "$pid_a"
if grep -q False "$dir/linger.out"; then
	skip 'a descriptor that lingers is refused' \
		'this kernel has no SO_PASSRIGHTS'
else
	check_equal 'a descriptor that lingers is refused' 'refused True' \
		"$(<"$dir/linger.out")"
fi
# No signal meanwhile: it would end the close.
goes_on() {
	[ "$(grep -c 'to line ' "$dir/a.log")" -ge 4 ]
}
if grep -q True "$dir/linger.out"; then
	check 'and the link goes on' wait_for 10 goes_on
fi
kill "$linger"
stop_a
check_equal 'and ends' 0 "$ended"

# A slow reader, such as an emulated UART
cat >"$dir/slow.py" <<'END'
import os, select, socket, sys, time
near, far = sys.argv[1:]
listener = socket.socket(socket.AF_UNIX)
listener.bind(near)
listener.listen()
near = listener.accept()[0]
to = socket.socket(socket.AF_UNIX)
to.connect(far)
while True:
    for sock in select.select([near, to], [], [])[0]:
        chunk = sock.recv(1000)
        if not chunk:
            raise SystemExit
        (to if sock is near else near).sendall(chunk)
        if sock is near:
            time.sleep(0.005)
END
start_a --addr 10.1.0.1/24
timeout 20 python3 "$dir/slow.py" "$dir/near" "$socket" >"$dir/slow.out" 2>&1 &
slow=$!
wait_for 5 test -S "$dir/near"
port_b=unix:$dir/near
start_b --addr 10.1.0.2/24
check 'a ping crosses' wait_for 5 pings
in_a timeout 10 socat -u TCP-LISTEN:6000,reuseaddr OPEN:/dev/null,wronly &
sink=$!
sleep 0.3
in_b timeout 4 socat -u OPEN:/dev/zero TCP:10.1.0.1:6000 &
sleep 1
before=$(awk '{ print $14 + $15 }' "/proc/$pid_b/stat")
rtt=$(in_b ping -q -c 8 -i 0.2 -W 2 10.1.0.1 | sed -n 's|^rtt.* = [^/]*/\([0-9]*\).*|\1|p')
after=$(awk '{ print $14 + $15 }' "/proc/$pid_b/stat")
check "beside a transfer to a slow reader a ping takes ${rtt:=9999} ms" \
	[ "$rtt" -le 400 ]
check "meanwhile it uses next to no processor time ($((after - before)) ticks)" \
	[ "$((after - before))" -le 20 ]
kill "$slow" "$sink"
stop_b
stop_a

# refusal DESCRIPTION REGEX ARGUMENT...
refusal() {
	local description=$1 regex=$2
	shift 2
	refused --addr 10.1.0.1/24 "$@"
	check_match "$description" "^serialtun: $regex\$" "$said"
	check_equal "$description: status 1, one line, no interface" '1 1 ' \
		"$ended $(wc -l <<<"$said") $(in_a ip -br link show dev tun0 2>/dev/null)"
}

socat -u "UNIX-LISTEN:$socket,fork" OPEN:/dev/null,wronly &
other=$!
wait_for 5 test -S "$socket"
refusal 'somebody listens there' \
	"cannot listen on unix-listen:$socket: Address already in use \\(another program listens there: choose another path\\)" \
	--port "unix-listen:$socket"
kill "$other"
: >"$dir/file"
refusal 'a file that is no socket' \
	"cannot listen on unix-listen:$dir/file: File exists \\(it is not a socket: remove it, or choose another path\\)" \
	--port "unix-listen:$dir/file"
check 'the file is unchanged' test -f "$dir/file"
refusal 'no such directory' \
	"cannot listen on unix-listen:$dir/none/x: No such file or directory \\(create its directory first\\)" \
	--port "unix-listen:$dir/none/x"
refusal 'no socket to connect to' \
	"cannot connect to unix:$dir/file: Socket operation on non-socket \\(give a socket that accepts stream connections\\)" \
	--port "unix:$dir/file"
refusal 'an interface that cannot be' \
	'cannot .* lo: .*' --port "unix-listen:$dir/unused" --interface lo
check_not 'no socket stays' test -e "$dir/unused"

# malformed NAME WHY
malformed() {
	refused --port "$1"
	check_match "--port $1" "--port: \"$1\" $2\$" "$said"
	check_equal "--port $1: status 64" 64 "$ended"
}

malformed unix: 'has no path: it should look like unix:PATH'
malformed unix-listen: 'has no path: it should look like unix-listen:PATH'
malformed "unix:/$(printf '%0120d' 0)" \
	'has a path of 121 bytes, but the path of a socket has at most 107: a relative path may be shorter'
finish
