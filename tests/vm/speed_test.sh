#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two ends over the kernel's drivers find a higher speed: two FT232R up to what
# their emulation carries, and again after a replug. Two 16550A can do no more
# than 115200 and stay there, and so do a console and a port with XON/XOFF.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=../end_to_end/pairs.sh
source "$root/tests/end_to_end/pairs.sh"

head -c 50000 /dev/urandom >"$dir/file"

# The last speed that an end has reported.
speed_of() { # HOST
	sed -nE 's/.* tun0: ([0-9]+) baud .*, both ends$/\1/p' "$dir/$1.log" |
		tail -n 1
}

# have_speed TIMES: both have reported a speed that often, and the same one
have_speed() {
	says_times a "$1" ' baud now ' && says_times b "$1" ' baud now ' &&
		[ "$(speed_of a)" = "$(speed_of b)" ]
}

use_uarts
start_a
start_b
check_pair UARTs
sleep 8
check_equal 'UARTs: the speed stays' '' "$(speed_of a)"
check 'UARTs: a ping crosses' wait_for 10 pings
stop_a
stop_b

use_adapters

# check_stays DESCRIPTION REASON OPTION...: the adapters could do more
check_stays() {
	local name=$1 reason=$2
	shift 2
	start_a -v "$@"
	start_b "$@"
	check_pair "$name"
	check "$name: A says why its speed stays" a_says "$reason"
	sleep 8
	check_equal "$name: it stays" '115200 115200' \
		"$(stty -F "$port_a" speed) $(stty -F "$port_b" speed)"
	stop_a
	stop_b
}

check_stays 'XON/XOFF' \
	'^serialtun: /dev/ttyUSB0 stays at 115200 baud: it has XON/XOFF flow control$' \
	--flow xonxoff
# The kernel's list has the console of this machine, a UART.
cp /proc/consoles "$dir/consoles"
echo 'ttyUSB0              -W- (E  p  )  188:0' >>"$dir/consoles"
mount --bind "$dir/consoles" /proc/consoles
check_stays console \
	'^serialtun: /dev/ttyUSB0 stays at 115200 baud: it is a console of the kernel$'
umount /proc/consoles

stty -F "$port_a" 9600
start_a
start_b
check_pair adapters
check 'adapters: both report a higher speed' wait_for 60 have_speed 1
echo "# $(speed_of a) baud"
check 'adapters: a ping crosses' wait_for 10 pings
check_equal 'adapters: low latency stays' '1 1' "$(cat \
	/sys/bus/usb-serial/devices/ttyUSB{0,1}/latency_timer | xargs)"
check 'adapters: TCP from A to B' tcp a b 10.10.10.2 "$dir/file"
check 'adapters: TCP from B to A' tcp b a 10.10.10.1 "$dir/file"
pull_out 0
check 'unplugged at the higher speed: A has lost its port' \
	wait_for 10 a_says 'lost /dev/ttyUSB0'
plug_in 0
check 'plugged in: they find the speed again' wait_for 90 have_speed 2
check 'plugged in: a ping crosses' wait_for 10 pings
stop_a
check_equal 'A ends with status 0' 0 "$ended"
stop_b
check_equal 'at the end the port has a speed that is not ours' 9600 \
	"$(stty -F "$port_a" speed)"
finish
