#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Effects on real drivers, which no pty can show: 8250 (UARTs) and ftdi_sio (USB
# adapters). The test runs in the virtual machine, from the top of the tree, and
# prints TAP; it takes about a minute.
#
# Not emulated, and so not tested: the modem lines between the UARTs (QEMU sets
# them always), line errors of the UARTs, the parity bit on the wire, and an
# FT232R that obeys XON and XOFF by itself.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# Print our modem lines as the other adapter sees them: RTS as CTS, DTR as DSR.
# shellcheck disable=SC2016 # the $ are Perl's
lines_of_a() {
	tty_do /dev/ttyUSB1 0 'select undef, undef, undef, 0.2;
		my $lines = pack "i", 0;
		ioctl T, 0x5415, $lines or die "TIOCMGET: $!";
		$lines = unpack "i", $lines;
		print join " ", $lines & 0x100 ? "DTR" : (),
			$lines & 0x20 ? "RTS" : ()'
}

# Print the modem lines of a UART, as its driver has set them.
lines_of_uart() {
	awk '/^1:/ { print /DTR/ ? "DTR" : "", /RTS/ ? "RTS" : "" }' \
		/proc/tty/driver/serial | xargs
}

latency_timer() {
	cat /sys/bus/usb-serial/devices/ttyUSB0/latency_timer
}

# measure LEAST MOST: set $ms to the median of some round trips; measure again,
# up to three times, if it is not between these: whatever else the machine does
# spoils a figure
measure() {
	for _ in 1 2 3; do
		ms=$(in_a ping -c 9 -i 0.3 10.0.0.2 |
			sed -n 's/.* time=\([0-9]*\).*/\1/p' | sort -n | sed -n 5p)
		between "$1" "$ms" "$2" && break
	done
}

# Latency.
use_adapters
check_equal 'FTDI: 16 ms before' 16 "$(latency_timer)"
link_up
check_equal 'FTDI: 1 ms in use' 1 "$(latency_timer)"
measure 10 28
check "FTDI: an idle ping takes $ms ms" between 10 "$ms" 28
link_down
check_equal 'FTDI: 16 ms again' 16 "$(latency_timer)"
link_up --no-low-latency
check_equal '--no-low-latency: 16 ms in use' 16 "$(latency_timer)"
measure 32 80
check "--no-low-latency: an idle ping takes $ms ms" between 32 "$ms" 80
link_down
setserial /dev/ttyUSB0 low_latency
start_a --addr 10.0.0.1/24
stop_a
check_equal 'an adapter with low latency keeps it' 1 "$(latency_timer)"
setserial /dev/ttyUSB0 ^low_latency
use_uarts
start_a --addr 10.0.0.1/24
check_not 'it does not change a UART' grep -q low_latency \
	<<<"$(setserial -a /dev/ttyS1)"
stop_a

# DTR and RTS.
while read -r dtr rts lines; do
	use_adapters
	start_a --addr 10.0.0.1/24 --dtr "$dtr" --rts "$rts"
	check_equal "FTDI: --dtr $dtr --rts $rts: ${lines:-neither}" "$lines" \
		"$(lines_of_a)"
	stop_a
	use_uarts
	start_a --addr 10.0.0.1/24 --dtr "$dtr" --rts "$rts"
	check_equal "8250: --dtr $dtr --rts $rts: ${lines:-neither}" "$lines" \
		"$(lines_of_uart)"
	stop_a
done <<-'END'
	keep keep DTR RTS
	on on DTR RTS
	off keep RTS
	keep off DTR
	off off
END
use_adapters
start_a --addr 10.0.0.1/24
stop_a
check_equal 'FTDI: the end leaves both raised' 'DTR RTS' "$(lines_of_a)"
start_a --addr 10.0.0.1/24 --hupcl
stop_a
check_equal 'FTDI: --hupcl drops both' '' "$(lines_of_a)"
use_uarts
start_a --addr 10.0.0.1/24 --hupcl
stop_a
check_equal '8250: --hupcl drops both' '' "$(lines_of_uart)"

# Settings, and packets of XON and XOFF.
for use in use_adapters use_uarts; do
	$use
	stty -F "$port_a" -hupcl 19200 -ixon crtscts
	before=$(stty -g -F "$port_a")
	link_up --flow xonxoff --parity even --stop-bits 2
	said=$(stty -a -F "$port_a")
	check_match "$port_a: parity, stop bits" \
		'^parenb -parodd .*cs8.* cstopb ' "$said"
	check_match "$port_a: XON/XOFF" ' ixon ixoff$' "$said"
	check_match "$port_a: the speed" '^speed 115200 ' "$said"
	check "$port_a: packets of XON and XOFF cross" \
		in_a ping -q -c 3 -i 0.2 -s 500 -p 1113 10.0.0.2
	link_down
	check_equal "$port_a: the end restores the settings" "$before" \
		"$(stty -g -F "$port_a")"
	link_up --parity odd
	check_match "$port_a: odd parity" '^parenb parodd ' \
		"$(stty -a -F "$port_a")"
	check "$port_a: packets cross" in_a ping -q -c 3 -i 0.2 10.0.0.2
	link_down
	stty -F "$port_a" -crtscts
done

# held_end DESCRIPTION HOLDER: end serialtun on A while its output is held, and
# then the holder, a process
held_end() {
	local begin ms
	in_a ping -q -c 10 -i 0.01 -s 1000 -W 2 10.0.0.2 >/dev/null
	check "$1: the holder still runs" alive "$2"
	begin=$EPOCHREALTIME
	stop_a
	ms=$(((${EPOCHREALTIME/./} - ${begin/./}) / 1000))
	check_equal "$1: the end has status 0" 0 "$ended"
	check "$1: the end takes $ms ms" between 0 "$ms" 1500
	check_match "$1: packets were waiting" 'queue: [1-9][0-9]* packets' \
		"$(<"$dir/a.log")"
	kill "$2"
	wait "$2" 2>/dev/null
}

use_adapters
for before in crtscts -crtscts; do
	stty -F "$port_a" "$before"
	# shellcheck disable=SC2016 # the $ are Perl's
	tty_do "$port_b" 60 'my $rts = pack "i", 4;
		ioctl T, 0x5417, $rts or die "TIOCMBIC: $!"' &
	holder=$!
	sleep 0.5
	start_a -v --addr 10.0.0.1/24 --flow rtscts
	held_end "FTDI, held by RTS/CTS, $before before" "$holder"
done
stty -F "$port_a" -crtscts
use_uarts
stty -F "$port_b" raw 115200
start_a -v --addr 10.0.0.1/24 --flow xonxoff
tty_do "$port_b" 60 'syswrite T, chr 0x13' &
holder=$!
sleep 0.5
held_end '8250, held by XOFF' "$holder"

# A speed that a chip does not have.
refused --port /dev/ttyS1 --addr 10.0.0.1/24 --baud 500000
check_match 'it refuses a speed that the UART does not have' \
	'^serialtun: cannot set /dev/ttyS1 to 500000 baud: the hardware would run at [0-9]+ ' \
	"$said"
finish
