#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Datagrams as the line, as with tun2udp: one packet each, from any port of the
# peer's host. No error of a datagram loses the line.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# A network for datagrams, and another address of A, a stranger to B.
ip link add udp_a netns "$host_a" type veth peer name udp_b netns "$host_b" ||
	skip_all 'no veth here'
in_a ip addr add 192.0.2.1/24 dev udp_a
in_a ip addr add 192.0.2.3/24 dev udp_a
in_b ip addr add 192.0.2.2/24 dev udp_b
in_a ip addr add 2001:db8::1/64 dev udp_a nodad
in_b ip addr add 2001:db8::2/64 dev udp_b nodad
in_a ip link set udp_a up
in_b ip link set udp_b up

# says HOST REGEX: wait until the counters of a or b match
says() {
	local pid=pid_$1
	kill -USR1 "${!pid}"
	wait_for 3 "${1}_says" "$2"
}

# Without a peer each datagram is refused, and counted.
start_a --addr 10.0.0.1/24 --port udp:192.0.2.2:4000,4001
check_match 'the link is up at once' \
	'^serialtun: tun0 is up: 10.0.0.1/24, mtu 1500, on udp:192.0.2.2:4000,4001$' \
	"$(<"$dir/a.log")"
check_match 'it prints the command for the other end' \
	'--addr 10.0.0.2/24 --port udp:HOST:4001,4000 \(replace HOST by this host.s address\)$' "$(<"$dir/a.log")"
check_match 'the carrier is on' 'LOWER_UP' "$(in_a ip link show tun0)"
check_not 'no peer: no answer' in_a ping -c 6 -i 0.2 -W 1 10.0.0.2
check 'refused datagrams are counted' says a 'to the line: .*, [1-6] refused by the peer.s host'
check 'one warning explains the refusals' \
	wait_for 5 a_says ': the other host refuses the packets \(no program listens'
cpu() {
	local fields
	read -ra fields <"/proc/$pid_a/stat"
	echo $((fields[13] + fields[14]))
}
before=$(cpu)
sleep 1
check 'refusals do not keep it busy' test "$(($(cpu) - before))" -le 10
check 'the line is not lost' alive "$pid_a"
check_not 'and no message says so' a_says 'lost'

# The peer starts, ends, and starts again.
start_b --addr 10.0.0.2/24 --port udp:192.0.2.1:4001,4000
check 'a ping crosses' in_a ping -c 2 -i 0.2 -W 2 10.0.0.2
stop_b
in_a ping -c 2 -i 0.2 -W 1 10.0.0.2 >/dev/null
start_b --addr 10.0.0.2/24 --port udp:192.0.2.1:4001,4000
check 'a ping crosses after a restart of the peer' \
	in_a ping -c 2 -i 0.2 -W 2 10.0.0.2
check 'datagrams in fragments cross' \
	in_a ping -c 2 -i 0.2 -W 2 -s 1472 10.0.0.2

# Datagrams without a packet from the peer, and from another host.
send_to_a() {
	in_b timeout 5 python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 0))
for text in sys.argv[2:]:
    s.sendto(text.encode(), ("192.0.2.1", 4001))' "$@"
}
send_to_a 192.0.2.2 spam '' E "$(printf '%01000d' 0)"
check 'it counts datagrams without a packet, and empty ones' \
	says a 'from the line: .* 4 dropped, 1 empty, 2 not IP, 1 bad header$'
in_b ip addr add 192.0.2.9/24 dev udp_b
send_to_a 192.0.2.9 spam
check 'it counts datagrams from another host' \
	says a 'from the line: .*, 1 from another host'
check 'the link still works' in_a ping -c 1 -W 2 10.0.0.2

# More packets than the line takes, unlimited and paced.
if command -v iperf3 >/dev/null; then
	in_b iperf3 -s -1 >/dev/null 2>&1 &
	sleep 0.5
	check 'TCP crosses' in_a timeout 10 iperf3 -c 10.0.0.2 -t 1
else
	skip 'TCP crosses' 'no iperf3'
fi
stop_a
check_equal 'status 0' 0 "$ended"
stop_b

# A peer as simple as tun2udp: it sends from an ephemeral port and listens on
# another one.
start_a --addr 10.0.0.1/24 --port udp:192.0.2.2:4000,4001
cat >"$dir/peer.py" <<'END'
import socket
hear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
hear.bind(("192.0.2.2", 4000))
hear.settimeout(10)
tell = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("ready", flush=True)
while True:
    packet = bytearray(hear.recv(65536))
    if packet[9] != 1 or packet[20] != 8:
        continue
    packet[12:16], packet[16:20] = packet[16:20], packet[12:16]
    packet[20] = 0
    sum = int.from_bytes(packet[22:24], "big") + 0x0800
    packet[22:24] = ((sum & 0xFFFF) + (sum >> 16)).to_bytes(2, "big")
    tell.sendto(packet, ("192.0.2.1", 4001))
END
nsenter --target "$host_b" --net -- python3 "$dir/peer.py" >"$dir/peer.out" &
peer=$!
wait_for 5 grep -q ready "$dir/peer.out"
check 'a peer that sends from one port and hears on another' \
	in_a ping -c 2 -i 0.2 -W 2 10.0.0.2
kill "$peer"
wait "$peer" 2>/dev/null
stop_a

# IPv6, and a paced line.
start_a --addr 10.0.0.1/24 --port 'udp:[2001:db8::2]:4000,4001' --baud 115200
start_b --addr 10.0.0.2/24 --port 'udp:[2001:db8::1]:4001,4000' --baud 115200
check_match 'the first message has the speed' ' on udp:\[2001:db8::2\]:4000,4001 at 115200 baud$' \
	"$(<"$dir/a.log")"
check 'over IPv6' in_a ping -c 2 -i 0.2 -W 2 10.0.0.2
check_pace
stop_a
stop_b

# Without a route it drops and counts, and the line is not lost.
start_a --addr 10.0.0.1/24 --port udp:198.51.100.1:4000
check_match 'the first message has the local port that the kernel chose' \
	' on udp:198.51.100.1:4000, as udp:198.51.100.1:4000,[0-9]+$' \
	"$(<"$dir/a.log")"
in_a ping -c 3 -i 0.2 -W 1 10.0.0.2 >/dev/null
check 'it counts datagrams that cannot be sent' \
	says a 'to the line: 0 packets, .* 3 refused by the kernel'
stop_a

# Large packets in fragments, and a packet that IP cannot carry.
start_a --addr 10.0.0.1/24 --mtu 65535 --port udp:192.0.2.2:4000,4001
start_b --addr 10.0.0.2/24 --mtu 65535 --port udp:192.0.2.1:4001,4000
check 'a packet of 64000 bytes crosses in fragments' \
	in_a ping -c 2 -i 0.2 -W 2 -s 63972 10.0.0.2
in_a ping -c 2 -i 0.2 -W 1 -s 65507 10.0.0.2 >/dev/null
check 'it counts a packet that is too long for a datagram' \
	says a 'to the line: .* 2 refused by the kernel'

# The local port is in use.
refused --addr 10.1.0.1/24 --port udp:192.0.2.2:4000,4001
check_match 'a local port in use' \
	'^serialtun: cannot open udp:192.0.2.2:4000,4001: Address already in use \(another program uses that local port, "ss -lunp" shows which: choose another one\)$' \
	"$said"
check_equal 'status 1, one line' '1 1' "$ended $(wc -l <<<"$said")"
stop_a
stop_b

refused --addr 10.0.0.1/24 --port udp:board.invalid:4000
check_match 'an unknown name' \
	'^serialtun: cannot send to udp:board.invalid:4000: board.invalid: .* \(is the name right\? .*--wait waits for it\)$' \
	"$said"
check_equal 'status 1' 1 "$ended"
refused --addr 10.0.0.1/24 --port udp:192.0.2.2
check_match 'no port' 'udp:HOST:PORT\[,LOCALPORT\]' "$said"
check_equal 'status 64' 64 "$ended"
refused --addr 10.0.0.1/24 --port udp:192.0.2.2:4000 --framing length
check_equal 'length on datagrams: status 64' 64 "$ended"
finish
