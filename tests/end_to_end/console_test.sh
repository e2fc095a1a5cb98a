#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A login or a shell at the other end is sent no packets, which it would execute
# as commands; other text holds nothing back; and the first packet says that the
# peer is there.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

start_cable
stty -F "$port_b" raw -echo

# In a good packet, from 10.0.0.2 to 10.0.0.1: an echo reply.
reply='45000020 00000000 4001 66db 0a000002 0a000001 0000 fffe 0001 0000 00000000'

# begin TEXT: a new link, at whose other end this text came last
begin() {
	cat "$port_b" >"$dir/came" &
	reader=$!
	start_a --addr 10.0.0.1/24
	printf '%b' "$1" >"$port_b"
	sleep 0.3
	: >"$dir/came"
	in_a ping -q -c 3 -i 0.2 -W 1 10.0.0.2 >/dev/null
	sleep 0.3
}

end() {
	kill "$reader"
	stop_a
}

nothing_came() {
	! [ -s "$dir/came" ]
}

something_came() {
	[ -s "$dir/came" ]
}

is_told='^serialtun: .*: a login or a shell is at the other end and would execute packets as commands: sending waits until a packet comes from there'

for prompt in 'Debian\r\nboard login: ' 'root@board:~# ' '$ '; do
	begin "$prompt"
	check "\"$prompt\": nothing is sent to it" nothing_came
	check 'which is said' wait_for 5 a_says "$is_told"
	frame "$reply" >"$port_b"
	check 'a packet comes: what waited is sent' wait_for 3 something_came
	check 'and the peer is named' \
		a_says "^serialtun: $port_a: the peer is there: 10.0.0.2\$"
	end
done

begin 'root@board:~# serialtun --port ttyS0\r\nserialtun: tun0 is up\r\n'
check 'a command was typed there: packets are sent' something_came
end
for text in '[    0.0] Booting Linux\r\n' 'Contiki-NG started\n' '> '; do
	begin "$text"
	check "\"$text\": packets are sent" something_came
	check_not 'and nothing is said of a login' a_says "$is_told"
	end
done

# What we send comes back: a login that echoes, or a plug.
start_a --addr 10.0.0.1/24
# shellcheck disable=SC2094 # a terminal is no file that is overwritten
cat "$port_b" >"$port_b" &
reader=$!
in_a ping -q -c 8 -i 0.2 -W 1 10.0.0.2 >/dev/null
check 'an echo holds packets back, too' wait_for 5 a_says \
	"the line returns this end's own packets, so sending waits for a packet from the peer "
check_not 'and is no peer' a_says 'the peer is there'
kill "$reader"

finish
