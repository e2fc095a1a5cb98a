#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Places where root may not do everything: containers, user namespaces, file
# systems without devices, IPv6 switched off. The message names the missing
# permission, and never tells root to run as root.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

start_cable --baud 0

# on_a COMMAND...: run serialtun on host A; its messages are in $said
on_a() {
	said=$(in_a timeout 10 "$@" 2>&1)
	ended=$?
}

# says DESCRIPTION REGEX: one line that matches, and status 1
says() {
	check_match "$1" "^serialtun: $2\$" "$said"
	check_equal "$1: status 1, one line" '1 1' "$ended $(wc -l <<<"$said")"
	check_not "$1: no advice to run as root" grep -q 'run as root' <<<"$said"
}

lacks='root lacks CAP_NET_ADMIN here: in a container, start it with --cap-add NET_ADMIN; in a user namespace, make a network namespace as well: unshare --net'

lean=(setpriv --bounding-set=-net_admin --inh-caps=-net_admin)
if in_a "${lean[@]}" true 2>/dev/null; then
	on_a "${lean[@]}" "$serialtun" --addr 10.0.0.1/24 --port "$port_a"
	says 'root without the capability' \
		"cannot create a new TUN interface: Operation not permitted \\($lacks\\)"
	in_a ip tuntap add dev kept0 mode tun
	on_a "${lean[@]}" "$serialtun" -i kept0 --addr 10.0.0.1/24 \
		--port "$port_a"
	in_a ip link del kept0
	check_not 'a persistent interface: no advice to run as root' \
		grep -q 'run as root' <<<"$said"
else
	skip 'root without the capability' 'cannot drop capabilities here'
fi
if in_a unshare --user --map-root-user true 2>/dev/null; then
	on_a unshare --user --map-root-user "$serialtun" --addr 10.0.0.1/24 \
		--port "$port_a"
	check_not 'root of a user namespace: no advice to run as root' \
		grep -q 'run as root\|usermod' <<<"$said"
	check_equal 'root of a user namespace: status 1, one line' '1 1' \
		"$ended $(wc -l <<<"$said")"
else
	skip 'root of a user namespace' 'no user namespaces here'
fi

# Wrong files as /dev/net/tun, in the test's own mount namespace.
place='\(in a container, start it with --device /dev/net/tun; else: sudo mknod /dev/net/tun c 10 200, in its place\)'
if mount -t tmpfs none /dev/net 2>/dev/null; then
	mkdir /dev/net/tun
	on_a "$serialtun" --addr 10.0.0.1/24 --port "$port_a"
	says 'a directory' "cannot use /dev/net/tun: it is a directory $place"
	rmdir /dev/net/tun
	: >/dev/net/tun
	on_a "$serialtun" --addr 10.0.0.1/24 --port "$port_a"
	says 'a file' "cannot use /dev/net/tun: it is not a device $place"
	mount --bind /dev/null /dev/net/tun
	on_a "$serialtun" --addr 10.0.0.1/24 --port "$port_a"
	says '/dev/null' \
		"cannot use /dev/net/tun: it is /dev/null by another name $place"
	umount /dev/net/tun
	mount --bind /dev/full /dev/net/tun
	on_a "$serialtun" --addr 10.0.0.1/24 --port "$port_a"
	says 'another device' \
		"cannot use /dev/net/tun: it is another device, 1:7 $place"
	umount /dev/net/tun
	umount /dev/net
else
	skip 'a wrong /dev/net/tun' 'cannot mount here'
fi
nodev='\(its file system is mounted nodev, so no device works there: in a container, start it with --device'
if mount -t tmpfs -o nodev none /dev/net 2>/dev/null &&
	mknod -m 666 /dev/net/tun c 10 200 &&
	mknod -m 666 /dev/net/port c 136 999; then
	on_a "$serialtun" --addr 10.0.0.1/24 --port "$port_a"
	says 'on a file system without devices' \
		"cannot open /dev/net/tun: Permission denied $nodev /dev/net/tun\\)"
	on_a "$serialtun" --addr 10.0.0.1/24 --port /dev/net/port
	says 'a port on such a file system' \
		"cannot open /dev/net/port: Permission denied $nodev /dev/net/port\\)"
else
	skip 'on a file system without devices' 'cannot make devices here'
fi
umount /dev/net 2>/dev/null

# IPv6 switched off, as it is in most containers.
remedy='sudo sysctl net.ipv6.conf.all.disable_ipv6=0; in a container, start it with --sysctl net.ipv6.conf.all.disable_ipv6=0'
if in_a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 2>/dev/null; then
	on_a "$serialtun" --addr fd00::1/64 --port "$port_a"
	says 'IPv6 switched off, and an IPv6 --addr' \
		"cannot add address fd00::1/64 to tun0: .* \\(IPv6 is switched off: $remedy\\)"
	start_a --pair=no
	check_match 'without --addr and without pairing' \
		"^serialtun: tun0 has no address: IPv6 is switched off here \\(give an IPv4 --addr, or: $remedy\\)\$" \
		"$(<"$dir/a.log")"
	stop_a
	# Its remedy works.
	# shellcheck disable=SC2046 # these are several words
	in_a $(sed 's/^sudo //; s/;.*//' <<<"$remedy") >/dev/null
	start_a --addr fd00::1/64
	check 'the remedy works' alive "$pid_a"
	stop_a
else
	skip 'IPv6 switched off' 'cannot switch IPv6 off here'
fi

# The message proposes a group only if it has a name and may read and write.
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
pty=$(readlink -f "$port_a")
if "${nobody[@]}" true 2>/dev/null && getent group dialout >/dev/null &&
	chgrp dialout "$pty" 2>/dev/null; then
	chmod 660 "$pty"
	on_a "${nobody[@]}" "$serialtun" --port "$pty"
	check_match 'a group that may read and write' \
		'\(run as root, or join its group: sudo usermod -aG dialout USER, then log in again\)$' \
		"$said"
	chmod 620 "$pty"
	on_a "${nobody[@]}" "$serialtun" --port "$pty"
	check_match 'a group that may not read' '\(run as root\)$' "$said"
	chmod 660 "$pty"
	chgrp 65534 "$pty"
	on_a setpriv --reuid=1 --regid=1 --clear-groups "$serialtun" \
		--port "$pty"
	check_match 'a group without a name' '\(run as root\)$' "$said"
	chgrp 0 "$pty"
	on_a "${nobody[@]}" "$serialtun" --port "$pty"
	check_match 'the group of root' '\(run as root\)$' "$said"
	# Root without CAP_DAC_OVERRIDE, and another user's port.
	chgrp dialout "$pty" && chown 1 "$pty"
	weak=(setpriv "--bounding-set=-dac_override,-dac_read_search")
	if "${weak[@]}" true 2>/dev/null; then
		on_a "${weak[@]}" "$serialtun" --port "$pty"
		says 'root without permission' \
			"cannot open $pty: Permission denied \\(not even root may, here: in a container, start it with --device $pty; .*\\)"
	fi
	chown 0 "$pty"
else
	skip 'a group that may read and write' 'there is no other user here'
fi

# Without sysfs there is no list of ports.
if mount -t tmpfs none /sys 2>/dev/null; then
	for list in --list --list=json; do
		on_a "$serialtun" "$list"
		says "$list without /sys" \
			'cannot list the ports: /sys, which lists the ports, is not mounted \(sudo mount -t sysfs none /sys, or name a port with --port\)'
	done
	on_a "$serialtun" --port auto
	says '--port auto without /sys' \
		'cannot choose a port: /sys, which lists the ports, is not mounted .*'
	start_a --addr 10.0.0.1/24
	check 'it finds a port by name' alive "$pid_a"
	stop_a
	umount /sys
else
	skip '--list without /sys' 'cannot mount here'
fi
finish
