#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The list of ports, of this machine and of a made-up machine: a sysfs with two
# adapters, in the test's own mount namespace, whose devices are ptys. --list
# opens no port.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=machine.sh
source "$(dirname "$0")/machine.sh"

# Print the files in /dev that a command opens, except /dev/null.
opened_by() {
	strace -qq -e trace=open,openat -o "$dir/trace" "$@" \
		>/dev/null 2>&1
	grep -oE '"/dev/[^"]*"' "$dir/trace" |
		grep -vE '"/dev/(null|serial/by-id)"'
}

is_json() {
	perl -MJSON::PP -e 'local $/; decode_json(<STDIN>)' <<<"$1"
}

# The machine's own list: its console, or nothing.
said=$("$serialtun" --list 2>"$dir/error")
check_equal 'status 0, nothing on stderr' '0 ' \
	"$? $(<"$dir/error")"
check 'the JSON is valid' is_json "$("$serialtun" --list=json)"
if strace -qq true 2>/dev/null; then
	check_equal 'it opens no device' '' "$(opened_by "$serialtun" --list)"
else
	skip 'it opens no device' 'no strace here'
fi
read -ra consoles 2>/dev/null </sys/class/tty/console/active
for name in "${consoles[@]}"; do
	[ -e "/sys/class/tty/$name/device" ] || continue
	check_match "$name is a console" "^/dev/$name +console " "$said"
done

if ! make_machine; then
	skip 'a made-up machine' 'cannot mount here'
	finish
fi
start_cable --baud 0

check_equal 'without any port: one line' 'no serial port found' \
	"$("$serialtun" --list 2>&1)"
check_equal 'without any port, as JSON' '[]' "$("$serialtun" --list=json 2>&1)"

add_tty ttyS0 pnp/00:01 type=4 uartclk=1843200
add_tty ttyS1 serial8250 type=0
add_usb 1-1.2 idVendor=0403 idProduct=6001 manufacturer=FTDI \
	$'product=FT232R \e[2J\xc2\x9bUART' serial=A10K
add_usb_serial ttyUSB0 1-1.2 "$port_a"
ln -s ../../ttyUSB0 /dev/serial/by-id/usb-FTDI_A10K-if00-port0
add_usb 1-3 idVendor=2341 idProduct=0043
add_tty ttyACM0 usb1/1-3/1-3:1.0
add_device ttyACM0 "$port_b"
add_files class/console active='tty0 ttyS0'
ln -s "$sysfs/class/console" /sys/class/tty/console

check_equal 'each port with its data' \
	"$(printf '%s\n' \
	'PORT          STATE    DRIVER    MAX BAUD  USB ID     SERIAL NUMBER  DESCRIPTION            STABLE NAME' \
	'/dev/ttyACM0  free     -         -         2341:0043  -              -                      -' \
	'/dev/ttyS0    console  16550A    115200    -          -              -                      -' \
	'/dev/ttyUSB0  free     ftdi_sio  3000000   0403:6001  A10K           FTDI FT232R ?[2J?UART  /dev/serial/by-id/usb-FTDI_A10K-if00-port0')" \
	"$("$serialtun" --list)"

# Ports in use.
nsenter --target "$host_a" --net -- "$serialtun" -q --addr 10.0.0.1/24 \
	--port ttyUSB0 2>"$dir/a.log" &
pid_a=$!
sleep infinity <>/dev/ttyACM0 &
sleeper=$!
is_used() {
	[ "$("$serialtun" --list | grep -cE ' \((serialtun|sleep), ')" = 2 ]
}
wait_for 10 is_used
said=$("$serialtun" --list)
check_match 'a locked port' \
	"^/dev/ttyUSB0 +locked \\(serialtun, pid $pid_a\\) " "$said"
check_match 'an open port' \
	"^/dev/ttyACM0 +busy \\(sleep, pid $sleeper\\) " "$said"
said=$("$serialtun" --list=json)
check 'the JSON of ports in use is valid' is_json "$said"
check_match 'the console is in the list, too' \
	"\"state\": \"locked\", \"holder\": {\"pid\": $pid_a, \"program\": \"serialtun\"}" \
	"$said"
refused --addr 10.0.1.3/24 --port ttyUSB0
check_match 'the message about a busy port names its user' \
	"cannot lock /dev/ttyUSB0: .* \\(serialtun, pid $pid_a, is using it" \
	"$said"
stop_a
kill "$sleeper"
wait "$sleeper" 2>/dev/null

check_not 'a full stdout is an error' \
	bash -c '"$1" --list >/dev/full' - "$serialtun"
finish
