# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# A made-up machine; source it after lib.sh. In the mount namespace of the test
# it makes a sysfs without ports, and a /dev with little else than ptys. A test
# then adds ports; their devices are other names of ptys.
#
#   source tests/end_to_end/machine.sh
#   make_machine || skip_all 'cannot mount here'
#   start_cable --baud 0
#   add_usb 1-1.2 idVendor=0403 idProduct=6001 serial=A10K
#   add_usb_serial ttyUSB0 1-1.2 "$port_a"
#   remove_port ttyUSB0

# shellcheck disable=SC2154 # lib.sh has it
sysfs=$dir/sysfs

# add_files DIRECTORY FILE=TEXT...: make a directory of sysfs with these files
add_files() {
	local at=$sysfs/$1 file
	mkdir -p "$at"
	shift
	for file; do
		printf '%s\n' "${file#*=}" >"$at/${file%%=*}"
	done
}

# add_tty NAME DEVICE [FILE=TEXT...]: make a tty of this device in sysfs
add_tty() {
	local name=$1 device=$2
	shift 2
	add_files "$device/tty/$name" "$@"
	ln -sfT "$sysfs/$device" "$sysfs/$device/tty/$name/device"
	ln -s "$sysfs/$device/tty/$name" "/sys/class/tty/$name"
}

# add_device NAME PTY: make a name for this pty in /dev
add_device() {
	: >"/dev/$1" && mount --bind "$(readlink -f "$2")" "/dev/$1"
}

# add_usb SOCKET FILE=TEXT...: make a USB device with these attributes
add_usb() {
	local socket=$1
	shift
	rm -rf "${sysfs:?}/usb1/$socket"
	add_files "usb1/$socket" busnum=1 devnum=2 "$@"
	add_files "usb1/$socket/$socket:1.0" bInterfaceNumber=00
}

# add_usb_serial NAME SOCKET PTY: make a port of an adapter, as usb-serial does
add_usb_serial() {
	local device=usb1/$2/$2:1.0/$1
	add_device "$1" "$3"
	add_files drivers/ftdi_sio
	add_files "$device" port_number=0
	ln -sfT "$sysfs/drivers/ftdi_sio" "$sysfs/$device/driver"
	add_tty "$1" "$device"
}

# add_usb_acm NAME SOCKET PTY: make a port of a device, as cdc_acm does
add_usb_acm() {
	add_device "$1" "$3"
	add_files drivers/cdc_acm
	ln -sfT "$sysfs/drivers/cdc_acm" "$sysfs/usb1/$2/$2:1.0/driver"
	add_tty "$1" "usb1/$2/$2:1.0"
}

remove_port() {
	rm "/sys/class/tty/$1"
	umount --lazy "/dev/$1"
	rm "/dev/$1"
}

make_machine() {
	mount -t tmpfs -o mode=755 none /sys/class/tty 2>/dev/null &&
		mkdir "$dir/dev" && mount --rbind /dev "$dir/dev" &&
		mount -t tmpfs -o mode=755 none /dev &&
		mkdir -p /dev/net /dev/pts /dev/serial/by-id || return
	local name
	for name in full null net/tun; do
		: >"/dev/$name" && mount --bind "$dir/dev/$name" "/dev/$name" ||
			return
	done
	mount -t devpts -o ptmxmode=666 none /dev/pts &&
		ln -s pts/ptmx /dev/ptmx
}
