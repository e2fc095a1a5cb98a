#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The line itself: RTS/CTS, ends of different speeds, and the bytes that wait in
# the driver while the wire is full.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2016 # the $ are Perl's
set_rts() {
	(tty_do "$1" 0 'my $rts = pack "i", 4;
		ioctl T, '"$2"', $rts or die "RTS: $!"')
}

drop_rts() { # TIOCMBIC
	set_rts "$1" 0x5417
}

raise_rts() { # TIOCMBIS
	set_rts "$1" 0x5416
}

# RTS/CTS between adapters.
use_adapters
head -c 40000 /dev/urandom >"$dir/file"
link_up --flow rtscts -v
check 'RTS/CTS: a ping crosses' wait_for 5 pings
check 'RTS/CTS: TCP' tcp a b 10.0.0.2 "$dir/file"
check 'RTS/CTS: TCP back' tcp b a 10.0.0.1 "$dir/file"
head -c 80000 /dev/urandom >"$dir/file"
rm "$dir/file.b"
start_tcp a b 10.0.0.2 "$dir/file"
wait_for 10 test -s "$dir/file.b"
drop_rts /dev/ttyUSB1
check 'a receiver drops RTS: serialtun reports it' wait_for 20 a_says \
	'^serialtun: /dev/ttyUSB0 has sent nothing for 5 s \(CTS is off: '
check 'the transfer waits' alive "$receiver"
check_not 'no ping crosses' pings
raise_rts /dev/ttyUSB1
wait_end "$sender" 60
check_equal 'the receiver raises RTS: the transfer ends' 0 "$ended"
wait_end "$receiver" 60
check 'the file arrives' cmp "$dir/file" "$dir/file.b"
link_down
check_match 'the line loses nothing' \
	'^serialtun: line: 0 framing, 0 parity, 0 overrun, ' "$(<"$dir/b.log")"

# One end runs at 115200, the other slower: its bytes cause framing errors or,
# if each of its bits is longer than one of our bytes, breaks. two_speeds BAUD
# ERRORS: wait until A reports these errors
two_speeds() {
	start_a -v --addr 10.0.0.1/24
	start_b --addr 10.0.0.2/24 --baud "$1"
	in_b ping -q -c 5 -i 0.3 -W 1 10.0.0.1 >/dev/null
	check "115200 and $1 baud: it reports $2" wait_for 10 a_says \
		"^serialtun: /dev/ttyUSB0: $2 \\(do both ends have the same --b"
	link_down
}

two_speeds 57600 'framing errors'
check_match 'it counts them' '^serialtun: line: [1-9][0-9]* framing, ' \
	"$(<"$dir/a.log")"
two_speeds 9600 'breaks arrive instead of bytes'
check_match 'it counts them' '^serialtun: line: 0 framing, .* [1-9][0-9]* breaks' \
	"$(<"$dir/a.log")"

# The wire is full, but few bytes wait in the driver. On an otherwise idle
# machine pings between two plain ends take 85 to 90 ms, and 95 % of them up to
# 150 (scripts/bench-vm): one packet keeps the wire busy for 130 ms. Behind the
# driver's whole queue of 4 KiB they would take 480 ms and more.
#
# Between paired ends a ping passes in the middle of a long packet: 95 % of them
# take up to 20 ms more than on the idle wire, where two plain ends add 130. How
# late the guest wakes a process decides about this figure, so the bound is a
# part of what the plain ends add in the same run.

# number_of TEXT KEY: print the number behind a word in the output of
# tests/vm/load
number_of() {
	sed -n "s/.*$2 \([0-9]*\).*/\1/p" <<<"$1"
}

# measure PORTS ARGUMENT...: fill the wire; $p50, $p95 and $goodput are the
# results, and $idle, 95 % on the idle wire
measure() {
	local said busy
	# shellcheck disable=SC2086 # are two
	said=$("$root/tests/vm/load" $1 "$serialtun" 12 "${@:2}" 2>&1)
	echo "# $said"
	busy=${said#* load }
	idle=$(number_of "${said%% load *}" p95)
	p50=$(number_of "$busy" p50)
	p95=$(number_of "$busy" p95)
	goodput=$(number_of "$busy" TCP)
}

is_good() {
	between 40 "$p50" 250 && between 80 "$p95" 400 &&
		between 60 "$goodput" 90
}

is_good_pair() {
	between 0 $(((p95 - idle) * 4)) "$added" &&
		between $((plain_goodput * 9 / 10)) "$goodput" 90
}

for ports in '/dev/ttyS1 /dev/ttyS2' '/dev/ttyUSB0 /dev/ttyUSB1'; do
	for _ in 1 2 3; do # whatever else the machine does spoils a figure
		measure "$ports" --pair=no
		is_good && break
	done
	check "${ports% *}: beside $goodput kbit/s of TCP, which fills the wire, \
pings take $p50 ms, 95 % of them up to $p95" is_good
	added=$((p95 - idle))
	plain_goodput=$goodput
	for _ in 1 2 3; do
		measure "$ports"
		is_good_pair && break
	done
	check "${ports% *}, paired: beside $goodput kbit/s of TCP, 95 % of the \
pings take up to $p95 ms, $idle ms when idle" is_good_pair
done
finish
