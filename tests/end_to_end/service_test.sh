#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# serialtun as a service: run the command of the unit with the privileges of the
# unit. A socket stands for the service manager, and a file for the journal.
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

unit=$source_dir/src/systemd/serialtun@.service.in

# unit_value NAME
unit_value() {
	sed -n "s/^$1=//p" "$unit"
}

# Expand ExecStart= as systemd does: %f is the port, and systemd splits a
# variable without braces into words.
command_line() {
	local word
	for word in $(unit_value ExecStart); do
		case $word in
		%f) echo "$1" ;;
		@BINDIR@/*) echo "$serialtun" ;;
		'$SERIALTUN_OPTIONS') xargs -r -n 1 <<<"$SERIALTUN_OPTIONS" ;;
		*) echo "$word" ;;
		esac
	done
}

# Print the messages to the service manager, one per line.
heard() {
	sed 's/\(READY\|STATUS\|STOPPING\|WATCHDOG\)=/\n&/g' "$dir/heard.log" |
		sed '/^$/d'
}

heard_line() {
	heard | grep -qE -- "$1"
}

# start_service PORT: start it with the journal as its standard error
start_service() {
	local stream line
	: >"$dir/journal.log"
	stream=$(stat -c '%d:%i' "$dir/journal.log")
	mapfile -t line < <(command_line "$1")
	NOTIFY_SOCKET=$dir/notify JOURNAL_STREAM=$stream \
		nsenter --target "$host_a" --net -- \
		setpriv --no-new-privs --bounding-set=-all,+net_admin \
		"${as[@]}" "${line[@]}" 2>>"$dir/journal.log" &
	pid_a=$!
}

# The kernel lists device numbers under the name of the tty driver: the member
# name of tty_driver, or for a UART the member dev_name of uart_driver.
check_equal 'the unit allows the adapters, and the UARTs of PCs and boards' \
	"rfcomm ttyACM ttyAMA ttyAML ttyGS ttyHS ttyLP ttyMSM ttyO ttyPS ttyS\
 ttySAC ttySC ttySTM ttyTHS ttyUSB ttyXRUSB ttymxc" \
	"$(unit_value DeviceAllow | sed -n 's/^char-\(.*\) rw$/\1/p' |
		LC_ALL=C sort | xargs)"

socat -u "UNIX-RECV:$dir/notify" "CREATE:$dir/heard.log" &
manager=$!
wait_for 5 test -S "$dir/notify" || echo '# there is no service manager'
start_cable --baud 0
start_b --addr 10.0.0.2/24

# DynamicUser= runs serialtun as a user of its own, in the group of the port. In
# a user namespace without other users the test uses root with one capability.
as=(--inh-caps=-all)
if setpriv --reuid=61184 --regid=61184 --clear-groups true 2>/dev/null &&
	group=$(getent group dialout | cut -d: -f3) && [ "$group" ]; then
	check_equal 'the unit has a user of its own' yes \
		"$(unit_value DynamicUser)"
	as=(--reuid=61184 --regid=61184 "--groups=$group"
		"--inh-caps=-all,+net_admin" "--ambient-caps=-all,+net_admin")
	chgrp "$group" "$(readlink -f "$port_a")"
	chmod 660 "$(readlink -f "$port_a")"
	chmod 711 "$dir"
	chmod 666 "$dir/notify"
	open_tun
fi

SERIALTUN_OPTIONS='--addr 10.0.0.1/24 -v'
start_service "$port_a"
check 'it sends READY=1' wait_for 10 heard_line '^READY=1$'
check_match 'the interface is up by then' '10\.0\.0\.1/24' \
	"$(in_a ip -o addr show dev tun0)"
check 'it sends a status for people' \
	wait_for 10 heard_line '^STATUS=.*tun0.*/dev/pts/'
check_equal 'it sends READY=1 once' 1 "$(heard | grep -c READY)"
check 'a ping crosses' in_a ping -c 1 -W 5 10.0.0.2
stop_a
check_equal 'it ends with status 0' 0 "$ended"
check 'it sends STOPPING=1' wait_for 5 heard_line '^STOPPING=1$'
check_match 'the journal has the priority of changes' \
	'^<6>serialtun: tun0 is up' "$(<"$dir/journal.log")"
check_match 'the journal has the priority of each step' '^<7>serialtun: ' "$(<"$dir/journal.log")"
check_not 'no line is without a priority' grep -vE '^<[3467]>serialtun: ' \
	"$dir/journal.log"

# With an empty file of options it takes the address that the peer proposes.
SERIALTUN_OPTIONS=
start_service "$port_a"
check 'without options it pairs: a ping crosses' \
	wait_for 10 in_b ping -c 1 -W 1 10.0.0.1
stop_a
check_equal 'without options it ends with status 0' 0 "$ended"

# A line that is no device: --port among the options takes precedence.
SERIALTUN_OPTIONS='--port tcp-listen:5000 --addr 10.0.0.1/24'
start_service /guest
check 'the options name the line' \
	wait_for 10 heard_line '^STATUS=.*tcp-listen:5000'
stop_a
check_equal 'it ends with status 0, too' 0 "$ended"
: >"$dir/journal.log"

# The watchdog of the service manager.
SERIALTUN_OPTIONS='--addr 10.0.0.1/24'
export WATCHDOG_USEC=400000
start_service "$port_a"
alive_messages() {
	[ "$(heard | grep -c '^WATCHDOG=1$')" -ge "$1" ]
}
check 'it reports that it is alive' wait_for 10 alive_messages 5
kill -STOP "$pid_a"
sleep 0.5
before=$(heard | grep -c '^WATCHDOG=1$')
sleep 1
check_equal 'it sends no such report while it is stopped' "$before" \
	"$(heard | grep -c '^WATCHDOG=1$')"
kill -CONT "$pid_a"
stop_a
unset WATCHDOG_USEC

# Failures that a restart cannot mend.
before=$(heard | grep -c READY)
SERIALTUN_OPTIONS='--addr 10.0.0.1/24 --mtu 1'
start_service "$port_a"
wait_end "$pid_a"
check_equal 'a wrong option ends it with status 64, for good' \
	"$(unit_value RestartPreventExitStatus)" "$ended"

SERIALTUN_OPTIONS='--addr 10.0.0.1/24 -i lo'
start_service "$port_a"
wait_end "$pid_a"
check_equal 'an operation that the system refuses ends it with status 1' 1 "$ended"
check_match 'the journal has the priority of the error' '^<3>serialtun: cannot ' \
	"$(<"$dir/journal.log")"
check_equal 'it sends no further READY=1' "$before" "$(heard | grep -c READY)"

# A service manager that does not read its socket, and no service manager.
kill "$manager"
wait "$manager" 2>/dev/null
SERIALTUN_OPTIONS='--addr 10.0.0.1/24'
start_service "$port_a"
check 'it starts although the service manager does not listen' \
	wait_for 10 is_up "$dir/journal.log"
check 'and a ping crosses' in_a ping -c 1 -W 5 10.0.0.2
stop_a
JOURNAL_STREAM=1:2 start_a --addr 10.0.0.1/24
check_match 'outside of the journal there is no priority' \
	'^serialtun: tun0 is up' "$(<"$dir/a.log")"
stop_a
finish
