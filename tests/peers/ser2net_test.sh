#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A line through ser2net, which has one end of the cable, on another machine,
# and offers it as a TCP port. One serialtun connects to that port, another has
# the other end of the cable. The test also restarts ser2net.
# shellcheck source=../end_to_end/lib.sh
source "$(dirname "$0")/../end_to_end/lib.sh"
# shellcheck source=../end_to_end/exchange.sh
source "$root/tests/end_to_end/exchange.sh"

PATH=$PATH:/usr/sbin
command -v ser2net >/dev/null || skip_all 'ser2net is not installed'

file=$dir/file
head -c 50000 /dev/urandom >"$file"
join_hosts
start_cable --baud 460800

# "tcp" alone is raw, without telnet. "kickolduser" gives the port to the newest
# connection; otherwise a dead connection would keep it.
cat >"$dir/ser2net.yaml" <<-END
	%YAML 1.1
	---
	connection: &cable
	  accepter: tcp,172.16.0.2,2000
	  connector: serialdev,$(readlink -f "$port_a"),460800n81,local
	  options:
	    kickolduser: true
	connection: &telnet
	  accepter: telnet,172.16.0.2,2001
	  connector: serialdev,$(readlink -f "$port_a"),460800n81,local
	connection: &rfc2217
	  accepter: telnet(rfc2217),172.16.0.2,2002
	  connector: serialdev,$(readlink -f "$port_a"),460800n81,local
END

# Without UUCP lock files, which belong to the machine, not to the test.
start_ser2net() {
	start_on b ser2net ser2net -n -u -c "$dir/ser2net.yaml"
	ser2net=$started
	wait_for 5 listening b 2000
}

has_lost() {
	grep -q '^serialtun: lost tcp:172.16.0.2:2000' "$dir/a.log"
}

is_back() {
	grep -q '^serialtun: tcp:172.16.0.2:2000 is back' "$dir/a.log"
}

sending() {
	alive "$transfer" && [ -s "$file.b" ]
}

start_ser2net
start_b --addr 10.0.0.2/24 --baud 460800
port_a=tcp:172.16.0.2:2000
start_a --addr 10.0.0.1/24 --baud 460800
exchange 'through ser2net' "$file"

# With --baud, packets wait in serialtun's queue and not in ser2net: a full
# packet takes 33 ms on the wire, and a ping beside TCP some 50 ms, but 500 ms
# without --baud.
rtt_ms() {
	in_a ping -q -c 10 -i 0.2 -W 5 10.0.0.2 |
		sed -n 's,^rtt .* = [0-9.]*/\([0-9]*\).*,\1,p'
}

head -c 300000 /dev/urandom >"$file"
rm -f "$file.b"
tcp a b 10.0.0.2 "$file" &
transfer=$!
check 'a transfer runs' wait_for 5 sending
sleep 1
ms=$(rtt_ms)
check "a ping beside it takes $ms ms" [ "$ms" -lt 250 ]
stop "$ser2net"
check 'ser2net has ended: the line is lost' wait_for 5 has_lost
check 'the transfer waits' alive "$transfer"
sleep 1
start_ser2net
check 'ser2net starts again: the line is back' wait_for 10 is_back
wait "$transfer"
check_equal 'the transfer arrives complete' 0 $?
stop_a
check_equal 'SIGTERM ends it with status 0' 0 "$ended"

# Started before ser2net.
stop "$ser2net"
start_a --wait --addr 10.0.0.1/24
check_not 'with --wait it starts without ser2net' pings
start_ser2net
check 'once ser2net runs, a ping crosses' wait_for 10 pings
stop_a

# serialtun recognises a telnet port, with and without packets.
telnet_port() {
	port_a=tcp:172.16.0.2:$1
	start_a --addr 10.0.0.1/24
	check "$2: the warning and its remedy" wait_for 10 \
		a_says 'the port speaks telnet, .*with ser2net, set accepter: tcp'
	stop_a
}

telnet_port 2001 'its telnet port'
telnet_port 2002 'its RFC 2217 port'
stop_b
stop "$ser2net"
finish
