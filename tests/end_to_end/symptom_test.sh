#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# serialtun reports a bad line, once: no peer, a peer that sends garbage, an
# XOFF by noise, and a port that accepts nothing.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

says() {
	grep -qE -- "$1" "$dir/a.log"
}

# count REGEX: print the number of A's matching lines
count() {
	grep -cE -- "$1" "$dir/a.log"
}

# Keep the other end open, because a cable without a reader loses bytes.
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
check 'no peer: a warning' \
	wait_for 30 says 'nothing has arrived yet, although packets were sent'
sleep 5
check_equal 'one warning' 1 "$(count 'nothing has arrived yet')"
stop_a

start_a --addr 10.0.0.1/24
for ((i = 0; i < 10; i++)); do
	printf '\252\125\252\125\252\125\300' >"$port_b"
done
check 'garbage: a warning' wait_for 30 says 'not one IP packet'
stop_a

start_a --addr 10.0.0.1/24
frame "4500001c000000004001$(checksum \
	"4500001c0000000040010000 0a000002 0a000001")0a0000020a000001 0800f7ff00000000" \
	>"$port_b"
sleep 12
check_not 'a good packet: no warning' says 'arrive'
stop_a
kill "$holder"

# Noise makes an XOFF, and no XON follows.
start_b --addr 10.0.0.2/24
start_a --addr 10.0.0.1/24 --baud 115200 --flow xonxoff
in_a ping -c 1 -W 5 10.0.0.2 >/dev/null
check 'before the XOFF: no warning' not says 'has sent nothing'
stop_b
hold_other_end
printf '\023' >"$port_b"
in_a ping -c 30 -i 0.5 -W 1 -s 1000 10.0.0.2 >/dev/null 2>&1 &
pings=$!
check 'it reports an XOFF that lasts' \
	wait_for 20 says 'has sent nothing for 5 s .it was sent an XOFF'
kill "$holder" "$pings"
start_b --addr 10.0.0.2/24 --flow xonxoff --baud 115200
check 'it undoes the XOFF' wait_for 20 in_a ping -c 1 -W 1 10.0.0.2
stop_a
stop_b

# A pty without a reader fills.
python3 -c 'import os, signal, sys
master, slave = os.openpty()
os.symlink(os.ttyname(slave), sys.argv[1])
signal.pause()' "$dir/full" &
full=$!
wait_for 5 test -e "$dir/full"
port_a=$dir/full
start_a --addr 10.0.0.1/24
in_a ping -c 200 -i 0.01 -W 1 -s 1400 10.0.0.2 >/dev/null 2>&1 &
check 'it reports a port that accepts nothing' \
	wait_for 20 says 'has sent nothing for 5 s .is the other side asleep'
stop_a
check_equal 'it ends with status 0' 0 "$ended"
kill "$full"
finish
