#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# USB adapters on a made-up machine: they are plugged in, pulled out, and come
# back under another number. Also the choice of a port by "auto", or without
# --port.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=machine.sh
source "$(dirname "$0")/machine.sh"

make_machine || skip_all 'cannot mount here'
start_cable --baud 0
end_a=$port_a
ftdi=(idVendor=0403 idProduct=6001)
ch340=(idVendor=1a86 idProduct=7523)

is_gone() {
	[ ! -L "$end_a" ] && [ ! -L "$port_b" ]
}

is_there() {
	[ -e "$end_a" ] && [ -e "$port_b" ]
}

# pull_out NAME: unplug the adapter at host A's end of the cable
pull_out() {
	kill -USR1 "$cable_pid"
	wait_for 5 is_gone
	remove_port "$1"
}

# Plug the cable in; a test then makes an adapter of its end.
plug_in() {
	kill -USR1 "$cable_pid"
	wait_for 5 is_there
}

pings() {
	in_a ping -c 1 -W 1 10.0.0.2
}

says() {
	grep -qE -- "$1" "$dir/a.log"
}

# The choice of a port.
refused --addr 10.0.0.1/24 --port auto
check_match 'auto: no adapter' \
	'^serialtun: cannot choose a port: no USB serial adapter was found \(plug one in, .*\)$' \
	"$said"
check_equal 'auto: no adapter: status 1' 1 "$ended"
refused
check_equal 'no --port, no adapter: one line, status 1' '1 1' \
	"$(wc -l <<<"$said") $ended"
check_match 'no --port, no adapter: the command to type' \
	'^serialtun: no --port was given, and no USB .*: sudo serialtun --port PORT\)$' \
	"$said"
add_usb 1-3 idVendor=2341 idProduct=0043
add_usb_acm ttyACM0 1-3 "$end_a"
for arguments in '' '--port auto'; do
	# shellcheck disable=SC2086 # none, or two words
	refused --addr 10.0.0.1/24 $arguments
	check_match "$arguments: the table shows a port that may be a modem" \
		'^/dev/ttyACM0 +free +cdc_acm ' "$said"
	check_match "$arguments: it does not take that port" \
		'; /dev/ttyACM0 may be a modem, .* --port /dev/ttyACM0\)$' "$said"
done
remove_port ttyACM0
add_usb 1-1 "${ftdi[@]}" serial=A10K
add_usb_serial ttyUSB0 1-1 "$end_a"
add_usb 1-2 "${ftdi[@]}" serial=A10L
add_usb_serial ttyUSB1 1-2 "$port_b"
refused --addr 10.0.0.1/24 --port auto
check_match 'auto: two adapters: the table shows both' '^/dev/ttyUSB1 .* A10L ' \
	"$said"
check_match 'auto: two adapters: the message' \
	'^serialtun: cannot choose a port: there is more than one USB serial adapter \(choose one: --port /dev/ttyUSB0\)$' \
	"$said"
check_equal 'auto: two adapters: status 1' 1 "$ended"
refused --addr 10.0.0.1/30
check_match 'no --port, two adapters: the command to type' \
	'^serialtun: no --port was given, and .* \(choose one: sudo serialtun --addr 10.0.0.1/30 --port /dev/ttyUSB0\)$' \
	"$said"
remove_port ttyUSB1

start_b --addr 10.0.0.2/24
port_a=auto
start_a --addr 10.0.0.1/24
check 'auto: the only adapter' says ' on /dev/ttyUSB0( |$)'
check 'auto: a ping crosses' wait_for 5 pings
check_not 'auto: no message about the choice' \
	says 'no --port was given'
stop_a

# Without any option, beside a board that is no USB serial adapter.
add_usb_acm ttyACM0 1-3 "$port_b"
: >"$dir/a.log"
nsenter --target "$host_a" --net -- "$serialtun" 2>"$dir/a.log" &
pid_a=$!
wait_for 10 is_up "$dir/a.log"
check 'no option: it takes the only adapter, and says so' says \
	'^serialtun: no --port was given: using /dev/ttyUSB0, the only USB serial adapter$'
check 'no option: the link is up' says ' is up: .*, on /dev/ttyUSB0( |$)'
stop_a
check_equal 'no option: it ends with status 0' 0 "$ended"
remove_port ttyACM0
ln -s ../../ttyUSB0 /dev/serial/by-id/usb-FTDI_A10K
start_a --addr 10.0.0.1/24
check 'auto: it prefers the stable name' says '/dev/serial/by-id/usb-FTDI_A10K'
stop_a
rm /dev/serial/by-id/usb-FTDI_A10K

# The same adapter comes back under another number, in another socket; another
# adapter has its old number.
port_a=/dev/ttyUSB0
start_a --addr 10.0.0.1/24
pull_out ttyUSB0
check 'an unplug is a lost port' wait_for 5 says 'lost /dev/ttyUSB0'
plug_in
add_usb 1-1 "${ftdi[@]}" serial=A10M
add_usb_serial ttyUSB0 1-1 "$end_a"
check_not 'it does not take another adapter with the old number' wait_for 3 pings
remove_port ttyUSB0
add_usb 1-4.1 "${ftdi[@]}" serial=A10K
add_usb_serial ttyUSB2 1-4.1 "$end_a"
check 'it finds the adapter under another number' wait_for 5 pings
stop_a
remove_port ttyUSB2

# Without a serial number, any such adapter in the same USB socket counts.
add_usb 1-1 "${ch340[@]}"
add_usb_serial ttyUSB0 1-1 "$end_a"
start_a --addr 10.0.0.1/24
check 'no serial number: it says that the socket counts' \
	says 'socket 1-1'
pull_out ttyUSB0
wait_for 5 says 'lost /dev/ttyUSB0'
plug_in
add_usb 1-2 "${ch340[@]}"
add_usb_serial ttyUSB1 1-2 "$end_a"
check_not 'it does not take one in another socket' wait_for 3 pings
remove_port ttyUSB1
add_usb_serial ttyUSB3 1-1 "$end_a"
check 'it takes one in the same socket' wait_for 5 pings
stop_a
remove_port ttyUSB3

# A serial number that two adapters share identifies neither.
add_usb 1-1 "${ftdi[@]}" serial=0001
add_usb_serial ttyUSB0 1-1 "$end_a"
add_usb 1-2 "${ftdi[@]}" serial=0001
add_usb_serial ttyUSB1 1-2 "$port_b"
start_a --addr 10.0.0.1/24
check 'a shared serial number: it says that the socket counts' says 'socket 1-1'
stop_a
stop_b
finish
