#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --list, --port auto and the messages about busy ports, with UARTs and USB
# adapters that serialtun, a getty or no program uses.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# row PORT: print its line of the table
row() {
	"$serialtun" --list | grep "^$1 "
}

# json PORT KEY...: print values of --list=json; a dot leads into an object
json() {
	"$serialtun" --list=json | python3 -c '
import functools, json, sys
port = {p["device"]: p for p in json.load(sys.stdin)}[sys.argv[1]]
print(*(functools.reduce(dict.get, key.split("."), port)
        for key in sys.argv[2:]))' "$@"
}

json_holder() {
	json "$1" state holder.pid holder.program
}

# row_is DESCRIPTION PORT STATE REST: check a row, with "  " between cells
row_is() {
	check_match "$1" "^$2 +$3  +$4\$" "$(row "$2")"
}

is_getty() {
	row "$1" | grep -q ' getty '
}

use_adapters
adapter='ftdi_sio +3000000 +0403:6001  VM'
described='FTDI FT232R USB UART'
row_is 'an adapter in the table' /dev/ttyUSB0 free \
	"${adapter}0 +$described +$(stable_name 0)"
row_is 'the other one' /dev/ttyUSB1 free \
	"${adapter}1 +$described +$(stable_name 1)"
row_is 'a UART, by its chip' /dev/ttyS1 free '16550A +115200 +- +- +- +-'
row_is 'a console' /dev/ttyS0 console '16550A +115200 +- +- +- +-'
check_not 'a port without a chip is not in the list' \
	grep -q ttyS3 <<<"$("$serialtun" --list)"
check_equal 'an adapter in JSON' \
	"$(stable_name 1) $described ftdi_sio 0403 6001 VM1 0 free None" \
	"$(json /dev/ttyUSB1 by_id description driver usb.vid usb.pid \
		usb.serial usb.interface state holder)"
check_equal 'a UART in JSON' '16550A None None free' \
	"$(json /dev/ttyS1 driver usb by_id state)"

# In use by serialtun.
start_a --addr 10.0.0.1/24
row_is 'in use, by whom' /dev/ttyUSB0 "locked \\(serialtun, pid $pid_a\\)" \
	"${adapter}0 .*"
check_equal 'in JSON too' "locked $pid_a serialtun" \
	"$(json_holder /dev/ttyUSB0)"
refused --addr 10.0.1.1/24 --port "$(stable_name 0)"
check_equal 'a second serialtun is refused' 1 "$ended"
check_match 'its message names the first' "^serialtun: cannot lock \
/dev/ttyUSB0: .* \\(serialtun, pid $pid_a, is using it; stop it first\\)\$" \
	"$said"
start_b --addr 10.0.0.2/24
check 'the first still works' wait_for 10 pings
link_down
row_is 'free again' /dev/ttyUSB0 free "${adapter}0 .*"

# In use by a getty, which locks nothing.
use_uarts
setsid agetty --local-line 115200 ttyS2 vt100 </dev/null >/dev/null 2>&1 &
wait_for 10 is_getty /dev/ttyS2
getty=$(pgrep -x agetty)
row_is 'a getty' /dev/ttyS2 "getty \\(agetty, pid $getty\\)" '16550A .*'
check_equal 'in JSON too' "getty $getty agetty" \
	"$(json_holder /dev/ttyS2)"
start_b --addr 10.0.0.2/24
check "serialtun on the getty's port warns, and names the getty" b_says \
	"^serialtun: /dev/ttyS2 is in use by .*: agetty, pid $getty \\(stop it"
stop_b
kill "$getty"
wait_for 5 not alive "$getty"
row_is 'it has gone' /dev/ttyS2 free '16550A .*'

# The only adapter.
refused --addr 10.0.0.1/24 --port auto
check_equal '--port auto with two adapters: refused' 1 "$ended"
check_match 'the message' \
	'^serialtun: cannot choose a port: there is more than one USB serial adapter ' \
	"$said"
check_match 'the table of ports' "^/dev/ttyUSB1 .*$(stable_name 1)\$" "$said"
pull_out 1
port_a=auto
start_a --addr 10.0.0.1/24
check '--port auto with one adapter takes it' \
	a_says '^serialtun: tun0 is up: .* on /dev/ttyUSB0 .*at 115200 baud 8N1$'
pull_out 0
check 'it follows the adapter by its stable name' \
	wait_for 10 a_says '^serialtun: lost /dev/ttyUSB0: '
plug_in 1 0
check 'it finds the adapter under another number' wait_for 10 a_says \
	"^serialtun: $(stable_name 0) is back, as /dev/ttyUSB1\$"
stop_a
pull_out 0 1
refused --addr 10.0.0.1/24 --port auto
check_match '--port auto without an adapter' \
	'^serialtun: cannot choose a port: no USB serial adapter was found \(plug one in' \
	"$said"
finish
