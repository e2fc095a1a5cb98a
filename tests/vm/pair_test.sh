#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two ends with nothing but a port pair over the kernel's drivers, two UARTs and
# two adapters: they take addresses, and have the same ones after a restart and
# after a replug.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=../end_to_end/pairs.sh
source "$root/tests/end_to_end/pairs.sh"

head -c 50000 /dev/urandom >"$dir/file"

# has_both: both have their addresses
has_both() {
	has_address a 10.10.10.1 && has_address b 10.10.10.2
}

# check_link DESCRIPTION: two that were just started
check_link() {
	start_a
	start_b
	check_pair "$1"
	check "$1: TCP from A to B" tcp a b 10.10.10.2 "$dir/file"
	check "$1: TCP from B to A" tcp b a 10.10.10.1 "$dir/file"
	stop_a
	check_equal "$1: A ends with status 0" 0 "$ended"
	check "$1: B says that A has ended" wait_for 10 b_says \
		'board has ended$'
	check "$1: B has no carrier" wait_for 15 not has_carrier b
	start_a
	check "$1: A is restarted, B says so" wait_for 20 says_times b 2 \
		'paired with board .*: 10\.10\.10\.2 here, 10\.10\.10\.1 there$'
	check "$1: a ping crosses" wait_for 10 pings
	check "$1: both have their addresses" has_both
}

use_uarts
check_link UARTs
link_down

# One adapter is unplugged, and both are.
renumber_adapters
use_adapters
check_link adapters
pull_out 0
check 'unplugged: A has lost its port' wait_for 10 a_says 'lost /dev/ttyUSB0'
check 'unplugged: B says that A does not answer' wait_for 30 b_says \
	'board does not answer any more$'
plug_in 0
check 'plugged in: B says that it is paired' wait_for 30 says_times b 3 \
	'paired with board .*: 10\.10\.10\.2 here, 10\.10\.10\.1 there$'
check 'plugged in: a ping crosses' wait_for 10 pings
check 'plugged in: both have their addresses' has_both
pull_out 0 1
wait_for 10 b_says 'lost '
plug_in 1 0
check 'both were unplugged: a ping crosses' wait_for 30 pings
check 'both were unplugged: both have their addresses' has_both
check 'both were unplugged: TCP crosses' tcp a b 10.10.10.2 "$dir/file"
stop_a
check_equal 'A ends with status 0' 0 "$ended"
check_match 'it counts the losses' 'the port was lost 2 times$' \
	"$(<"$dir/a.log")"
stop_b
check_equal 'B ends with status 0' 0 "$ended"
check_not 'no keeper is left' pgrep -x serialtun-keep
finish
