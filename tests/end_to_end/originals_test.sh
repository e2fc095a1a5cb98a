#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# At the other end are programs from which people learn TUN and TAP: simpletun,
# tun2udp, Serial-TUN, tncattach, Zephyr and tunctl. They are stand-ins in
# tests/end_to_end/originals; each lists the facts that it is written from. This
# end runs exactly the commands of serialtun-migrating(7).
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=exchange.sh
source "$root/tests/end_to_end/exchange.sh"

join_hosts
start_cable --baud 0

# type_on HOST COMMAND: run a command of the page in the background, with nobody
# as "alice", and with root's privileges behind sudo
typed=()
type_on() {
	local host=$1 command=$2 port=port_$1 words
	typed+=("$command")
	command=${command/\/dev\/ttyUSB0/"${!port}"}
	command=${command/\/tmp\/slip.sock/"$dir/slip.sock"}
	command=${command/alice/nobody}
	case $command in
	'sudo '*) command="$serialtun${command#sudo serialtun}" ;;
	*) command="setpriv --reuid=65534 --regid=65534 --clear-groups \
		--inh-caps=-all -- $serialtun${command#serialtun}" ;;
	esac
	read -ra words <<<"$command"
	start_on "$host" "$host" "${words[@]}"
	printf -v "pid_$host" %s "$started"
}

# link_on HOST COMMAND: the same, and wait until the link is up
link_on() {
	type_on "$@"
	wait_for 10 is_up "$dir/$1.log" || echo "# serialtun on $1 is not up"
}

# run_on HOST COMMAND: the same, and wait for its end
run_on() {
	type_on "$@"
	wait_end "$started"
	check_equal "$2: status 0" 0 "$ended"
}

# Print each command of the page once, in one line.
commands_of_page() {
	mandoc -T ascii -O width=200 "$root/src/man/serialtun-migrating.7" |
		sed -e ':join' -e '/\\$/{N; s/ *\\\n */ /; b join' -e '}' |
		sed -nE 's/^ +((sudo )?serialtun -.*)/\1/p' | sort -u
}

#
# simpletun, the server
#
start_server() {
	peer_on b simpletun "$@" -s
	wait_for 5 listening b 55555
}

interface_on b tun11 -n
start_server -i tun11
link_on a 'sudo serialtun --addr 10.0.0.1/24 --framing length --port tcp:172.16.0.2:55555'
exchange 'simpletun -s'
stop "$peer"
check 'simpletun -s has ended: the line is lost' wait_for 5 has_lost 1
check 'the interface stays' in_a ip link show dev tun0
start_server -i tun11
check 'after its restart the link is back' wait_for 10 pings
stop_a
check_equal 'status 0' 0 "$ended"
wait_end "$peer"
check_equal 'simpletun -s ends, too' 0 "$ended"
in_b tunctl -n -d tun11 >/dev/null

interface_on b tap11
start_server -i tap11 -a
link_on a 'sudo serialtun --tap --addr 10.0.0.1/24 --framing length --port tcp:172.16.0.2:55555'
exchange 'simpletun -s -a'
stop "$peer"

stop_a
stop "$peer"
in_b tunctl -d tap11 >/dev/null

#
# simpletun, the client
#
interface_on b tun3 -n
link_on a 'sudo serialtun --addr 10.0.0.1/24 --framing length --port tcp-listen:0.0.0.0:55555'
peer_on b simpletun -i tun3 -c 172.16.0.1
exchange 'simpletun -c'
stop "$peer"
check 'simpletun -c has ended: the line is lost' wait_for 5 has_lost 1
peer_on b simpletun -i tun3 -c 172.16.0.1
check 'after its restart the link is back' wait_for 10 pings
stop_a
stop "$peer"
in_b tunctl -n -d tun3 >/dev/null

interface_on b tap3
link_on a 'sudo serialtun --tap --addr 10.0.0.1/24 --framing length --port tcp-listen:0.0.0.0:55555'
peer_on b simpletun -i tap3 -c 172.16.0.1 -a
exchange 'simpletun -c -a'
stop_a
stop "$peer"
in_b tunctl -d tap3 >/dev/null

has_address() {
	in_a ip -o addr show | grep -qF " $1 "
}

#
# tun2udp
#
# Its ports are on 127.0.0.1, so both ends run on A. Its interface can be on
# another host; an interface loses its addresses when it moves there.
tun2udp_between() {
	: >"$dir/peer.log"
	peer_on a tun2udp 10.0.0.2/24 6001 6000
	wait_for 5 test -s "$dir/peer.log"
	check_match 'tun2udp: the address is that of its own interface' \
		'10\.0\.0\.2/24' "$(in_a ip -o addr show dev "$1")"
	in_a ip link set "$1" netns "$host_b" name tun0
	in_b ip addr add 10.0.0.2/24 dev tun0
	in_b ip link set tun0 up
}

tun2udp_between tun0
link_on a 'sudo serialtun --addr 10.0.0.1/24 --port udp:127.0.0.1:6000,6001'
exchange 'tun2udp'
stop "$peer"
in_a ping -q -c 5 -i 0.2 -W 1 10.0.0.2 >/dev/null
check_not 'tun2udp has ended: the line is not lost' has_lost 1
from_line packets >/dev/null
check 'refused datagrams are counted' \
	a_says ' to the line: .* [1-9][0-9]* refused by the peer.s host'
tun2udp_between tun1
check 'after its restart a ping crosses' wait_for 5 pings
check_not 'the line was never lost' has_lost 1
stop_a
stop "$peer"
peer_on a tun2udp 10.0.0.2 6001 6000
check 'tun2udp: the default prefix length is 32' wait_for 5 has_address 10.0.0.2/32
stop "$peer"

#
# Serial-TUN
#
# It takes one frame per read, and loses the frames behind it, so the cable has
# a speed.
stop_cable
start_cable --baud 115200
short=$dir/short
head -c 50000 /dev/urandom >"$short"

serial_tun_on_b() {
	peer_on b serial_tun -i tun0 -p "$port_b" -b 115200
}

in_b ip tuntap add dev tun0 mode tun
in_b ip addr add 10.0.0.2/24 dev tun0
in_b ip link set tun0 up
serial_tun_on_b
link_on a 'sudo serialtun --addr 10.0.0.1/24 --port /dev/ttyUSB0'
exchange 'Serial-TUN, interface by ip tuntap' "$short"
stop_a
stop "$peer"
in_b ip tuntap del dev tun0 mode tun

in_b "$serialtun" -q --create -i tun0 --addr 10.0.0.2/24
serial_tun_on_b
in_a ip tuntap add dev tun0 mode tun
in_a ip addr add 10.0.0.1/24 dev tun0
in_a ip link set tun0 up
link_on a 'sudo serialtun -i tun0 --port /dev/ttyUSB0'
exchange 'Serial-TUN, interface by serialtun --create' "$short"
stop_a
stop "$peer"
in_b "$serialtun" --delete -i tun0
in_a ip tuntap del dev tun0 mode tun
stop_cable
start_cable --baud 0

#
# tncattach
#
peer_on b tncattach "$port_b" 115200 --mtu 576 --noipv6 --ipv4 10.0.0.2/24
link_on a 'sudo serialtun --addr 10.0.0.1/24 --mtu 576 --framing kiss --port /dev/ttyUSB0'
check 'tncattach: a ping' wait_for 5 pings
check 'tncattach: TCP from A to B' tcp a b 10.0.0.2 "$random"
stop_a
stop "$peer"

#
# Zephyr in QEMU
#
link_on a 'sudo serialtun --tap --addr 192.0.2.2/24 --addr 2001:db8::2/64 --port unix-listen:/tmp/slip.sock'
peer_on b zephyr_board "$dir/slip.sock"
zephyr_pings() {
	in_a ping -q -c 1 -W 1 "$@"
}
check 'Zephyr: a ping' wait_for 5 zephyr_pings 192.0.2.1
check 'Zephyr: a ping with IPv6' wait_for 5 zephyr_pings 2001:db8::1
zephyr_sizes() {
	local size
	for size in 0 1 7 18 56 57 500 1471 1472; do
		zephyr_pings -M 'do' -s "$size" -p c0db 192.0.2.1 || return
	done
}
check 'Zephyr: packets of every size' zephyr_sizes
check 'Zephyr: TCP from A to B' tcp a b 192.0.2.1 "$random"
check 'Zephyr: TCP from B to A' tcp b a 192.0.2.2 "$random"
stop "$peer"
check 'Zephyr has ended: the line is lost' wait_for 5 has_lost 1
# The next board has another address. The kernel forgets the old one up to a
# second after the carrier went (linkwatch_schedule_work(), link_watch.c).
knows_board() {
	in_a ip neigh show to 192.0.2.1 | grep -q lladdr
}
check 'the host forgets the address of the board' wait_for 5 not knows_board
peer_on b zephyr_board "$dir/slip.sock"
check 'after its restart the link is back' wait_for 10 zephyr_pings 192.0.2.1
check_not 'no fault is reported' \
	grep -E 'not one|not packets|damaged' "$dir/a.log"
stop_a
stop "$peer"

#
# The page's commands for other programs on a cable; the peer is serialtun.
#
start_b --addr 10.0.0.2/24 --addr fd00::2/64
for command in \
	'sudo serialtun --addr 10.0.0.1 --peer 10.0.0.2 --mtu 296 --port /dev/ttyUSB0' \
	'sudo serialtun --addr 10.0.0.1 --peer 10.0.0.2 --port /dev/ttyUSB0'; do
	link_on a "$command"
	check "$command: a ping" wait_for 5 pings
	stop_a
done
link_on a 'sudo serialtun --addr fd00::1/64 --port /dev/ttyUSB0'
check 'IPv6: a ping' in_a ping -q -c 1 -W 5 fd00::2
stop_a

#
# tunctl; alice needs a second user
#
if has_users && open_tun; then
	run_on a 'sudo serialtun --create --tap -i tap5 --owner alice --addr 10.0.0.1/24'
	check_match 'serialtun --create: a persistent interface with an owner' \
		' tun type tap .* persist on user (nobody|65534) ' \
		"$(in_a ip -d link show dev tap5)"
	check 'tunctl -d deletes it' in_a tunctl -d tap5
	check_not 'tunctl -d has deleted it' in_a ip link show dev tap5
	in_a tunctl -u nobody -t tap5 >/dev/null
	run_on a 'sudo serialtun --delete -i tap5'
	check_not "serialtun deletes tunctl's interface" \
		in_a ip link show dev tap5

	chmod a+rx "$dir"
	chmod a+rw "$(readlink -f "$port_a")"
	interface_on a tun5 -n -u nobody
	link_on a 'serialtun -i tun5 --port /dev/ttyUSB0'
	check_equal "an ordinary user uses tunctl's interface" nobody \
		"$(ps -o user= -p "$pid_a")"
	exchange 'one by tunctl'
	stop_a
	run_on a 'sudo serialtun --delete -i tun5'
	run_on a 'sudo serialtun --create -i tun5 --owner alice --addr 10.0.0.1/24'
	link_on a 'serialtun -i tun5 --port /dev/ttyUSB0'
	check 'an ordinary user uses an interface of serialtun --create' \
		wait_for 5 pings
	stop_a
	check 'tunctl -d deletes it' in_a tunctl -n -d tun5
	umount /dev/net
	check_equal 'the test has run every command of serialtun-migrating(7)' \
		"$(commands_of_page)" \
		"$(printf '%s\n' "${typed[@]}" | sort -u)"
else
	skip 'interfaces for an ordinary user' 'there is no other user here'
fi
finish
