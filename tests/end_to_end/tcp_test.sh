#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Lines over TCP: one end listens, the other connects. Either end may start
# first, restart, vanish, or be a stranger; the link outlives that, as it does
# with a device.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# lay_ethernet NAME PART: join the hosts by a network; 10.0.PART.1 is on A, and
# 10.0.PART.2 on B
lay_ethernet() {
	local name=$1 part=$2
	in_a ip link add "$name" type veth peer name "$name" netns "$host_b"
	in_a ip address add "10.0.$part.1/24" dev "$name"
	in_b ip address add "10.0.$part.2/24" dev "$name"
	in_a ip address add "fd00:$part::1/64" dev "$name" nodad
	in_b ip address add "fd00:$part::2/64" dev "$name" nodad
	in_a ip link set "$name" up
	in_b ip link set "$name" up
}

pings() {
	in_a ping -c 1 -W 1 10.1.0.2
}

# From now on this network swallows all packets, because no host has the
# Ethernet address of the other end.
swallow() {
	in_a ip neighbour replace 10.0.8.2 lladdr 02:00:00:00:00:77 dev veth1 \
		nud permanent
	in_b ip neighbour replace 10.0.8.1 lladdr 02:00:00:00:00:77 dev veth1 \
		nud permanent
}

says_in() {
	grep -qE -- "$2" "$1"
}

lay_ethernet veth0 9
lay_ethernet veth1 8

# In the background, because it takes long: two ends that vanish from each
# other, one with packets to send and one without; and an end that connects to a
# host that does not answer.
in_a "$serialtun" -i gone0 --addr 10.2.0.1/24 --port tcp-listen:10.0.8.1:5000 \
	2>"$dir/gone_a.log" &
wait_for 5 is_up "$dir/gone_a.log"
in_b "$serialtun" -i gone0 --addr 10.2.0.2/24 --port tcp:10.0.8.1:5000 \
	2>"$dir/gone_b.log" &
wait_for 5 is_up "$dir/gone_b.log"
in_a ping -q -c 1 -W 5 10.2.0.2 >/dev/null
swallow
vanished=$SECONDS
in_a ping -q -i 0.5 10.2.0.2 >"$dir/gone.out" 2>&1 &
nsenter --target "$host_a" --net -- "$serialtun" -i gone1 \
	--addr 10.3.0.1/24 --port tcp:10.0.8.2:5001 2>"$dir/nobody.log" &
nobody=$!

# Without a peer
port_a=tcp-listen:10.0.9.1:5000
port_b=tcp:10.0.9.1:5000
said=$(in_b timeout 10 "$serialtun" --addr 10.1.0.2/24 --port "$port_b" 2>&1)
check_equal 'no listener: status 1' 1 $?
check_equal 'no listener: the message' \
	"serialtun: cannot connect to $port_b: Connection refused (is the peer running? --wait waits for it)" \
	"$said"
check_equal 'no interface stays' '' "$(in_b ip -br link show dev tun0 2>&1 |
	grep -v 'does not exist')"

# Signals while it connects.
kill -USR1 "$nobody"

start_b --addr 10.1.0.2/24 --wait
check 'with --wait it starts' \
	b_says "^serialtun: tun0 is up: 10.1.0.2/24, mtu 1500, waiting for $port_b\$"
check 'it names the awaited line' wait_for 5 \
	b_says '^serialtun: still waiting: cannot connect to .*: Connection refused \(is the peer running\?\)$'
start_a --addr 10.1.0.1/24 --route 198.51.100.0/24 \
	--stats-json "$dir/a.json"
check 'the listener says that it waits' \
	a_says "^serialtun: tun0 is up: 10.1.0.1/24, mtu 1500, waiting for a connection to $port_a\$"
check 'and prints the command for the other end' \
	a_says "^serialtun: at the other end: sudo serialtun --addr 10.1.0.2/24 --port $port_b\$"
check 'so does the other end' \
	b_says "^serialtun: at the other end: sudo serialtun --addr 10.1.0.1/24 --port $port_a\$"
check 'the listener names the connection' \
	wait_for 5 a_says "^serialtun: $port_a is there, from 10.0.9.2:[0-9]+\$"
check 'the other end reports the connection' b_says "^serialtun: $port_b is there\$"
check 'a ping crosses' wait_for 5 pings

check 'a signal while it connects ends it at once' test \
	"$(awk '{ print $14 + $15 }' "/proc/$nobody/stat")" -lt 30

# All bytes arrive, in both directions at once.
carry_both
sleep 1
check 'the statistics show the line' python3 -c 'import json, sys
report = json.load(open(sys.argv[1]))
assert report["port"].startswith("10.0.9.2:"), report
assert report["carrier"], report
assert report["to_line"]["bytes"] > 20e6, report
assert report["from_line"]["bytes"] > 20e6, report' "$dir/a.json"

# One peer at a time
check 'it closes a second connection at once' \
	in_b timeout 5 socat -u TCP:10.0.9.1:5000 -
cat >"$dir/flood.py" <<'END'
import socket, time
end = time.monotonic() + 2
while time.monotonic() < end:
    socket.create_connection(('10.0.9.1', 5000)).close()
END
in_b timeout 10 python3 "$dir/flood.py" 2>/dev/null &
flood=$!
check_match 'packets cross while it closes many connections' ' 0% packet loss' \
	"$(in_a ping -q -c 30 -i 0.05 -W 1 10.1.0.2)"
wait "$flood"

# Idle
ticks() {
	awk '{ print $14 + $15 }' "/proc/$pid_a/stat"
}
before=$(ticks)
sleep 1.5
after=$(ticks)
check "an idle link costs next to nothing ($((after - before)) ticks)" \
	[ "$((after - before))" -le 3 ]
check_not 'an idle link has its carrier' no_carrier

# The peer ends, and starts again.
stop_b KILL
check 'it reports that the peer is gone' wait_for 5 a_says \
	"^serialtun: lost 10.0.9.2:[0-9]+: the peer (closed|reset) the connection; waiting for a connection to $port_a\$"
check 'the carrier is off' wait_for 5 no_carrier
check_match 'the address stays' '10\.1\.0\.1/24' \
	"$(in_a ip -o address show dev tun0)"
check_match 'the route stays' '198\.51\.100\.0/24 dev tun0' "$(in_a ip route)"
start_b --addr 10.1.0.2/24
check 'it reports the next connection' wait_for 5 a_says \
	"^serialtun: $port_a is back, from 10.0.9.2:[0-9]+\$"
check_not 'the carrier is on' no_carrier
check 'a ping crosses again' wait_for 5 pings

kill -USR2 "$pid_a"
check 'SIGUSR2: the listener closes and reopens the line' wait_for 5 \
	a_says '^serialtun: closing and reopening '
check 'a ping crosses again' wait_for 5 pings
lost=$(grep -c ': lost ' "$dir/b.log")
kill -USR2 "$pid_b"
check 'SIGUSR2: the connecting end, too' wait_for 5 b_says \
	'^serialtun: closing and reopening '
check 'a ping crosses again' wait_for 5 pings
check_equal 'it does not refuse a peer that reconnects at once' "$lost" \
	"$(grep -c ': lost ' "$dir/b.log")"

stop_a
check_equal 'SIGTERM ends it with status 0' 0 "$ended"
check 'the connecting end reports the loss' wait_for 5 b_says \
	"^serialtun: lost $port_b: the peer (closed|reset) the connection; waiting for $port_b\$"
start_a --addr 10.1.0.1/24
check 'and connects to the next listener' wait_for 5 b_says \
	"^serialtun: $port_b is back\$"
check 'a ping crosses again' wait_for 5 pings
stop_b
start_b --addr 10.1.0.2/24 --once --user nobody
check 'as nobody: a ping crosses' wait_for 5 pings
stop_a
wait_end "$pid_b"
check_equal '--once ends with status 1' 1 "$ended"
check 'and says why' b_says \
	"^serialtun: lost $port_b: the peer closed the connection \\(find out why, and start again; without --once serialtun waits for it\\)\$"

# Strangers, at full speed. They read nothing: with a hello unread, the end of
# their connection would be a reset, and the last bytes would be lost.
start_a --addr 10.1.0.1/24 --pair=no
head -c 30000000 /dev/urandom |
	in_b timeout 60 socat -u - TCP:10.0.9.1:5000
check 'it survives hostile bytes' wait_for 20 a_says \
	'lost 10.0.9.2:[0-9]+: '
kill -USR1 "$pid_a"
check 'and counts them' wait_for 5 a_says \
	'from the line: .*\(30000000 on the line\).* dropped'
stop_a

# A wire behind the connection; and a name with two addresses. No program
# listens on the first of them (RFC 6724, section 2.1).
printf '%s\tboard\n' 10.0.9.1 fd00:9::1 >"$dir/hosts"
mount --bind "$dir/hosts" /etc/hosts
port_a='tcp-listen:[fd00:9::1]:5000'
port_b=tcp:board:5000
start_a --addr 10.1.0.1/24
start_b --addr 10.1.0.2/24 --baud 115200
check 'the first message has the speed' b_says ", on $port_b at 115200 baud\$"
head -c 25000 "$dir/one" >"$dir/short"
start=$(date +%s%3N)
carry in_b in_a 10.1.0.1 6000 "$dir/short"
ms=$(($(date +%s%3N) - start))
check "--baud paces: 25 kB take $ms ms" [ "$ms" -ge 2000 ]
check 'the file arrives' cmp "$dir/short" "$dir/short.received"
stop_a
stop_b

# A slow reader in between
port_b=tcp:10.0.9.2:5001
cat >"$dir/slow.py" <<'END'
import select, socket, time
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
listener.bind(('10.0.9.2', 5001))
listener.listen()
print('ready', flush=True)
near = listener.accept()[0]
far = socket.create_connection(('fd00:9::1', 5000))
while True:
    for sock in select.select([near, far], [], [])[0]:
        chunk = sock.recv(1000)
        if not chunk:
            raise SystemExit
        (far if sock is near else near).sendall(chunk)
        if sock is near:
            time.sleep(0.005)
END
start_a --addr 10.1.0.1/24
in_b timeout 20 python3 "$dir/slow.py" >"$dir/slow.out" 2>&1 &
slow=$!
wait_for 5 grep -q ready "$dir/slow.out"
start_b --addr 10.1.0.2/24
check 'an address of IPv6' wait_for 5 a_says \
	"^serialtun: tcp-listen:\\[fd00:9::1\\]:5000 is there, from \\[fd00:9::2\\]:[0-9]+\$"
check 'a ping crosses' wait_for 5 pings
in_a timeout 10 socat -u TCP-LISTEN:6000,reuseaddr OPEN:/dev/null,wronly &
sink=$!
sleep 0.3
in_b timeout 4 socat -u OPEN:/dev/zero TCP:10.1.0.1:6000 &
sleep 1
rtt=$(in_b ping -q -c 8 -i 0.2 -W 2 10.1.0.1 | sed -n 's|^rtt.* = [^/]*/\([0-9]*\).*|\1|p')
check "beside a transfer to a slow reader a ping takes ${rtt:=9999} ms" \
	[ "$rtt" -le 400 ]
kill "$slow" "$sink"
stop_b
stop_a

# A program that connects and disconnects in a loop, as a monitor does
start_a --addr 10.1.0.1/24 --port tcp-listen:5003
in_a python3 -c 'import socket, time
end = time.monotonic() + 2
while time.monotonic() < end:
    try:
        socket.create_connection(("127.0.0.1", 5003), 1).close()
    except OSError:
        pass
    time.sleep(0.02)'
check 'such a program does not fill the log' \
	test "$(grep -c ' lost ' "$dir/a.log")" -le 8
knocks=(nsenter --target "$host_a" --net --)
"${knocks[@]}" timeout 5 socat -u TCP:127.0.0.1:5003 OPEN:/dev/null &
other=$!
check 'and does not keep the peer away' \
	wait_for 3 in_a sh -c 'ip -br link show dev tun0 | grep -q ,LOWER_UP'
kill "$other"
check 'it goes, and the carrier with it' wait_for 5 no_carrier
if setpriv --reuid=12345 --clear-groups true 2>/dev/null; then
	"${knocks[@]}" setpriv --reuid=12345 --clear-groups \
		timeout 5 socat -u TCP:127.0.0.1:5003 OPEN:/dev/null &
	other=$!
	check 'any user of this host can be the peer' wait_for 5 not no_carrier
	kill "$other"
else
	skip 'any user of this host can be the peer' 'there is no other here'
fi
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

in_a socat -u TCP-LISTEN:5002,fork,reuseaddr OPEN:/dev/null,wronly &
other=$!
sleep 0.3
refusal 'a port in use' \
	'cannot listen on tcp-listen:5002: Address already in use \(another program listens there, "ss -ltnp" shows which: choose another port\)' \
	--port tcp-listen:5002
kill "$other"
refusal 'an address of somebody else' \
	'cannot listen on tcp-listen:10.0.9.2:5000: Cannot assign requested address \(this host has no such address, "ip address" shows its addresses\)' \
	--port tcp-listen:10.0.9.2:5000
refusal 'no way there' \
	'cannot connect to tcp:203.0.113.1:5000: Network is unreachable \(does this host have a route there\? --wait waits for it\)' \
	--port tcp:203.0.113.1:5000
refusal 'an unknown host' \
	'cannot connect to tcp:no-such-host.invalid:5000: no-such-host.invalid: .* \(is the name right\? is a name server reachable\? --wait waits for it\)' \
	--port tcp:no-such-host.invalid:5000

# malformed NAME WHY
malformed() {
	refused --port "$1"
	check_match "--port $1" "--port: \"$1\" $2\$" "$said"
	check_equal "--port $1: status 64" 64 "$ended"
}

malformed tcp: 'has no host and no port: it should look like tcp:HOST:PORT'
malformed tcp:host 'has no port: it should look like tcp:HOST:PORT'
malformed tcp:host:ssh \
	'has a port that is not a number from 1 to 65535: it should look like tcp:HOST:PORT'
malformed tcp:fd00::1:5000 \
	'has an IPv6 address without brackets: it should look like tcp:HOST:PORT'
malformed tcp-listen:0 \
	'has a port that is not a number from 1 to 65535: it should look like tcp-listen:.ADDR:.PORT'
malformed tcpp:host:5000 \
	'is not a kind of line: there are tcp:, .* and devices, by name or path'
refused --port tcp:host:5000 --parity even
check_match 'an option that only a serial port has' \
	'--parity needs a serial port, which tcp:host:5000 is not$' "$said"

# A name server that never answers: the C library alone would ask it for 10 s
# and more, and listen to nobody.
echo 'nameserver 127.0.0.53' >"$dir/resolv.conf"
mount --bind "$dir/resolv.conf" /etc/resolv.conf
nsenter --target "$host_a" --net -- \
	socat -u UDP-RECV:53,bind=127.0.0.53 "OPEN:$dir/questions,creat" &
silent=$!
is_open() {
	in_a ss -lun | grep -qF 127.0.0.53:53
}
wait_for 5 is_open
is_asked() {
	grep -qa silent-host "$dir/questions"
}
# ends_while_it_asks DESCRIPTION ARGUMENT...
ends_while_it_asks() {
	local description=$1 start
	shift
	: >"$dir/questions"
	nsenter --target "$host_a" --net -- "$serialtun" \
		--addr 10.1.0.1/24 --port tcp:silent-host.example:5000 "$@" \
		2>"$dir/silent.log" &
	asking=$!
	check "$description: it asks" wait_for 5 is_asked
	child=$(pgrep -P "$asking")
	start=$(date +%s%3N)
	kill "$asking"
	wait_end "$asking"
	check "$description: SIGTERM ends it at once" \
		[ "$(($(date +%s%3N) - start))" -lt 2000 ]
	check_equal "$description: with status 0" 0 "$ended"
	check "$description: and the child that asks" \
		wait_for 2 not alive "${child:-1}"
}
ends_while_it_asks 'a silent name server at the start'
ends_while_it_asks 'a silent name server while the link waits' --wait
ends_while_it_asks 'a silent name server after a change of user' \
	--wait --user nobody
kill "$silent"
umount /etc/resolv.conf

# The ends that have vanished meanwhile
dead='the peer has acknowledged nothing for 15 s'
check 'an end with packets to send notices that the peer has vanished' \
	wait_for $((vanished + 22 - SECONDS)) \
	says_in "$dir/gone_a.log" "lost 10.0.8.2:[0-9]+: $dead; waiting for "
check 'so does an idle end' wait_for $((vanished + 22 - SECONDS)) \
	says_in "$dir/gone_b.log" "lost tcp:10.0.8.1:5000: $dead; waiting for "
wait_end "$nobody" 1
check_equal 'without an answer the connecting end gives up' 1 "$ended"
check 'and says so' says_in "$dir/nobody.log" \
	'cannot connect to tcp:10.0.8.2:5001: (Connection timed out \(is the address right\? .*|No route to host \(.*) --wait waits for it\)$'
finish
