# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Common functions of the tests of --share; source it after lib.sh and pairs.sh.
# Host A is the board, host B the desk, which is on a LAN with a gateway. Behind
# the gateway is the internet: a server and a name server, one host. More
# namespaces are the gateway, which is also another host of the LAN, the server,
# and a host on another interface of the desk:
#
#   A --cable-- B eth0 192.168.1.10 -- 192.168.1.1 gateway -- 203.0.113.9
#               |                      192.168.1.77           203.0.113.53
#               eth1 10.77.0.1 -- 10.77.0.2
#
#   source tests/end_to_end/internet.sh
#   join_internet
#   start_name_server

# shellcheck disable=SC2034,SC2154 # lib.sh has some, the tests use some

command -v nft >/dev/null || skip_all 'no nft here (install nftables)'
[[ $("$program" --version) != *'without --share'* ]] ||
	skip_all 'built without libnftnl'

unshare --net sleep infinity &
host_net=$!
unshare --net sleep infinity &
host_side=$!
unshare --net sleep infinity &
host_server=$!
disown "$host_net" "$host_side" "$host_server"
for host in "$host_net" "$host_side" "$host_server"; do
	wait_for 5 own_netns "$host" || exit 1
done

in_net() {
	nsenter --target "$host_net" --net -- "$@"
}

in_server() {
	nsenter --target "$host_server" --net -- "$@"
}

in_side() {
	nsenter --target "$host_side" --net -- "$@"
}

server=203.0.113.9
name_server=203.0.113.53

# Each host has its own /etc, as it has its own name (pairs.sh).
for host in board desk; do
	cp -a /etc "$dir/etc.$host" 2>/dev/null
	rm -f "$dir/etc.$host/resolv.conf"
	: >"$dir/etc.$host/resolv.conf"
done
printf 'nameserver %s\n' "$name_server" >"$dir/etc.desk/resolv.conf"
cat >"$dir/serialtun" <<END
#!/bin/sh
name=desk
[ "\$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$host_a/ns/net")" ] ||
	name=board
exec unshare --uts --mount sh -c 'echo "\$0" >/proc/sys/kernel/hostname &&
	mount --bind "$dir/etc.\$0" /etc && exec "\$@"' "\$name" $program "\$@"
END

join_internet() {
	in_net ip link set lo up
	in_side ip link set lo up
	in_b ip link add eth0 type veth peer name lan0 netns "$host_net" &&
		in_b ip link add eth1 type veth peer name side0 \
			netns "$host_side" || return
	in_b ip address add 192.168.1.10/24 dev eth0
	in_b ip address add 10.77.0.1/24 dev eth1
	in_net ip address add 192.168.1.1/24 dev lan0
	in_net ip address add 192.168.1.77/24 dev lan0
	# In a cloud, the gateway has the metadata of the machine.
	in_net ip address add 169.254.169.254/32 dev lo
	in_net ip link add net0 type veth peer name net0 netns "$host_server"
	in_net ip address add 203.0.113.1/24 dev net0
	in_server ip address add "$server/24" dev net0
	in_server ip address add "$name_server/24" dev net0
	in_net ip link set net0 up
	in_server ip link set net0 up
	in_server ip route add default via 203.0.113.1
	in_net sysctl -q net.ipv4.ip_forward=1
	in_side ip address add 10.77.0.2/24 dev side0
	in_b ip link set eth0 up
	in_b ip link set eth1 up
	in_net ip link set lan0 up
	in_side ip link set side0 up
	in_b ip route add default via 192.168.1.1
	in_side ip route add default via 10.77.0.1
	# Packets that the desk does not rewrite would find their way back.
	in_net ip route add 10.0.0.0/8 via 192.168.1.10
}

# A name server: each name has the server's address.
start_name_server() {
	in_server python3 -c 'import socket, sys
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind((sys.argv[1], 53))
print("ready", flush=True)
while True:
    query, peer = udp.recvfrom(512)
    end = query.index(0, 12) + 5
    answers = query[end - 4:end - 2] == b"\0\1"
    udp.sendto(query[:2] + b"\x81\x80\0\1" + bytes([0, answers]) + bytes(4)
               + query[12:end] + (b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4"
               + socket.inet_aton(sys.argv[2])) * answers, peer)
' "$name_server" "$server" >"$dir/names.log" 2>&1 &
	disown $!
	wait_for 5 grep -q ready "$dir/names.log"
}

# board COMMAND...: run it with the network and the files of the board
board() {
	nsenter --target "$pid_a" --net --mount -- "$@"
}

# The nf_tables of the desk, and whether packets from an interface of the desk
# are forwarded.
ruleset() {
	in_b nft list ruleset
}

forwards() {
	in_b cat "/proc/sys/net/ipv4/conf/$1/forwarding"
}

has_table() {
	in_b nft list table ip "serialtun-${1:-tun0}" >/dev/null 2>&1 ||
		return 1
}

reaches() {
	in_a ping -q -c 1 -W "${2:-1}" "$1"
}

# The process that shares the internet of a serialtun.
sharer_of() {
	pgrep -P "$1" -x serialtun-share
}
