# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Common functions of the tests in the virtual machine; source it first.
# They run at the top of the tree, as root, in the guest of tests/vm/run with
# its lines played by line.c:
#
#   tests/vm/run -F -P 115200 bash tests/vm/ports_test.sh
#
# It adds ports to ../lib.sh: "use_adapters" or "use_uarts" gives A and B ports
# of that kind. "plug" and "unplug" of tests/vm/run number the adapters; their
# serial numbers are VM0 and VM1.
#
# The guest is some seven times as slow as the machine. So the tests wait with
# patience, and the bounds of times are wide.

# The network namespace in which the kernel makes SLIP interfaces; it is not the
# test's own.
[ -n "${SERIALTUN_TEST_DIR:-}" ] || exec 9</proc/self/ns/net

# shellcheck source=../end_to_end/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../end_to_end/lib.sh"

[ -c /dev/virtio-ports/line ] ||
	skip_all 'not in the virtual machine (run by scripts/vm-check)'

in_first() {
	nsenter --net=/proc/self/fd/9 -- "$@"
}

use_adapters() {
	port_a=/dev/ttyUSB0
	port_b=/dev/ttyUSB1
}

# shellcheck disable=SC2034 # lib.sh uses them
use_uarts() {
	port_a=/dev/ttyS1
	port_b=/dev/ttyS2
}

# stable_name NUMBER: print udev's link to an adapter
stable_name() {
	echo "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_VM$1-if00-port0"
}

is_plugged() {
	[ -c "$(stable_name "$1")" ]
}

# Plug adapters in, and wait until udev has named them.
plug_in() {
	local number
	for number; do
		plug "$number"
		wait_for 10 is_plugged "$number"
	done
	udevadm settle
}

# Pull adapters out and wait until their names are gone.
pull_out() {
	local number
	for number; do
		unplug "$number"
		wait_for 10 not is_plugged "$number"
	done
	udevadm settle
}

# Adapter 0 is /dev/ttyUSB0, 1 is /dev/ttyUSB1; nobody may use them meanwhile.
renumber_adapters() {
	pull_out 0 1
	plug_in 0 1
}

# link_up ARGUMENT...: start serialtun at both ends, with these arguments; at
# 115200 baud unless they name another speed
link_up() {
	start_a --addr 10.0.0.1/24 --baud 115200 "$@"
	start_b --addr 10.0.0.2/24 --baud 115200 "$@"
}

link_down() {
	stop_a
	stop_b
}

a_says() {
	grep -qE -- "$1" "$dir/a.log"
}

b_says() {
	grep -qE -- "$1" "$dir/b.log"
}

pings() {
	in_a ping -q -c 1 -W 1 10.0.0.2
}

listening() {
	"in_$1" ss -ltn "sport = :$2" | grep -q LISTEN
}

# start_tcp FROM TO ADDRESS FILE: begin to send a file over TCP between hosts a
# and b; $sender and $receiver are the two ends, the file arrives as FILE.TO.
start_tcp() {
	tcp_port=$((${tcp_port:-5000} + 1))
	"in_$2" timeout 120 socat -u "TCP-LISTEN:$tcp_port,reuseaddr" \
		"OPEN:$4.$2,creat,trunc" &
	receiver=$!
	wait_for 10 listening "$2" "$tcp_port"
	"in_$1" timeout 120 socat -u "OPEN:$4" "TCP:$3:$tcp_port" &
	sender=$!
}

# tcp FROM TO ADDRESS FILE: the same, to its end; compare the file
tcp() {
	local sender receiver
	start_tcp "$@"
	wait "$sender" && wait "$receiver" && cmp "$4" "$4.$2"
}

# check_drops DESCRIPTION LOG: no frame was dropped, unless the driver reports
# overruns because the guest was late, as on a busy machine. The log has the
# counters, from serialtun -v.
check_drops() {
	check_match "$1: no frame is dropped" \
		' from the line: .* 0 dropped$|line: .* [1-9][0-9]* overrun,' "$2"
}

# tty_do PORT SECONDS PERL: open a port, run this Perl with its handle T, and
# keep the port open for so long. Opening raises DTR and RTS. Perl replaces the
# shell, so that a signal to the process reaches Perl.
tty_do() {
	exec perl -e 'use Fcntl;
		my ($port, $seconds, $code) = @ARGV;
		sysopen T, $port, O_RDWR | O_NONBLOCK | O_NOCTTY or die "$port: $!";
		eval "$code; 1" or die $@;
		select undef, undef, undef, $seconds' "$@"
}

# between LEAST NUMBER MOST
between() {
	[ -n "$2" ] && [ "$1" -le "$2" ] && [ "$2" -le "$3" ]
}
