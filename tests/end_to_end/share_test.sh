#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --share: the other end of the link reaches the internet through this host, by
# ping, TCP, UDP and names, also with a small MTU on the link; it reaches
# nothing else, and nobody else reaches anything through this host.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"
# shellcheck source=internet.sh
source "$root/tests/end_to_end/internet.sh"

join_internet
start_name_server
start_cable --baud 0
head -c 200000 /dev/urandom >"$dir/file"
in_server socat "TCP-LISTEN:80,bind=$server,fork,reuseaddr" "OPEN:$dir/file" &
disown $!
in_server socat "UDP-LISTEN:7,bind=$server,fork" EXEC:cat &
disown $!

fetches() {
	timeout 20 nsenter --target "$host_a" --net -- socat -u \
		"TCP:$server:80" "OPEN:$dir/fetched,creat,trunc" &&
		cmp "$dir/file" "$dir/fetched"
}

# echoes BYTES: a datagram of this length comes back from the server
echoes() {
	in_a python3 -c 'import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.settimeout(0.5)
udp.connect((sys.argv[1], 7))
for attempt in range(6):
    udp.send(bytes(int(sys.argv[2])))
    try:
        sys.exit(len(udp.recv(2000)) != int(sys.argv[2]))
    except TimeoutError:
        pass
sys.exit(1)' "$server" "$1"
}

# A host that forwards everything, for comparison: all of these paths exist.
start_a --addr 10.0.0.2/24 --route default
start_b --addr 10.0.0.1/24
for switch in tun0 eth0 eth1; do
	in_b sysctl -q "net.ipv4.conf.$switch.forwarding=1"
done
check 'a router: the board reaches the server' wait_for 5 reaches "$server"
check 'a router: the board reaches another host of the LAN' \
	reaches 192.168.1.77
check 'a router: the board reaches the other interface' reaches 10.77.0.2
check 'a router: the board reaches a link-local address' \
	reaches 169.254.169.254
check 'a router: the LAN reaches the board' \
	in_net ping -q -c 1 -W 2 10.0.0.2
check 'a router: the LAN reaches the other interface' \
	in_net ping -q -c 1 -W 2 10.77.0.2
for switch in eth0 eth1; do
	in_b sysctl -q "net.ipv4.conf.$switch.forwarding=0"
done
stop_a
stop_b

# In one option.
start_a
start_b --share
check 'the board says that it has the internet' wait_for 10 \
	a_says '^serialtun: tun0: the internet is reached through desk$'
check 'the desk says what it shares' \
	b_says '^serialtun: tun0: shares the internet of eth0$'
check 'the board is told the command for the name server' wait_for 5 a_says \
	"^serialtun: tun0: for the name servers of desk: printf 'nameserver 203\\.0\\.113\\.53\\\\n' \\| sudo tee /etc/resolv\\.conf \\(or start with --use-dns\\)\$"
check_match 'the board has a default route, after any other' \
	'^default dev tun0 .* metric 30000' "$(in_a ip -4 route show default)"
check 'a ping' reaches "$server" 5
check 'TCP: a file arrives' fetches
check 'UDP: a datagram comes back' echoes 100
check_match 'the gateway reports that the time to live is over' \
	'^From 192\.168\.1\.1 .*Time to live exceeded' \
	"$(in_a ping -c 1 -W 5 -t 2 "$server")"
check 'the server reports that no program uses a port' in_a python3 -c '
import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.settimeout(5)
udp.connect((sys.argv[1], 9))
udp.send(b"x")
try:
    udp.recv(1)
except ConnectionRefusedError:
    sys.exit(0)
sys.exit(1)' "$server"
check '200 connections at a time' in_a timeout 30 python3 -c '
import socket, sys
ends = [socket.create_connection((sys.argv[1], 80), 20) for _ in range(200)]
for end in ends:
    if len(end.recv(1)) != 1:
        sys.exit(1)' "$server"

check 'the gateway itself is in reach' reaches 192.168.1.1
check_not 'another host of the LAN is not' reaches 192.168.1.77
check_not 'another interface is not' reaches 10.77.0.2
check_not 'link-local addresses are not' reaches 169.254.169.254
check_not 'the LAN does not reach the board' \
	in_net ping -q -c 1 -W 1 10.10.10.1
check_not 'nor the other interface' in_net ping -q -c 1 -W 1 10.77.0.2
# As Docker does, if it starts after serialtun.
in_b sysctl -q net.ipv4.conf.eth1.forwarding=1
in_b nft -f - <<'END'
table ip docker {
	chain in {
		type nat hook prerouting priority dstnat;
		iifname eth0 tcp dport 8080 dnat to 10.77.0.2:80
	}
}
END
in_side socat -u OPEN:/dev/null TCP-LISTEN:80,fork,reuseaddr &
disown $!
check 'a published port of a container is in reach of the LAN' wait_for 5 \
	in_net timeout 1 socat -u OPEN:/dev/null TCP:192.168.1.10:8080
in_b nft delete table ip docker
in_b sysctl -q net.ipv4.conf.eth1.forwarding=0
check_not 'the other interface is out of reach still' \
	in_net ping -q -c 1 -W 1 10.77.0.2

# A source that is not of the link.
in_server nft -f - <<'END'
table ip watch {
	counter pings { }
	chain in {
		type filter hook prerouting priority raw;
		icmp type echo-request counter name pings
	}
}
END
pings_seen() {
	in_server nft list counter ip watch pings | grep -oE 'packets [0-9]+'
}
in_a ip address add 172.20.0.1/32 dev lo
reaches "$server" >/dev/null
check_equal 'the server sees pings of the board' 'packets 1' "$(pings_seen)"
in_a ping -q -c 2 -i 0.2 -W 1 -I 172.20.0.1 "$server" >/dev/null
check_equal 'it sees none with a source that is not of the link' 'packets 1' \
	"$(pings_seen)"
stop_a
stop_b

# A small MTU on the link.
start_a --addr 10.0.0.2/24 --mtu 296
start_b --addr 10.0.0.1/24 --mtu 296 --share
check 'MTU 296: a ping' wait_for 10 reaches "$server"
check 'MTU 296: a long datagram comes back' echoes 1000
check_match 'the server has been told the MTU of the path' ' mtu (296|lock 552)' \
	"$(in_server ip route get 192.168.1.10 from "$server")"
in_server ip route flush cache
check 'MTU 296: TCP' fetches
stop_a
# The board does not know the MTU of the desk, and the server hears no reports.
in_server nft add rule ip watch in icmp type destination-unreachable drop
in_server ip route flush cache
start_a --addr 10.0.0.2/24 --mtu 1500
check 'MTU 1500 to 296: a ping' wait_for 10 reaches "$server"
check_not 'a long datagram from the server gets lost' echoes 1000
check 'TCP needs no reports: its MSS is limited' fetches
stop_a
stop_b
in_server nft delete table ip watch

# All of it.
start_a
start_b --share=all
check '--share=all: the server' wait_for 10 reaches "$server"
check '--share=all: another host of the LAN' reaches 192.168.1.77
check_not '--share=all: an interface whose packets are not forwarded' \
	reaches 10.77.0.2
in_b sysctl -q net.ipv4.conf.eth1.forwarding=1
check '--share=all: another interface' reaches 10.77.0.2
in_b sysctl -q net.ipv4.conf.eth1.forwarding=0
check_not '--share=all: the LAN does not reach the board' \
	in_net ping -q -c 1 -W 1 10.10.10.1
stop_a
stop_b

# A host that forwarded the packets of its LAN before, by its user's wish.
for switch in eth0 eth1; do
	in_b sysctl -q "net.ipv4.conf.$switch.forwarding=1"
done
start_a
start_b --share
check 'a router before: the server' wait_for 10 reaches "$server"
check 'a router before: the LAN reaches the other interface' \
	in_net ping -q -c 1 -W 2 10.77.0.2
check_not 'a router before: the LAN does not reach the board' \
	in_net ping -q -c 1 -W 1 10.10.10.1
check_not 'a router before: the board does not reach the LAN' \
	reaches 192.168.1.77
stop_a
stop_b
for switch in eth0 eth1; do
	in_b sysctl -q "net.ipv4.conf.$switch.forwarding=0"
done

# An uplink without a router, as of a modem: every host answers to ARP.
in_net sysctl -q net.ipv4.conf.lan0.proxy_arp=1
in_b ip route replace default dev eth0
in_b ip route add 198.51.100.0/24 dev eth0
in_net ip address add 198.51.100.1/32 dev lo
start_a
start_b --share
check 'no router: the server' wait_for 10 reaches "$server"
check_not 'no router: another host of the LAN' reaches 192.168.1.77
check_not 'no router: another network on the interface' reaches 198.51.100.1
check_not 'no router: link-local addresses' reaches 169.254.169.254
check_not 'no router: another interface' reaches 10.77.0.2
stop_a
stop_b
in_b ip route replace default via 192.168.1.1

# The link of an end that does not pair.
pair=no
start_a --addr 10.0.0.2/24 --route default
start_b --addr 10.0.0.1/24 --share
check 'without a pairing the desk prints the command for the route' \
	b_says '^serialtun: at the other end, for the internet: sudo ip route add default via 10\.0\.0\.1$'
check 'the command for another serialtun has the route' \
	b_says '^serialtun: at the other end: .* --addr 10\.0\.0\.2/24 --route default --port '
check 'and the one for the name server' b_says \
	"^serialtun: at the other end, for names: printf 'nameserver 203\\.0\\.113\\.53\\\\n' \\| sudo tee /etc/resolv\\.conf\$"
check 'a ping' wait_for 5 reaches "$server"
stop_a
pair=
stop_b
pair=no
start_a --addr 10.0.0.2/24 --route default
pair=
start_b --addr 10.0.0.1/24 --share
in_a ping -q -c 2 -W 1 10.0.0.1 >/dev/null
check 'the same if the other end is another program' wait_for 5 \
	b_says '^serialtun: at the other end, for the internet: '
check 'a ping' reaches "$server"
stop_a
stop_b

# Ethernet.
start_a --tap
start_b --tap --share
check 'Ethernet: a ping' wait_for 10 reaches "$server"
check_match 'Ethernet: the route has a router' \
	'^default via 10\.10\.10\.[12] dev tap0' "$(in_a ip -4 route show default)"
check_not 'Ethernet: another host of the LAN' reaches 192.168.1.77
stop_a
stop_b
finish
