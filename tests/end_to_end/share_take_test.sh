#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The end that --share at the other end leads to the internet: it takes a
# default route only if it has none, and name servers only with --use-dns; both
# are gone at the end, however it ends. It takes nothing else from a stranger.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"
# shellcheck source=internet.sh
source "$root/tests/end_to_end/internet.sh"

join_internet
start_name_server
start_cable --baud 0

default_route() {
	in_a ip -4 route show default
}

has_route() {
	default_route | grep -q 'dev tun0'
}

resolv=$dir/etc.board/resolv.conf
printf 'search example.org\nnameserver 127.0.0.1\n' >"$resolv"
cp "$resolv" "$dir/resolv.before"
uses_names() {
	grep -qxF "nameserver $name_server" "$resolv"
}

# Names.
start_b --share
for signal in TERM KILL; do
	start_a --use-dns
	check "SIG$signal: the board takes the route" wait_for 10 has_route
	check "SIG$signal: and the name server" wait_for 5 uses_names
	check "SIG$signal: it says so" wait_for 5 a_says \
		'^serialtun: tun0: /etc/resolv\.conf has the name servers of desk until serialtun ends$'
	check_equal "SIG$signal: a name leads to the server" \
		"$server     www.example.net" \
		"$(board getent ahostsv4 www.example.net | sed -n 's/STREAM //p')"
	check "SIG$signal: a ping by name" board ping -q -c 1 -W 5 www.example.net
	stop_a "$signal"
	check "SIG$signal: the old file is back" wait_for 5 \
		cmp "$resolv" "$dir/resolv.before"
	check "SIG$signal: the keeper has ended" wait_for 5 \
		not pgrep -P 1 -x serialtun-keep
done

# The board has lost its power: nothing was put back.
start_a --use-dns
check 'the board takes the name server' wait_for 10 uses_names
pkill -KILL -P "$pid_a" -x serialtun-keep
check 'a killed keeper: the board says what stays' wait_for 5 a_says \
	'^serialtun: tun0: the process that sets addresses has ended, so this end takes no address, and /etc/resolv\.conf keeps the name servers of desk \(start serialtun again\)$'
stop_a KILL
check 'a power failure: the name server stays' uses_names
start_a --use-dns
check 'the next start takes the name server' wait_for 10 a_says \
	'/etc/resolv\.conf has the name servers'
stop_a
check 'its end puts the old file back' cmp "$resolv" "$dir/resolv.before"

# Another program has changed the file, or it is no regular file.
start_a --use-dns
check 'the board takes the name server' wait_for 10 uses_names
printf 'nameserver 192.0.2.1\n' >"$resolv"
stop_a
check_equal "another program's text stays" 'nameserver 192.0.2.1' \
	"$(<"$resolv")"
mkdir -p "$dir/etc.board/systemd/resolve"
mv "$resolv" "$dir/etc.board/systemd/resolve/stub"
ln -s systemd/resolve/stub "$resolv"
start_a --use-dns
check 'a symbolic link: the board is told the command' wait_for 10 a_says \
	"^serialtun: tun0: for the name servers of desk: sudo resolvectl dns tun0 203\\.0\\.113\\.53; sudo resolvectl domain tun0 '~\\.'\$"
check_equal 'and the file stays' 'nameserver 192.0.2.1' "$(<"$resolv")"
stop_a
rm "$resolv"
printf 'nameserver %s\n' "$name_server" >"$resolv"
start_a
check 'a board that has the name server' wait_for 10 has_route
sleep 0.3
check_not 'is told no command' a_says 'for the name servers'
stop_a
: >"$resolv"

# The desk has systemd-resolved, whose list has the real name servers.
mount -t tmpfs none /run
mkdir -p /run/systemd/resolve
printf 'nameserver 127.0.0.53\n' >"$dir/etc.desk/resolv.conf"
printf 'nameserver 192.0.2.53\nnameserver fe80::1\nnameserver 192.0.2.54\n' \
	>/run/systemd/resolve/resolv.conf
stop_b
start_b --share
start_a --use-dns
check "systemd-resolved's name servers" wait_for 10 \
	grep -qxF 'nameserver 192.0.2.54' "$resolv"
check_equal 'and no others' 'nameserver 192.0.2.53
nameserver 192.0.2.54' "$(grep nameserver "$resolv")"
stop_a
stop_b
umount /run
printf 'nameserver %s\n' "$name_server" >"$dir/etc.desk/resolv.conf"
start_b --share

# Routes of its own.
in_a ip link add up0 type veth peer name up1
in_a ip link set up0 up
in_a ip route add default dev up0
start_a -v
check 'a board with a default route says so with -v' wait_for 10 \
	a_says 'paired with desk'
sleep 0.3
check_not 'and takes none' has_route
stop_a
in_a ip route del default
start_a --route 192.0.2.0/24
check 'a board with --route' wait_for 10 a_says 'paired with desk'
sleep 0.3
check_not 'takes no other' has_route
stop_a
start_a --addr 10.0.0.2/24
check 'a board with --addr, and the desk without: a route' wait_for 10 has_route
check 'a ping' wait_for 5 reaches "$server"

# A better way comes later.
in_a ip route add default dev up0 metric 600
check_match 'a default route that comes later takes precedence' 'dev up0' \
	"$(in_a ip route get "$server")"
in_a ip route del default dev up0
stop_a
stop_b

# An interface that stays.
in_a "$program" --create --interface stays 2>/dev/null
start_b --share
start_a --interface stays
has_stays() {
	default_route | grep -q 'dev stays'
}
check 'an interface that stays: a route' wait_for 10 has_stays
stop_a KILL
check 'it is gone afterwards' wait_for 5 not has_stays
in_a "$program" --delete --interface stays 2>/dev/null
stop_b

# The other end shares no more.
start_b --share
start_a --use-dns
check 'the board has the route' wait_for 10 has_route
check 'and the name server' wait_for 5 uses_names
kill -KILL "$(sharer_of "$pid_b")"
check 'the desk shares no more: the route is gone' wait_for 5 not has_route
check 'and the name server, too' wait_for 5 not uses_names
check 'the board says so' a_says \
	'^serialtun: tun0: desk does not share the internet any more$'
stop_b
start_b --share
check 'it shares again' wait_for 10 has_route
stop_b
stop_a

# A main process that an attacker controls asks the keeper for more.
cat >"$dir/attack" <<'END'
names 127.0.0.1
names 192.0.2.1 224.0.0.1
names 192.0.2.1
route 10.99.0.1
unroute
names
names 192.0.2.2
names 192.0.2.3
names 192.0.2.4
names 192.0.2.5
END
printf 'nameserver 127.0.0.1\n' >"$resolv"
cp "$resolv" "$dir/resolv.before"
in_a ip tuntap add mode tun kept0
in_a ip address add 10.99.0.2/24 dev kept0
in_a ip link set kept0 up
in_a ip route add default dev up0
driver=$build/tests/end_to_end/keeper_driver
attack() {
	nsenter --target "$host_a" --net -- unshare --mount sh -c \
		'mount --bind "$0" /etc && exec "$@"' "$dir/etc.board" \
		"$driver" kept0 nobody "$@" <"$dir/attack" \
		2>"$dir/driver.log"
}
fault='such an address cannot be a name server'
check_equal 'what the keeper does' "4 Operation not permitted: $fault
4 Operation not permitted: $fault
4 done
2 File exists: this host has a default route
3 done
4 done
4 done
4 done
4 done
4 Device or resource busy: too many name servers in too short a time
ended" "$(attack use-dns)"
check 'the old file is back' cmp "$resolv" "$dir/resolv.before"
in_a ip route del default dev up0
check_equal 'and without --use-dns' "4 Operation not permitted: $fault
4 Operation not permitted: $fault
4 Bad file descriptor: Bad file descriptor
2 done
3 done
4 done
4 Bad file descriptor: Bad file descriptor
4 Bad file descriptor: Bad file descriptor
4 Bad file descriptor: Bad file descriptor
4 Device or resource busy: too many name servers in too short a time
ended" "$(attack)"
check 'the file stays' cmp "$resolv" "$dir/resolv.before"
check_equal 'no route is left' '' "$(default_route)"
finish
