#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# slirp at the other end of the cable: it has its own TCP/IP stack and its own
# SLIP, in front of the sockets of host B. To host A it is 10.0.2.2; packets to
# that address arrive at B's loopback. Then slirp with protocols that serialtun
# does not speak: compressed headers, and PPP.
# shellcheck source=../end_to_end/lib.sh
source "$(dirname "$0")/../end_to_end/lib.sh"

type slirp-fullbolt >/dev/null 2>&1 ||
	skip_all 'no slirp (scripts/install-deps peers)'

start_cable --baud 921600

# start_slirp COMMAND...: start it on B's end of the cable. It must lead a
# session, and reads ~/.slirprc.
start_slirp() {
	HOME=$dir nsenter --target "$host_b" --net -- \
		setsid slirp-fullbolt "$@" <>"$port_b" >&0 2>"$dir/slirp.log" &
	slirp_pid=$!
	wait_for 5 grep -q 'SLiRP Ready' "$dir/slirp.log" ||
		echo '# slirp is not ready'
}

stop_slirp() {
	kill "$slirp_pid"
	wait_end "$slirp_pid"
}

listening() {
	"in_$1" ss -Hltun "sport = :$2" | grep -q .
}

# carry FROM TO FILE ADDRESS PORT LISTEN_PORT: send a file over TCP
carry() {
	local receiver
	"in_$2" timeout 60 socat -u "TCP-LISTEN:$6,reuseaddr" \
		"OPEN:$dir/received,creat,trunc" &
	receiver=$!
	wait_for 5 listening "$2" "$6" || return
	"in_$1" timeout 60 socat -u "OPEN:$3" "TCP:$4:$5" || return
	wait "$receiver" || return
	cmp "$3" "$dir/received"
}

# echoed FILE ADDRESS: send it over TCP; it comes back unchanged
echoed() {
	in_a timeout 60 socat -t 10 "$2" - <"$1" >"$dir/back" 2>"$dir/socat.log"
	cmp "$1" "$dir/back"
}

head -c 400000 /dev/urandom >"$dir/random"
head -c 200000 /dev/zero | tr '\0' '\300' >"$dir/ends"
head -c 200000 /dev/zero | tr '\0' '\333' >"$dir/escapes"
head -c 1400 /dev/urandom >"$dir/datagram"

in_b socat TCP-LISTEN:7,fork,reuseaddr,bind=127.0.0.1 EXEC:cat &
in_b socat -b 2000 UDP-RECVFROM:7,fork,bind=127.0.0.1 EXEC:cat &
wait_for 5 listening b 7

# Forward connections to B's port 5003 to A. They keep their source address,
# which must not be a loopback address.
in_b ip addr add 192.0.2.1/32 dev lo
start_slirp 'mtu 1500' 'redir tcp 5003 10.0.2.15:5004'
start_a -v --addr 10.0.2.15/24 --route 192.0.2.1 --baud 921600
for size in 0 1 8 100 548 1006 1472; do
	check "slirp answers a ping of $size bytes" \
		in_a ping -c 2 -i 0.2 -W 5 -M 'do' -s "$size" 10.0.2.2
done
for pattern in c0 db dbdc dbdd; do
	check "slirp answers a ping full of $pattern" \
		in_a ping -c 2 -i 0.2 -W 5 -s 1472 -p "$pattern" 10.0.2.2
done
for file in random ends escapes; do
	check "TCP through slirp from A, $file" \
		carry a b "$dir/$file" 10.0.2.2 5001 5001
	check "TCP through slirp there and back, $file" \
		echoed "$dir/$file" TCP:10.0.2.2:7
done
check 'TCP through slirp to A' \
	carry b a "$dir/random" 192.0.2.1 5003 5004
check 'UDP through slirp there and back' \
	echoed "$dir/datagram" UDP:10.0.2.2:7,shut-null
stop_a
check_match 'no frame is dropped' 'from the line: .* 0 dropped$' \
	"$(<"$dir/a.log")"
stop_slirp

says() {
	grep -qE "^serialtun: $port_a: $1" "$dir/a.log"
}

# slirp compresses TCP headers. With --vj off a ping crosses, and TCP does not.
start_slirp compress 'mtu 1500' 'redir tcp 5003 10.0.2.15:5004'
start_a --addr 10.0.2.15/24 --vj off
check 'slirp with compressed headers answers a ping' \
	in_a ping -c 1 -W 5 10.0.2.2
in_a timeout 5 socat - TCP:10.0.2.2:7 <<<hello >"$dir/back" 2>&1
check 'serialtun --vj off says that it compresses headers' \
	wait_for 5 says 'the other end compresses headers'
stop_a
stop_slirp

# slirp loses each packet whose compressed header has three bytes, as most of a
# file have. It is not serialtun: these are frames that slirp_vj.py makes by
# hand. They have the same right checksums, and more than three bytes are taken:
#
#   80 9226         data behind an acknowledgment               lost
#   8f 9215         SPECIAL_D                                   lost
#   8f 9204         SPECIAL_D                                   lost
#   9f 91f3         SPECIAL_D, PSH                              lost
#   cf 00 91e2      SPECIAL_D with the connection number        taken
#   af 91d1 02      SPECIAL_D with the identification           taken
#   88 91c0 10      the sequence number, as a number            taken
#
# gdb shows that slirp expands both kinds, but in different places: it moves the
# data down to an address that four divides, and writes the headers in front of
# them. They then begin 40 bytes before the frame, and with a fourth byte 36.
HOME=$dir in_b python3 "$root/tests/peers/slirp_vj.py" slirp-fullbolt \
	compress 'mtu 1500' >"$dir/headers" 2>&1
check 'slirp takes compressed headers of more than three bytes' \
	grep -q '^[45] .* taken$' "$dir/headers"
check_not 'and loses none of them' grep -q '^[^3] .* lost$' "$dir/headers"
check 'slirp loses compressed headers of three bytes' \
	grep -q '^3 .* lost$' "$dir/headers"
check_not 'and takes none of them' grep -q '^3 .* taken$' "$dir/headers"

# TCP repeats a lost packet, and then it travels whole. So a file from A arrives,
# but slowly: here a short one.
start_slirp compress 'mtu 1500' 'redir tcp 5003 10.0.2.15:5004'
start_a -v --addr 10.0.2.15/24 --route 192.0.2.1 --baud 921600
for file in random ends escapes; do
	check "compressed TCP through slirp to A, $file" \
		carry b a "$dir/$file" 192.0.2.1 5003 5004
done
echo hello >"$dir/hello"
check 'compressed TCP through slirp from A and back, a line' \
	echoed "$dir/hello" TCP:10.0.2.2:7
head -c 6000 /dev/urandom >"$dir/short"
check 'compressed TCP through slirp from A, a short file' \
	carry a b "$dir/short" 10.0.2.2 5002 5002
check 'serialtun says so' wait_for 5 says 'the peer compresses TCP headers'
stop_a
check_match 'no frame is dropped' 'from the line: .* 0 dropped$' \
	"$(<"$dir/a.log")"
check_match 'both ends compress' \
	'CSLIP: sent [1-9][0-9]+ compressed, .* received [1-9][0-9]+ compressed' \
	"$(<"$dir/a.log")"
stop_slirp

# PPP's options come behind the one that makes it PPP.
start_slirp -P initiate-options
start_a --addr 10.0.2.15/24
check 'serialtun says that slirp speaks PPP' \
	wait_for 10 says 'the other end speaks PPP, not SLIP'
stop_a
stop_slirp

# pppd does not start on a kernel without PPP.
if type pppd >/dev/null 2>&1 && [ -c /dev/ppp ]; then
	start_a --addr 10.0.2.15/24
	nsenter --target "$host_b" --net -- pppd "$(readlink -f "$port_b")" \
		local noauth nocrtscts nodetach >"$dir/pppd.log" 2>&1 &
	pppd_pid=$!
	check 'serialtun says that pppd speaks PPP' \
		wait_for 10 says 'the other end speaks PPP, not SLIP'
	kill "$pppd_pid"
	stop_a
else
	skip 'serialtun says that pppd speaks PPP' 'no pppd, or no PPP in this kernel'
fi
finish
