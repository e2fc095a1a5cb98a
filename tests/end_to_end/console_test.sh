#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# serialtun sends no packets to a login or a shell, which would execute them as
# commands. Other text holds nothing back. The first packet shows that the peer
# is there.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

start_cable
stty -F "$port_b" raw -echo

# An echo reply from 10.0.0.2 to 10.0.0.1, a good packet
reply='45000020 00000000 4001 66db 0a000002 0a000001 0000 fffe 0001 0000 00000000'

# begin TEXT: start a link, and send this text to it
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
	check "\"$prompt\": serialtun sends nothing" nothing_came
	check 'and says so' wait_for 5 a_says "$is_told"
	frame "$reply" >"$port_b"
	check 'after a packet it sends the waiting packets' wait_for 3 something_came
	check 'and names the peer' wait_for 3 \
		a_says "^serialtun: $port_a: the peer is there: 10.0.0.2\$"
	end
done

begin 'root@board:~# serialtun --port ttyS0\r\nserialtun: tun0 is up\r\n'
check 'text that is no prompt: it sends packets' something_came
end
for text in '[    0.0] Booting Linux\r\n' 'Contiki-NG started\n' '> '; do
	begin "$text"
	check "\"$text\": serialtun sends packets" something_came
	check_not 'and does not warn of a login' a_says "$is_told"
	end
done

# Our own bytes come back: a login that echoes, or a loopback plug. The pairing
# says so first.
packets_wait() {
	kill -USR1 "$pid_a"
	sleep 0.1
	a_says '^serialtun: queue: [1-9][0-9]* packets, '
}
for pair in no ''; do
	echo_told='what this end sends comes back, so there is no pairing '
	[ -z "$pair" ] ||
		echo_told="the line returns this end's own packets, so sending waits for a packet from the peer "
	start_a --addr 10.0.0.1/24
	# shellcheck disable=SC2094 # a terminal is no file that is overwritten
	cat "$port_b" >"$port_b" &
	reader=$!
	in_a ping -q -c 8 -i 0.2 -W 1 10.0.0.2 >/dev/null
	check 'an echo: serialtun says so' wait_for 5 a_says "$echo_told"
	check 'an echo holds packets back' wait_for 5 packets_wait
	check_not 'and is not taken for a peer' a_says 'the peer is there'
	kill "$reader"
	stop_a
done

finish
