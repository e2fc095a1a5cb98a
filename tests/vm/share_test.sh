#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --share with Debian's kernel, whose nf_tables is modules: what it says without
# them, that it loads them, and that the other end of two adapters reaches the
# internet.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=../end_to_end/pairs.sh
source "$root/tests/end_to_end/pairs.sh"
# shellcheck source=../end_to_end/internet.sh
source "$root/tests/end_to_end/internet.sh"

use_adapters
join_internet
start_name_server

# Without modules: nothing loads one.
loader=$(</proc/sys/kernel/modprobe)
echo /bin/false >/proc/sys/kernel/modprobe

# says_why: run it with --share, which has to fail, and print why
says_why() {
	in_b timeout 60 "$serialtun" --port "$port_b" --share 2>&1 |
		grep 'cannot share'
}
if grep -q '^nf_tables ' /proc/modules; then
	skip 'without nf_tables' 'the module is loaded'
else
	check_equal 'without nf_tables it says so' \
		'serialtun: tun0: cannot share the internet: the kernel has no nf_tables (sudo modprobe nf_tables)' \
		"$(says_why)"
	modprobe nf_tables
	# The others are loaded by the kernel below.
	for module in nft_fib_ipv4 nft_ct nft_chain_nat; do
		check_equal "without $module it says so" \
			"serialtun: tun0: cannot share the internet: the kernel lacks a part of nf_tables (sudo modprobe $module; Linux 5.12 or later)" \
			"$(says_why)"
		[ "$module" = nft_chain_nat ] || modprobe "$module"
	done
	check_equal 'it has switched nothing on' 0 "$(forwards eth0)"
fi
echo "$loader" >/proc/sys/kernel/modprobe

start_b --share
start_a --use-dns
check 'the board says that it has the internet' wait_for 30 \
	a_says ': the internet is reached through desk$'
check 'a ping' wait_for 10 reaches "$server" 3
check 'a ping by name' board ping -q -c 1 -W 10 www.example.org
check_not 'another host of the LAN is out of reach' reaches 192.168.1.77
check_not 'the LAN does not reach the board' \
	in_net ping -q -c 1 -W 2 10.10.10.1
in_server socat "TCP-LISTEN:80,bind=$server,reuseaddr" "OPEN:$dir/file" &
head -c 20000 /dev/urandom >"$dir/file"
check 'TCP: a file arrives' in_a timeout 60 socat -u "TCP:$server:80" \
	"OPEN:$dir/fetched,creat,trunc"
check 'it is the same' cmp "$dir/file" "$dir/fetched"

unplug 1
check 'an unplug' wait_for 20 b_says 'lost '
check 'the table stays' has_table
plug 1
check 'the board reaches the server again' wait_for 60 reaches "$server" 3
stop_b KILL
check 'SIGKILL: the table is gone' wait_for 10 not has_table
check_equal 'SIGKILL: eth0 does not forward' 0 "$(forwards eth0)"
stop_a
finish
