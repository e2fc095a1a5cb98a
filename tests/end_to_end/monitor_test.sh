#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Another program changes the interface of a running link: serialtun reports
# each change in one line, and its remedy works. It does not report its own
# changes.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

lines() {
	grep -cvE "$about_peer" "$dir/a.log"
}

# Has a line that matches $regex come?
news() {
	sed "1,${told_lines}d" "$dir/a.log" | grep -qE -- "$regex"
}

# told DESCRIPTION REGEX: exactly one new line has come, and matches
told() {
	regex=$2
	check "$1" wait_for 10 news
	sleep 0.3
	check_equal "$1: in one line" $((told_lines + 1)) "$(lines)"
	told_lines=$(lines)
}

# Print the remedy in the last line, up to the first semicolon.
remedy() {
	tail -n 1 "$dir/a.log" | sed -n 's/.*(sudo \([^;)]*\).*/\1/p'
}

start_cable --baud 0
start_a --addr 10.0.0.1/24 --addr fd00::1/64 --keepalive 1
start_b --addr 10.0.0.2/24 --addr fd00::2/64 --keepalive 1
told_lines=2
check 'a ping crosses' in_a ping -c 1 -W 5 10.0.0.2
sleep 0.3
check_equal 'it does not report its own changes' 2 "$(lines)"

in_a ip -4 address flush dev tun0
told 'its address is flushed' \
	'^serialtun: tun0 was changed by another program: it has lost its address 10\.0\.0\.1/24 \(sudo ip address add 10\.0\.0\.1/24 dev tun0\)$'
# shellcheck disable=SC2046 # these are several words
in_a $(remedy)
check 'the remedy works' in_a ping -c 1 -W 5 10.0.0.2
in_a ip -6 address flush dev tun0 scope global
told 'its IPv6 address too' \
	'it has lost its address fd00::1/64 \(sudo ip address add fd00::1/64 dev tun0\)$'
in_a ip address add 192.0.2.1/32 dev tun0
in_a ip address del 192.0.2.1/32 dev tun0
sleep 0.3
check_equal 'it does not report added addresses' "$told_lines" "$(lines)"

in_a ip link set tun0 mtu 9000
told 'its MTU is raised' \
	'its MTU is 9000 instead of 1500 \(longer packets delay others, and the peer may drop them: start both ends with --mtu 9000\)$'
check 'long packets still cross' \
	in_a ping -c 1 -W 10 -M 'do' -s 8000 10.0.0.2
in_a ip link set tun0 mtu 1500
told 'its MTU is lowered' 'its MTU is 1500 instead of 9000$'

in_a ip link set tun0 down
told 'it is taken down' \
	'it is down, so no packet crosses.*\(sudo ip link set tun0 up; routes through it are gone: add them again'
# shellcheck disable=SC2046 # these are several words
in_a $(remedy)
told 'and up again' 'tun0 was changed by another program: it is up again$'
check 'a ping crosses again' in_a ping -c 1 -W 5 10.0.0.2
in_a ip -batch - <<-end
	link set tun0 down
	link set tun0 up
end
# This may be two lines.
regex='routes through it are gone'
check 'down and up at once' wait_for 10 news
sleep 0.3
told_lines=$(lines)

in_a ip link set tun0 down
told 'down again' 'it is down'
in_a ip link set tun0 name board0
told 'it is renamed' \
	'^serialtun: tun0 was changed by another program: it is called board0 now$'
in_a ip link set board0 up
told 'by its new name' '^serialtun: board0 was changed by .*: it is up again$'
check 'a ping still crosses' in_a ping -c 1 -W 5 10.0.0.2

# serialtun sets the carrier: off when a peer with a keepalive falls silent.
sleep 4
stop_b
check 'the peer is gone' wait_for 10 a_says 'carrier off'
told_lines=$(lines)
sleep 0.5
check_equal 'it does not report its own carrier' "$told_lines" "$(lines)"

in_a ip link set board0 netns "$host_b"
told 'it is moved away' \
	'^serialtun: board0 was moved to another network namespace by another program: '
stop_a
check_equal 'it ends with status 0' 0 "$ended"

# A deletion is reported as a lost interface, by the pump.
start_a --addr 10.0.0.1/24
told_lines=2
in_a ip link del tun0
wait_end "$pid_a"
check_equal 'the interface is deleted: status 1' 1 "$ended"
check_match 'it reports the deletion' 'lost the interface tun0: it was deleted' \
	"$(<"$dir/a.log")"
check_not 'and it does not report a change' a_says 'another program'

# As another user it has no capability, and needs none.
if setpriv --reuid=65534 --clear-groups true 2>/dev/null &&
	getent passwd nobody >/dev/null; then
	start_a --addr 10.0.0.1/24 --user nobody
	told_lines=$(lines)
	in_a ip address flush dev tun0
	told 'as nobody it is seen too' 'it has lost its address 10\.0\.0\.1/24'
	stop_a
else
	skip 'as nobody: a change is reported' 'there is no other user here'
fi
finish
