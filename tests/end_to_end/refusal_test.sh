#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# When the system refuses an operation, serialtun prints one line with the
# object, the operation, the reason and the remedy, ends with status 1 and
# leaves nothing behind. (options_test checks errors of the command line.)
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

start_cable --baud 0

# refusal DESCRIPTION REGEX ARGUMENT...
refusal() {
	local description=$1 regex=$2
	shift 2
	refused "$@"
	check_match "$description" "^serialtun: $regex\$" "$said"
	check_equal "$description: status 1, one line, no interface" '1 1 ' \
		"$ended $(wc -l <<<"$said") $(in_a ip -br link show type tun)"
}

refusal 'no such port' \
	'cannot find port /dev/ttyUSB99: No such file or directory \(is it plugged in\? .*\)' \
	--port /dev/ttyUSB99
refusal 'a name below /dev' \
	'cannot find port /dev/ttyUSB99: No such file or directory \(.*\)' \
	--port ttyUSB99
refusal 'a regular file' \
	'cannot use .*/cable.log as a port: it is not a serial device or a pty \(.*\)' \
	--port "$dir/cable.log"
refusal 'a device that is no tty' \
	'cannot use /dev/null: Inappropriate ioctl for device \(name a serial port.*\)' \
	--port /dev/null

start_a --addr 10.0.0.1/24 -i first0
refused --addr 10.0.1.3/24 --port "$port_a"
check_match 'a busy port' \
	"^serialtun: cannot lock /dev/pts/[0-9]+: Device or resource busy \\(serialtun, pid $pid_a, is using it; stop it first\\)\$" \
	"$said"
check_equal 'a busy port: status 1' 1 "$ended"
stop_a

# The lock file of a program without flock(2).
if mount -t tmpfs none "$(readlink -f /var/lock)" 2>/dev/null; then
	sleep infinity &
	owner=$!
	wait_for 5 grep -qx sleep "/proc/$owner/comm"
	printf '%10d\n' "$owner" >/var/lock/LCK..null
	refusal 'a UUCP lock file' \
		"cannot use /dev/null: Device or resource busy \\(sleep, pid $owner, has a lock file for it in /var/lock; stop it first\\)" \
		--port /dev/null
	kill "$owner"
	wait "$owner" 2>/dev/null
	refusal 'a UUCP lock file that nobody owns any more' \
		'cannot use /dev/null: Inappropriate .*' --port /dev/null
	umount /var/lock
else
	skip 'a UUCP lock file' 'cannot mount here'
fi

# The kernel's own sentences.
refusal 'the same address twice' \
	'cannot add address 10.0.0.1/24 to tun0: .*(exists|assigned).*' \
	--addr 10.0.0.1/24 --addr 10.0.0.1/24 --port "$port_a"
in_a ip link add type veth 2>/dev/null
in_a ip link set veth0 up
in_a ip route add default dev veth0 metric 0
refusal 'a default route that exists' \
	'cannot add route 0.0.0.0/0 through tun0: File exists \(.*--metric\)' \
	--addr 10.0.0.1/24 --route default --port "$port_a"
start_a --addr 10.0.0.1/24 --route default --metric 50
check 'another --metric is accepted' alive "$pid_a"
stop_a
in_a ip link del veth0

# Without root's privileges: no capability, no device.
unprivileged=(nsenter --target "$host_a" --net --
	setpriv --bounding-set=-net_admin --inh-caps=-net_admin)
if "${unprivileged[@]}" true 2>/dev/null; then
	said=$("${unprivileged[@]}" "$serialtun" --addr 10.0.0.1/24 \
		--port "$port_a" 2>&1)
	ended=$?
	check_match 'no privilege' \
		'^serialtun: cannot create a new TUN interface: Operation not permitted \(root lacks CAP_NET_ADMIN here: .*\)$' \
		"$said"
	check_equal 'no privilege: status 1, one line' '1 1' \
		"$ended $(wc -l <<<"$said")"
else
	skip 'no privilege' 'cannot drop capabilities here'
fi
if in_a ip tuntap add dev other0 mode tun user 12345 2>/dev/null; then
	said=$("${unprivileged[@]}" "$serialtun" -i other0 --port "$port_a" 2>&1)
	check_match 'the interface of another user' \
		'^serialtun: cannot attach to interface other0: it belongs to another user' \
		"$said"
	in_a ip link del other0
else
	skip 'the interface of another user' 'there is no other user here'
fi

# A file system without /dev/net/tun; only in this test's own mount namespace.
if mount -t tmpfs none /dev/net 2>/dev/null; then
	refusal 'no /dev/net/tun' \
		'cannot open /dev/net/tun: No such file or directory \(load the tun module: modprobe tun; in a container: --device /dev/net/tun --cap-add NET_ADMIN\)' \
		--addr 10.0.0.1/24 --port "$port_a"
	umount /dev/net
else
	skip 'no /dev/net/tun' 'cannot mount here'
fi

# A port without permission.
nobody=(setpriv --reuid=65534 --clear-groups)
if "${nobody[@]}" true 2>/dev/null; then
	said=$("${nobody[@]}" "$serialtun" --port "$(readlink -f "$port_a")" 2>&1)
	check_match 'no permission for the port' \
		'^serialtun: cannot open /dev/pts/[0-9]+: Permission denied \(run as root.*\)$' \
		"$said"
else
	skip 'no permission for the port' 'there is no other user here'
fi

# A wrong command line ends it before it touches anything.
refused --port "$port_a" --addr 10.0.0.1/24 --mtu 10
check_equal 'a usage error: status 64, two lines' '64 2' \
	"$ended $(wc -l <<<"$said")"

# A pty has no clock, but its settings show the speed.
start_a --addr 10.0.0.1/24 --baud 57600
check_match 'the port has the speed' 'speed 57600 baud' \
	"$(stty -F "$port_a")"
stop_a
finish
