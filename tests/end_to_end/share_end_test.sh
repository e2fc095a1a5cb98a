#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What --share leaves behind: nothing, however it ends. The table of nf_tables
# is gone and forwarding is as it was, after SIGTERM and SIGKILL, with two links
# in both orders; a lost port keeps both. Rules of others stay byte for byte.
# Refusals, and firewalls that are in the way.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"
# shellcheck source=internet.sh
source "$root/tests/end_to_end/internet.sh"

join_internet
start_cable --baud 0

# share_only NAME: a second link of the desk, whose other end is missing
share_only() {
	: >"$dir/second.log"
	nsenter --target "$host_b" --net -- "$serialtun" --share \
		--addr "$1" --port pty: 2>"$dir/second.log" &
	pid_second=$!
	wait_for 10 is_up "$dir/second.log"
}

is_clean() {
	[ -z "$(pgrep -x "serialtun-(keep|share)")" ] && ! has_table tun0 &&
		! has_table tun1 || return 1
}

check_clean() {
	check "$1: the table is gone" wait_for 5 is_clean
	check_equal "$1: eth0 forwards as before" "${2:-0}" "$(forwards eth0)"
	check_equal "$1: so do new interfaces" 0 "$(forwards default)"
}

# Rules of the administrator.
in_b nft -f - <<'END'
table inet filter {
	set bad { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.7 } }
	chain input {
		type filter hook input priority filter; policy accept;
		ip saddr @bad counter packets 0 bytes 0 drop
	}
}
table ip serialtun-mine {
	chain forward { type filter hook forward priority 5; policy accept; }
}
END
before=$(ruleset)

for signal in TERM INT KILL; do
	start_b --share --addr 10.0.0.1/24
	check "SIG$signal: there is a table" has_table
	check_match "SIG$signal: it belongs to serialtun" 'flags owner' \
		"$(in_b nft list table ip serialtun-tun0)"
	check_equal "SIG$signal: eth0 and tun0 forward" 1,1,0 \
		"$(forwards eth0),$(forwards tun0),$(forwards eth1)"
	check_not "SIG$signal: nobody else may change it" \
		in_b nft delete table ip serialtun-tun0
	check "SIG$signal: nor with all others" in_b nft flush ruleset
	check "SIG$signal: it is still there" has_table
	in_b nft -f - <<<"$before"
	stop_b "$signal"
	check_clean "SIG$signal"
	check_equal "SIG$signal: the other rules are the same" "$before" \
		"$(ruleset)"
done

# systemd sends SIGABRT to all processes of a service that misses its watchdog.
start_b --share --addr 10.0.0.1/24
kill -ABRT "$(sharer_of "$pid_b")"
stop_b ABRT
check_clean 'SIGABRT to all processes'

# A lost port.
start_a --addr 10.0.0.2/24 --route default
start_b --share --addr 10.0.0.1/24
check 'the board reaches the server' wait_for 10 reaches "$server"
table=$(in_b nft list table ip serialtun-tun0)
stop_cable
check 'the port is lost' wait_for 5 b_says 'lost '
check_equal 'a lost port keeps the table' "$table" \
	"$(in_b nft list table ip serialtun-tun0)"
check_equal 'and forwarding' 1,1 "$(forwards eth0),$(forwards tun0)"
start_cable --baud 0
check 'the board reaches the server again' wait_for 20 reaches "$server"

# The keeper ends alone.
kill -KILL "$(sharer_of "$pid_b")"
check 'the desk says that it shares no more' wait_for 5 \
	b_says 'the process that shares the internet has ended'
check 'the table is gone' wait_for 5 not has_table
check_equal 'but eth0 still forwards' 1 "$(forwards eth0)"
# The name of an interface may have dots, as that of a VLAN has.
remedy=$(sed -n 's/.*(start serialtun again; or switch it off: sudo \(.*\))$/\1/p' \
	"$dir/b.log")
# shellcheck disable=SC2086 # are words
in_b $remedy >/dev/null
check_equal 'the remedy switches it off' \
	'sysctl net/ipv4/conf/eth0/forwarding=0 0' "$remedy $(forwards eth0)"
stop_a
stop_b

# The keeper of a link that was killed is still at work.
start_b --share --addr 10.0.0.1/24
old=$(sharer_of "$pid_b")
kill -STOP "$old"
stop_b KILL
(
	sleep 0.5
	kill -CONT "$old"
) &
start_b --share --addr 10.0.0.1/24
check 'a new start waits for the old keeper' has_table
check_equal 'eth0 and tun0 forward' 1,1 "$(forwards eth0),$(forwards tun0)"
kill -STOP "$(sharer_of "$pid_b")"
old=$(sharer_of "$pid_b")
stop_b KILL
check_equal 'but not for ever' \
	'serialtun: tun0: cannot share the internet: the table serialtun-tun0 belongs to another process (end the other serialtun first)' \
	"$(in_b timeout 10 "$serialtun" --share --addr 10.0.0.1/24 \
		--port "$port_b" 2>&1)"
kill -CONT "$old"
check_clean 'the old keeper'

# Forwarding that was on, or is changed by others meanwhile.
in_b sysctl -q net.ipv4.conf.eth0.forwarding=1
start_b --share --addr 10.0.0.1/24
stop_b
check_clean 'forwarding was on' 1
in_b sysctl -q net.ipv4.conf.eth0.forwarding=0
start_b --share --addr 10.0.0.1/24
in_b sysctl -q net.ipv4.conf.eth0.forwarding=0
stop_b
check_clean 'another program has switched it off'
start_b --share --addr 10.0.0.1/24
in_b sysctl -q net.ipv4.ip_forward=1
stop_b
check_equal 'another program has made the desk a router' 1 "$(forwards eth0)"
in_b sysctl -q net.ipv4.ip_forward=0

# Two links.
for order in 'first second' 'second first' together; do
	start_b --share --addr 10.0.0.1/24
	share_only 10.1.0.1/24
	check "$order: two tables" has_table tun1
	case $order in
	first*)
		stop_b
		check_equal "$order: eth0 still forwards" 1 "$(forwards eth0)"
		check_not "$order: the LAN has no router" \
			in_net ping -q -c 1 -W 1 10.77.0.2
		kill "$pid_second"
		wait_end "$pid_second"
		;;
	second*)
		kill -KILL "$pid_second"
		wait_end "$pid_second"
		wait_for 5 not has_table tun1
		check_equal "$order: eth0 still forwards" 1 "$(forwards eth0)"
		stop_b KILL
		;;
	*)
		kill -KILL "$pid_b" "$pid_second"
		wait_end "$pid_b"
		wait_end "$pid_second"
		;;
	esac
	check_clean "two links, $order"
done

# An interface that stays.
in_b "$serialtun" --create --interface stays --addr 10.0.0.1/24 2>/dev/null
start_b --share --interface stays
check_equal 'an interface that stays forwards' 1 "$(forwards stays)"
stop_b KILL
wait_for 5 is_clean
check_equal 'and does not afterwards' 0 "$(forwards stays)"
in_b "$serialtun" --delete --interface stays 2>/dev/null

# Firewalls in the way.
says_of() {
	start_b --share --addr 10.0.0.1/24
	stop_b
	in_b nft -f - <<<"flush ruleset"
	grep 'drops forwarded' "$dir/b.log"
}
in_b nft 'table inet filter { chain forward { type filter hook forward priority 0; policy drop; }; }'
check_equal 'a table with a policy' \
	'serialtun: tun0: another firewall drops forwarded packets that it does not accept: table inet filter, chain forward (sudo nft insert rule inet filter forward iifname tun0 accept; sudo nft insert rule inet filter forward oifname tun0 accept)' \
	"$(says_of)"
in_b nft 'table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; }; chain DOCKER-USER { }; }'
check_equal "Docker's" \
	'serialtun: tun0: another firewall drops forwarded packets that it does not accept: table ip filter, chain FORWARD (sudo iptables -I DOCKER-USER -i tun0 -j ACCEPT; sudo iptables -I DOCKER-USER -o tun0 -j ACCEPT)' \
	"$(says_of)"
in_b nft 'table inet firewalld { chain filter_FORWARD { type filter hook forward priority 10; policy accept; ct state established accept; reject with icmpx admin-prohibited; }; }'
check_equal "firewalld's" \
	'serialtun: tun0: another firewall drops forwarded packets that it does not accept: table inet firewalld, chain filter_FORWARD (sudo firewall-cmd --zone=trusted --add-interface=tun0)' \
	"$(says_of)"
in_b nft 'table inet filter { chain forward { type filter hook forward priority 0; policy accept; ip saddr 192.0.2.1 drop; }; }'
check_equal 'none of these' '' "$(says_of)"
in_b nft 'table inet filter { chain forward { type filter hook forward priority 0; policy drop; }; }'
start_a --addr 10.0.0.2/24 --route default
start_b --share --addr 10.0.0.1/24
check_not 'the firewall drops the packets' reaches "$server"
while read -r command; do
	# shellcheck disable=SC2086 # are words
	in_b $command
done < <(sed -n 's/.* drops forwarded .*(\(.*\))$/\1/p' "$dir/b.log" |
	sed 's/; /\n/g; s/sudo //g')
check 'the commands let them pass' wait_for 5 reaches "$server"
stop_a
stop_b
in_b nft flush ruleset

# Refusals.
refused_share() {
	said=$(in_b timeout 10 "$serialtun" --port "$port_b" "$@" 2>&1)
	ended=$?
}
in_b ip route del default
refused_share --share
check_equal 'no default route' \
	'serialtun: tun0: cannot share the internet: this host has no IPv4 default route (connect it to the internet first)' \
	"$said"
for kind in blackhole unreachable prohibit; do
	in_b ip route add "$kind" default
	refused_share --share
	check_match "a default route of the type $kind" \
		'this host has no IPv4 default route \(' "$said"
	in_b ip route del "$kind" default
done
in_b ip route add default via 192.168.1.1
in_b nft add table ip serialtun-tun0
refused_share --share
check_equal 'a table of this name' \
	'serialtun: tun0: cannot share the internet: the table serialtun-tun0 exists already (sudo nft delete table ip serialtun-tun0)' \
	"$said"
check_equal 'it fails' 1 "$ended"
check_equal 'and has switched nothing on' 0 "$(forwards eth0)"
in_b nft flush ruleset
said=$(in_b setpriv --bounding-set=-net_admin --inh-caps=-all \
	--ambient-caps=-all "$serialtun" --share --port "$port_b" 2>&1)
check_match 'without CAP_NET_ADMIN' 'root lacks CAP_NET_ADMIN here' "$said"
in_b "$program" --create --interface mine --owner 12345 2>/dev/null
open_tun
chmod 711 "$dir"
chmod 666 "$(readlink -f "$port_b")"
cp "$program" "$dir/copy"
check_equal 'an ordinary user with an interface' \
	'serialtun: mine: cannot share the internet: nf_tables: Operation not permitted (needs CAP_NET_ADMIN: run as root)' \
	"$(in_b setpriv --reuid=12345 --regid=12345 --clear-groups "$dir/copy" \
		--share --interface mine --port "$port_b" 2>&1)"
in_b "$program" --delete --interface mine 2>/dev/null
while IFS='|' read -r options wanted; do
	# shellcheck disable=SC2086 # are words
	refused_share $options
	check_equal "$options: refused" 64 "$ended"
	check_match "$options: the reason" "$wanted" "$said"
done <<'END'
--share=some|--share: "some" is not all
--share --route default|leave one out
--share --tap --bridge br0|--share cannot be used with --bridge
--share --addr fd00::1/64|--share is about IPv4
--share --pair=no|needs an IPv4 --addr
--share --use-dns|leave one out
--use-dns --pair=no|--use-dns needs a pairing
END

# A service has a user of its own, and this capability alone.
as_service=(setpriv --reuid=12345 --regid=12345 --clear-groups
	"--inh-caps=-all,+net_admin" "--ambient-caps=-all,+net_admin"
	"--bounding-set=-all,+net_admin")
: >"$dir/b.log"
nsenter --target "$host_b" --net -- "${as_service[@]}" "$dir/copy" --share \
	--addr 10.0.0.1/24 --port "$port_b" 2>"$dir/b.log" &
pid_b=$!
check 'a service shares' wait_for 10 is_up "$dir/b.log"
check_equal 'and forwards' 1 "$(forwards eth0)"
stop_b KILL
check_clean 'a service'

# Somebody has taken over the process that reads the line.
: >"$dir/b.log"
nsenter --target "$host_b" --net -- "$build/tests/end_to_end/attacked" --share \
	--addr 10.0.0.1/24 --pair=no --port "$port_b" 2>"$dir/b.log" &
pid_b=$!
wait_for 10 is_up "$dir/b.log"
printf '\300attack keeper-that-shares\300' >"$port_a"
check 'the keeper that shares does nothing else' wait_for 5 \
	b_says '^attack keeper-that-shares: stopped: Operation not permitted$'
stop_b
check_clean 'the attack'

# Where /proc/sys may only be read, as in a container or a service.
read_only() {
	# shellcheck disable=SC2016 # is for the inner shell
	in_b timeout 4 unshare --mount sh -c 'mount --bind /proc/sys /proc/sys &&
		mount -o remount,bind,ro /proc/sys && exec "$@"' sh \
		"$program" --share --addr 10.0.0.1/24 "$@" 2>&1
}
check_equal '/proc/sys may only be read' \
	'serialtun: tun0: cannot share the internet: cannot forward packets from tun0: Read-only file system (sudo sysctl net.ipv4.ip_forward=1; in a service, see serialtun(8))' \
	"$(read_only --port "$port_b")"
check_equal 'and nothing was switched on' 0 "$(forwards eth0)"
in_b sysctl -q net.ipv4.ip_forward=1
check_match 'it shares if the host forwards already' 'shares the internet' \
	"$(read_only --port pty:)"
in_b sysctl -q net.ipv4.ip_forward=0

# No other program.
: >"$dir/b.log"
nsenter --target "$host_b" --net -- strace -f -qq -e trace=execve,execveat \
	-o "$dir/strace.txt" "$program" --share --addr 10.0.0.1/24 \
	--port "$port_b" 2>"$dir/b.log" &
pid_b=$!
wait_for 10 is_up "$dir/b.log"
pkill -TERM -P "$pid_b" -x serialtun
wait_end "$pid_b"
check_equal 'it runs no other program' 1 \
	"$(grep -c 'exec' "$dir/strace.txt")"
check_clean 'under strace'
finish
