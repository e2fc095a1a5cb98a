#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The UART of a virtual machine is a socket of QEMU (-serial): the guest runs
# serialtun on its /dev/ttyS1, and this machine runs it on the socket. Unlike
# its siblings, this test runs outside of the guest, and starts the guest
# itself.
# shellcheck source=../end_to_end/lib.sh
source "$(dirname "$0")/../end_to_end/lib.sh"

[ "$(id -u)" = 0 ] || skip_all 'the virtual machine is for root'

file=$dir/file
shared=$dir/shared
head -c 30000 /dev/urandom >"$file"

guest_is_up() {
	[ "$(grep -c ' is up: ' "$shared/b.log")" = "$1" ]
}

pings() {
	in_a ping -q -c 1 -W 2 10.0.0.2
}

arrived() {
	cmp "$file" "$shared/received"
}

send_file() {
	rm -f "$shared/received"
	in_a timeout 60 socat -u "OPEN:$file" TCP:10.0.0.2:5001 &&
		wait_for 30 arrived
}

fetch_file() {
	in_a timeout 60 socat -u TCP:10.0.0.2:5002 "CREATE:$file.a" &&
		cmp "$file" "$file.a"
}

check_link() {
	check "$1: a ping" wait_for 20 pings
	check "$1: full packets" \
		in_a ping -q -c 2 -i 0.5 -W 5 -s 1472 -p c0db 10.0.0.2
	check "$1: TCP to the guest" send_file
	check "$1: TCP from the guest" fetch_file
}

# socket_line DEVICE PORT: QEMU's -serial, and the --port for it
socket_line() {
	local name=${2//"$dir/"}
	echo "# -serial ${1//"$dir/"}"
	rm -rf "$shared"
	mkdir "$shared"
	: >"$shared/b.log"
	port_a=$2
	start_a --wait --addr 10.0.0.1/24
	in_a "$root/tests/vm/run" -t 280 -w "$shared" -S "$1" \
		"$root/tests/vm/socket_guest" "$serialtun" "$shared" "$file" \
		>"$dir/guest.log" 2>&1 &
	guest=$!
	check "$name: the guest is up" wait_for 120 guest_is_up 1
	check_link "$name"
	touch "$shared/restart"
	check "$name: the guest's serialtun starts again" wait_for 20 guest_is_up 2
	check "$name: a ping crosses" wait_for 20 pings
	stop_a
	check_equal "$name: it ends with status 0" 0 "$ended"
	start_a --addr 10.0.0.1/24
	check_link "$name, started again"
	touch "$shared/end"
	wait_end "$guest" 60
	check_equal "$name: the guest ends with status 0" 0 "$ended"
	check "$name: switching the guest off loses the line" \
		wait_for 5 grep -q '^serialtun: lost ' "$dir/a.log"
	stop_a
	cp "$shared/b.log" "$dir/b.log"
}

# QEMU listens and we connect, or the other way round.
socket_line "unix:$dir/uart,server=on,wait=off" "unix:$dir/uart"
socket_line "unix:$dir/uart2,reconnect=1" "unix-listen:$dir/uart2"
socket_line tcp:127.0.0.1:5100,server=on,wait=off tcp:127.0.0.1:5100
socket_line tcp:127.0.0.1:5101,reconnect=1 tcp-listen:5101
finish
