#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Adapters are unplugged and plugged in, with the kernel's USB, ftdi_sio and
# udev: each link finds its own adapter again, by its serial number or by udev's
# name, under any number. (contact_test.sh does so fast and often.)
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

no_carrier() {
	in_a ip -o link show dev tun0 | grep -q NO-CARRIER
}

index_of_a() {
	in_a ip -o link show dev tun0 | cut -d: -f1
}

# Print the devices that a process has open
ports_of() {
	find "/proc/$1/fd" -lname '/dev/tty[SU]*' -printf '%l\n' | sort -u
}

# has_port PID DEVICE: does it have this port open, and no other?
has_port() {
	[ "$(ports_of "$1")" = "$2" ]
}

# Print the milliseconds from the return of the device to the first ping.
ms_to_ping() {
	local start
	wait_for 10 test -c "$1"
	start=${EPOCHREALTIME/./}
	wait_for 20 in_a ping -q -c 1 -W 0.2 10.0.0.2
	echo $(((${EPOCHREALTIME/./} - start) / 1000))
}

# A process that has the old device open keeps its number.
hold() {
	tty_do "$1" 600 '' &
	holder=$!
	wait_for 10 has_port "$holder" "$1"
}

let_go() {
	kill "$holder"
	wait_end "$holder"
}

use_adapters
# The kernel's announcements, from an independent program.
in_a ip -o monitor link >"$dir/monitor.log" 2>&1 &

# Unplugged during a transfer, and back under another number.
link_up
index=$(index_of_a)
check 'a ping crosses' wait_for 5 pings
# The process that reads the line is nobody. What opens the port again is not,
# and sets up the port as libserialport did at the start.
check_equal 'the process is nobody' 65534 \
	"$(awk '/^Uid:/ { print $2 }' "/proc/$pid_a/status")"
settings=$(stty -F /dev/ttyUSB0 -g)
chmod 600 /dev/ttyUSB0
kill -USR2 "$pid_a"
check "a port of root alone: SIGUSR2 opens it again" wait_for 10 a_says \
	'^serialtun: closing and reopening /dev/ttyUSB0$'
check 'and a ping crosses' wait_for 10 pings
check_equal 'it has the same settings' "$settings" \
	"$(stty -F /dev/ttyUSB0 -g)"
# Before the transfer: beside it the guest takes seconds to start a program.
hold /dev/ttyUSB0
head -c 200000 /dev/urandom >"$dir/sent"
start_tcp a b 10.0.0.2 "$dir/sent"
wait_for 10 test -s "$dir/sent.b"
pull_out 0
check 'it reports an unplugged adapter' wait_for 5 a_says \
	'^serialtun: lost /dev/ttyUSB0: it hung up; waiting for /dev/ttyUSB0$'
check 'the interface stays, without a carrier' wait_for 5 no_carrier
check 'the transfer is still running' alive "$receiver"
plug 0
ms=$(ms_to_ping /dev/ttyUSB2)
# The goal is 0.5 s; the guest is some seven times slower than a machine.
check "a ping crosses within 0.5 s x 7 of the device's return ($ms ms)" \
	[ "$ms" -le 3500 ]
check 'it follows the adapter: ttyUSB0 is now ttyUSB2' \
	a_says '^serialtun: /dev/ttyUSB0 is back, as /dev/ttyUSB2$'
wait_end "$sender" 60
check_equal 'the TCP connection survives' 0 "$ended"
wait_end "$receiver" 60
check 'the file arrives unchanged' cmp "$dir/sent" "$dir/sent.b"
check_equal 'it is the same interface' "$index" "$(index_of_a)"
check_match 'other programs see the carrier go' 'tun0.*NO-CARRIER' \
	"$(<"$dir/monitor.log")"
check_match 'and come back' 'tun0.*LOWER_UP' \
	"$(tail -n 1 "$dir/monitor.log")"
check_equal 'the returned adapter has low latency' 1 \
	"$(cat /sys/bus/usb-serial/devices/ttyUSB2/latency_timer)"
check_equal 'the returned adapter has the same settings' "$settings" \
	"$(stty -F /dev/ttyUSB2 -g)"
let_go
link_down
check_match 'it counts the loss' '^serialtun: .*the port was lost 1 time$' \
	"$(<"$dir/a.log")"

# Both adapters return with exchanged numbers, by every kind of name.
for names in '/dev/ttyUSB0 /dev/ttyUSB1' "$(stable_name 0) $(stable_name 1)"; do
	renumber_adapters
	read -r port_a port_b <<<"$names"
	link_up
	check "$port_a: a ping crosses" wait_for 5 pings
	check "$port_a: A has adapter 0" has_port "$pid_a" /dev/ttyUSB0
	check "$port_b: B has adapter 1" has_port "$pid_b" /dev/ttyUSB1
	pull_out 0 1
	wait_for 5 a_says 'lost '
	wait_for 5 b_says 'lost '
	plug_in 1
	check "$port_b: adapter 1 returns as ttyUSB0, and B has it" \
		wait_for 10 has_port "$pid_b" /dev/ttyUSB0
	check_equal "$port_a: A does not take it" '' "$(ports_of "$pid_a")"
	check "$port_a: A has no carrier" no_carrier
	plug 0
	ms=$(ms_to_ping /dev/ttyUSB1)
	check "$port_a: a ping crosses within 0.5 s x 7 ($ms ms)" \
		[ "$ms" -le 3500 ]
	check "$port_a: adapter 0 returns as ttyUSB1, and A has it" \
		has_port "$pid_a" /dev/ttyUSB1
	check "$port_b: B keeps its adapter" has_port "$pid_b" /dev/ttyUSB0
	check "$port_a: A reports the return" a_says "$port_a is back, as /dev/ttyUSB1\$"
	link_down
done

# As a user that may open the port only as a member of its group. udev sets the
# group after it has made the device.
renumber_adapters
use_adapters
start_b --addr 10.0.0.2/24
start_a --addr 10.0.0.1/24 --user nobody
check_match '--user nobody: the process is nobody' '^Uid:	65534	65534	' \
	"$(<"/proc/$pid_a/status")"
check '--user nobody: a ping crosses' wait_for 5 pings
hold /dev/ttyUSB0
pull_out 0
wait_for 5 a_says 'lost '
plug 0
check '--user nobody: the adapter returns, a ping crosses' \
	wait_for 20 pings
check '--user nobody: it uses ttyUSB2' has_port "$pid_a" /dev/ttyUSB2
let_go
link_down

# --wait.
for name in /dev/ttyUSB0 "$(stable_name 0)"; do
	renumber_adapters
	pull_out 0 1
	port_a=$name
	start_a --addr 10.0.0.1/24 --wait
	check "$name: --wait starts without the adapter" a_says \
		"^serialtun: tun0 is up: .*, waiting for $name\$"
	check "$name: without a carrier" no_carrier
	plug_in 0 1
	check "$name: it takes the adapter once it is plugged in" \
		wait_for 10 has_port "$pid_a" /dev/ttyUSB0
	start_b --addr 10.0.0.2/24
	check "$name: a ping crosses" wait_for 10 pings
	link_down
done
finish
