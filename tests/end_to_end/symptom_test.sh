#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What is said of a line that does not do well, and that it is said once: a far
# end that is not there, one that sends garbage, an XOFF that noise made, and a
# line that takes nothing.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

says() {
	grep -qE -- "$1" "$dir/a.log"
}

# count REGEX: how often A said it
count() {
	grep -cE -- "$1" "$dir/a.log"
}

# Whoever has the other end open, or the cable loses what is sent there.
hold_other_end() {
	sleep infinity <>"$port_b" &
	holder=$!
	stty -F "$port_b" raw -echo
}

pair=no
start_cable --baud 115200
hold_other_end
start_a --addr 10.0.0.1/24
in_a ping -c 20 -i 1 -W 1 10.0.0.2 >/dev/null 2>&1 &
check 'nobody answers: a hint' \
	wait_for 30 says 'nothing has arrived yet, although packets were sent'
sleep 5
check_equal 'which is given once' 1 "$(count 'nothing has arrived yet')"
stop_a

start_a --addr 10.0.0.1/24
for ((i = 0; i < 10; i++)); do
	printf '\252\125\252\125\252\125\300' >"$port_b"
done
check 'garbage: a hint' wait_for 30 says 'not one IP packet'
stop_a

start_a --addr 10.0.0.1/24
frame "4500001c000000004001$(checksum \
	"4500001c0000000040010000 0a000002 0a000001")0a0000020a000001 0800f7ff00000000" \
	>"$port_b"
sleep 12
check_not 'a good packet: no hint' says 'arrive'
stop_a
kill "$holder"

# An XOFF comes from nowhere, and no XON will follow.
start_b --addr 10.0.0.2/24
start_a --addr 10.0.0.1/24 --baud 115200 --flow xonxoff
in_a ping -c 1 -W 5 10.0.0.2 >/dev/null
check 'before: no complaint' not says 'has sent nothing'
stop_b
hold_other_end
printf '\023' >"$port_b"
in_a ping -c 30 -i 0.5 -W 1 -s 1000 10.0.0.2 >/dev/null 2>&1 &
pings=$!
check 'an XOFF that lasts is reported' \
	wait_for 20 says 'has sent nothing for 5 s .it was sent an XOFF'
kill "$holder" "$pings"
start_b --addr 10.0.0.2/24 --flow xonxoff --baud 115200
check 'and does not last for ever' wait_for 20 in_a ping -c 1 -W 1 10.0.0.2
stop_a
stop_b

# Nobody reads at the other side of a pty: it fills.
python3 -c 'import os, signal, sys
master, slave = os.openpty()
os.symlink(os.ttyname(slave), sys.argv[1])
signal.pause()' "$dir/full" &
full=$!
wait_for 5 test -e "$dir/full"
port_a=$dir/full
start_a --addr 10.0.0.1/24
in_a ping -c 200 -i 0.01 -W 1 -s 1400 10.0.0.2 >/dev/null 2>&1 &
check 'a line that takes nothing is reported' \
	wait_for 20 says 'has sent nothing for 5 s .is the other side asleep'
stop_a
check_equal 'and it ends as ever' 0 "$ended"
kill "$full"
finish
