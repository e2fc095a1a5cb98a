#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Once the link is up, no process has a capability left, as the kernel reports,
# and the process that parses the line is the user nobody. The link still works,
# and serialtun still cleans up at the end: the broker opens the port and writes
# files, as the user that started serialtun.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# status_of FIELD: print this field of /proc/PID/status of serialtun on A
status_of() {
	awk -v field="$1:" '$1 == field { $1 = ""; print substr($0, 2) }' \
		"/proc/${process:-$pid_a}/status"
}

# broker_status FIELD: the same, of its broker
broker_status() {
	process=$(broker_of "$pid_a") status_of "$1"
}

# check_powerless DESCRIPTION
check_powerless() {
	local set sets=
	for set in Eff Prm Inh Bnd Amb; do
		sets+="$(status_of "Cap$set") "
	done
	check_equal "$1: no capability is left (effective, permitted, inheritable, bounding, ambient)" \
		"$(printf '%016x ' 0 0 0 0 0)" "$sets"
	check_equal "$1: it cannot regain one" 1 "$(status_of NoNewPrivs)"
	check_equal "$1: the broker has no capability, and cannot gain one" \
		"$(printf '%016x ' 0 0 0 0)1" \
		"$(for set in Eff Prm Inh Bnd; do
			printf '%s ' "$(broker_status "Cap$set")"
		done)$(broker_status NoNewPrivs)"
	check_equal "$1: both have a filter" '2 2' \
		"$(status_of Seccomp) $(broker_status Seccomp)"
}

# Print the settings of port A without HUPCL, bit 10 of the third field.
settings() {
	local i o c rest
	IFS=: read -r i o c rest <<<"$(stty -F "$port_a" -g)"
	printf '%s:%s:%x:%s' "$i" "$o" $((0x$c & ~0x400)) "$rest"
}

# check_end DESCRIPTION SETTINGS
check_end() {
	stop_a
	check_equal "$1: it ends with status 0" 0 "$ended"
	check_equal "$1: the port has its old settings" "$2" "$(settings)"
	check_not "$1: the interface is gone" in_a ip -o link show dev tun0
}

# Give a port that came back to this user, as udev does.
plug() { # or unplug
	kill -USR1 "$cable_pid"
}

# Unplug, and wait for it: two signals at once are one, and the log may tell of
# an earlier loss.
unplug() {
	plug
	wait_for 5 not test -e "$port_a"
}

give_to_dialout() {
	wait_for 5 test -e "$port_a"
	pty=$(readlink -f "$port_a")
	chgrp dialout "$pty"
	chmod 660 "$pty"
}

says() {
	grep -qE -- "$1" "$dir/a.log"
}

start_cable --baud 0
start_b --addr 10.0.0.2/24
before=$(settings)

start_a --addr 10.0.0.1/24
check_powerless 'as root'
check 'as root: a ping crosses' in_a ping -c 1 -W 5 10.0.0.2
check_equal 'as root: two lines and no warning' 2 "$(grep -cvE "$about_peer" "$dir/a.log")"
plug
check 'as root: it waits for a lost port' wait_for 5 says ': lost '
plug
check 'as root: it opens the port again' \
	wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
check_end 'as root' "$before"

# Without the right to change its user, root stays root.
: >"$dir/a.log"
nsenter --target "$host_a" --net -- setpriv --bounding-set=-setuid \
	--inh-caps=-all -- "$serialtun" --addr 10.0.0.1/24 -v \
	--port "$(readlink -f "$port_a")" 2>"$dir/a.log" &
pid_a=$!
wait_for 10 is_up "$dir/a.log"
check_equal 'without CAP_SETUID root stays root' '0 0 0 0' \
	"$(status_of Uid | xargs)"
check 'and -v reports it' \
	says '^serialtun: the user stays root: .*no CAP_SETUID or CAP_SETGID'
check_end 'without CAP_SETUID' "$before"

# A change of user and group, which is impossible in a user namespace.
if has_users &&
	dialout=$(getent group dialout | cut -d: -f3) && [ "$dialout" ]; then
	give_to_dialout
	gid=$(id -g nobody)
	uid=$(id -u nobody)
	start_a --addr 10.0.0.1/24 --user nobody
	check_powerless 'as nobody'
	check_equal 'as nobody: all user ids are its own' \
		"$uid $uid $uid $uid" "$(status_of Uid | xargs)"
	check_equal 'as nobody: all group ids are its own' \
		"$gid $gid $gid $gid" "$(status_of Gid | xargs)"
	check_equal 'as nobody: it is in no other group' '' \
		"$(status_of Groups | xargs)"
	check_equal "as nobody: the broker is, too, with the group of the port" \
		"$uid $gid $dialout" \
		"$(broker_status Uid | awk '{ print $1 }') $(
			broker_status Gid | awk '{ print $1 }') $(
			broker_status Groups | xargs)"
	check 'as nobody: a ping crosses' in_a ping -c 1 -W 5 10.0.0.2
	check_equal 'as nobody: two lines and no warning' 2 \
		"$(grep -cvE "$about_peer" "$dir/a.log")"
	# nobody must follow the link to the port, and watch its directory.
	chmod 755 "$dir"
	plug
	check 'as nobody: it waits for a lost port' \
		wait_for 5 says ': lost '
	plug
	wait_for 5 test -e "$port_a"
	sleep 1
	check 'as nobody: it cannot open a port of root alone' \
		not in_a ping -c 1 -W 1 10.0.0.2
	give_to_dialout
	check 'as nobody: it opens a port of the group again' \
		wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
	check_end 'as nobody' "$before"

	# Without --user, root becomes nobody, whatever only root may use.
	# check_user DESCRIPTION WANTED ARGUMENT...
	check_user() {
		local description=$1 wanted=$2
		shift 2
		start_a --addr 10.0.0.1/24 -v "$@"
		check_equal "$description: as user $wanted, the broker as root" \
			"$(id -u "$wanted") 0" \
			"$(status_of Uid | xargs -n 1 | sort -u) $(
				broker_status Uid | xargs -n 1 | sort -u)"
		check_powerless "$description"
		check "$description: a ping crosses" \
			in_a ping -c 1 -W 5 10.0.0.2
		stop_a
	}
	# check_replug DESCRIPTION ARGUMENT...: a port of mode 0600 that is lost
	# and comes back as another pty, twice
	check_replug() {
		local description=$1 time
		shift
		start_a --addr 10.0.0.1/24 "$@"
		for time in first second; do
			unplug
			plug
			wait_for 5 test -e "$port_a"
			pty=$(readlink -f "$port_a")
			chmod 600 "$pty"
			check "$description: a port that is lost is opened again, $time time" \
				wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
			: >"$dir/a.log"
		done
		check_equal "$description: the lock names the process" \
			"cannot lock $pty: Device or resource busy (serialtun, pid $pid_a, is using it; stop it first)" \
			"$(in_a "$serialtun" --addr 10.0.9.1/24 --port "$pty" 2>&1 |
				sed 's/^serialtun: //')"
		check_end "$description" "$before"
	}
	mkdir -m 777 "$dir/open"
	mkdir -m 1777 "$dir/sticky"
	mkdir -m 755 "$dir/closed"
	mkdir -m 700 "$dir/secret"
	check_user 'by default' nobody
	check_user '--user root' root --user root
	for directory in open sticky closed secret; do
		touch "$dir/sticky/stats"
		check_user "a file in a directory that is $directory" nobody \
			--stats-json "$dir/$directory/stats"
		check_match 'it has the last statistics' '"running": false' \
			"$(<"$dir/$directory/stats")"
		check_equal "it is root's" 0 \
			"$(stat -c %u "$dir/$directory/stats")"
	done
	chmod 600 "$pty"
	check_user 'a port of root alone' nobody
	check_replug 'a port of root alone'
	chmod 700 "$dir"
	check_user 'a link that only root may follow' nobody
	check_replug 'a link that only root may follow'
	chmod 755 "$dir"
	check_replug 'without a filter' --no-sandbox

	# The port appears after the start, and gets its group a moment later.
	unplug
	start_a --addr 10.0.0.1/24 -v --wait
	check_equal 'without a port: the process is nobody' "$uid" \
		"$(status_of Uid | xargs -n 1 | sort -u)"
	check_powerless 'without a port'
	plug
	wait_for 5 test -e "$port_a"
	chmod 600 "$(readlink -f "$port_a")"
	sleep 0.1
	give_to_dialout
	check 'the port appears, and a ping crosses' \
		wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
	check_end 'a port that comes later' "$before"
	unplug
	start_a --addr 10.0.0.1/24 -v --wait
	plug
	check "a port of root's that comes later: a ping crosses" \
		wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
	check_end "a port of root's that comes later" "$before"
	give_to_dialout

	# Every kind of line: the process is nobody, and no file is left.
	start_c() { # LINE
		: >"$dir/c.log"
		nsenter --target "$host_a" --net -- "$serialtun" \
			--addr 10.0.9.1/24 --port "$1" -v --wait \
			2>"$dir/c.log" &
		pid_c=$!
		wait_for 10 is_up "$dir/c.log"
		# shellcheck disable=SC2034 # check_equal shows it
		user=$(awk '/^Uid:/ { print $2 }' "/proc/$pid_c/status")
		kill "$pid_c"
		wait_end "$pid_c"
	}
	for line in "$dir/ttyMissing" tcp:127.0.0.1:5000 tcp-listen:5000 \
		udp:127.0.0.1:5000 "unix:$dir/open/socket" pty: \
		{unix-listen,pty}:"$dir"/{open,closed,sticky,secret}/file; do
		start_c "$line"
		check_equal "${line//$dir}: as user $uid" "$uid 0" \
			"$user $ended"
	done
	check_equal 'every socket and link is removed' '' \
		"$(find "$dir"/{open,closed,sticky,secret} -type s -o -type l)"

	chmod 600 "$pty"
	start_a --addr 10.0.0.1/24 --user nobody
	check_equal 'a port of root alone: no other group' "$gid" \
		"$(broker_status Groups | xargs)"
	check_match 'serialtun warns that it could not open the port again' \
		"^serialtun: cannot open $pty again if it is lost: Permission denied \(choose a --user .*\)\$" \
		"$(<"$dir/a.log")"
	check 'a port of root alone: the link is up' in_a ping -c 1 -W 5 10.0.0.2
	check_end 'a port of root alone' "$before"

	chgrp root "$pty"
	chmod 660 "$pty"
	start_a --addr 10.0.0.1/24 --user nobody
	check_equal "it does not keep root's group" "$gid" \
		"$(broker_status Groups | xargs)"
	stop_a

	# Root without capabilities cannot open another user's port.
	chown 12345 "$pty"
	chmod 600 "$pty"
	start_a --addr 10.0.0.1/24
	check_match "root, and another user's port: a warning" \
		'cannot open .* again if it is lost' "$(<"$dir/a.log")"
	stop_a
	chown nobody "$pty"
	start_a --addr 10.0.0.1/24 --user nobody
	check_equal 'with --user OWNER there is no warning' 2 \
		"$(grep -cvE "$about_peer" "$dir/a.log")"
	stop_a

	# CAP_NET_ADMIN alone, as a service has it.
	start_lean() {
		: >"$dir/a.log"
		nsenter --target "$host_a" --net -- setpriv "$@" \
			--bounding-set=-all,+net_admin -- "$serialtun" -v \
			--addr 10.0.0.1/24 --port "$pty" 2>"$dir/a.log" &
		pid_a=$!
		wait_for 10 is_up "$dir/a.log"
	}
	chown root:dialout "$pty"
	chmod 660 "$pty"
	start_lean --inh-caps=-all,+net_admin
	check_equal 'CAP_NET_ADMIN alone: serialtun drops it' \
		"$(printf '%016x %016x' 0 0)" \
		"$(status_of CapEff) $(status_of CapPrm)"
	check_match 'CAP_NET_ADMIN alone: -v reports that the bounding set stays' \
		'the capability bounding set stays: Operation not permitted' \
		"$(<"$dir/a.log")"
	check_equal 'CAP_NET_ADMIN alone: it cannot regain it' 1 \
		"$(status_of NoNewPrivs)"
	check 'CAP_NET_ADMIN alone: a ping crosses' \
		in_a ping -c 1 -W 5 10.0.0.2
	check_end 'CAP_NET_ADMIN alone' "$before"

	open_tun
	start_lean --reuid="$uid" --regid="$gid" --groups=dialout \
		--inh-caps=-all,+net_admin --ambient-caps=-all,+net_admin
	check_equal 'CAP_NET_ADMIN from the ambient set: serialtun drops it' \
		"$(printf '%016x %016x %016x %016x' 0 0 0 0)" \
		"$(status_of CapEff) $(status_of CapPrm) $(status_of CapInh) $(status_of CapAmb)"
	check_end 'CAP_NET_ADMIN from the ambient set' "$before"
	# An ordinary user, who has the capability: the broker is this user, too.
	start_user() {
		: >"$dir/a.log"
		nsenter --target "$host_a" --net -- setpriv --reuid="$uid" \
			--regid="$gid" --clear-groups \
			--inh-caps=-all,+net_admin \
			--ambient-caps=-all,+net_admin -- "$serialtun" \
			--addr 10.0.0.1/24 "$@" 2>"$dir/a.log" &
		pid_a=$!
		wait_for 10 is_up "$dir/a.log"
	}
	give_to_user() {
		wait_for 5 test -e "$port_a"
		pty=$(readlink -f "$port_a")
		chown "$uid:$gid" "$pty"
		chmod 600 "$pty"
	}
	mkdir -m 700 "$dir/own"
	chown "$uid:$gid" "$dir/own"
	give_to_user
	start_user --port "$port_a" --stats-json "$dir/own/stats"
	check_equal "a user's start: no process has a capability" \
		"$(printf '%016x %016x' 0 0)" \
		"$(status_of CapPrm) $(broker_status CapPrm)"
	check_equal "a user's start: the broker is the user" \
		"$uid $uid $uid $uid" "$(broker_status Uid | xargs)"
	for time in first second; do
		unplug
		plug
		give_to_user
		check "a user's start: a port of the user alone is opened again, $time time" \
			wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
	done
	# The remedy needs the name of the group, for which the C library would
	# ask a server by a unix socket.
	unplug
	plug
	give_to_dialout
	check "a user's start: a port of another group is reported, with the remedy" \
		wait_for 10 says "still waiting: cannot open $pty: Permission denied \(.*usermod -aG dialout"
	give_to_user
	check "a user's start: and opened once the user may" \
		wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
	check_end "a user's start" "$before"
	check_match 'the file has the last statistics' '"running": false' \
		"$(<"$dir/own/stats")"
	start_user --port "unix-listen:$dir/own/socket" --wait
	check "a user's start: it listens" test -S "$dir/own/socket"
	stop_a
	check_not "a user's start: the socket is removed" \
		test -e "$dir/own/socket"
	umount /dev/net

	# A unix socket of root alone, as of a virtual machine.
	in_a socat "UNIX-LISTEN:$dir/closed/guest,fork,mode=600" \
		"OPEN:/dev/null" &
	guest=$!
	wait_for 5 test -S "$dir/closed/guest"
	port_of_a=$port_a
	port_a=unix:$dir/closed/guest
	start_a --addr 10.0.0.1/24
	kill -USR2 "$pid_a"
	check "a socket of root's is connected again" wait_for 5 \
		says "^serialtun: $port_a is back\$"
	check_equal 'by a process that is nobody' "$uid" \
		"$(status_of Uid | xargs -n 1 | sort -u)"
	stop_a
	port_a=$port_of_a
	kill "$guest"

	# serialtun refuses --user before it changes the port.
	said=$(nsenter --target "$host_a" --net -- setpriv --reuid="$uid" \
		--regid="$gid" --groups=dialout "$serialtun" \
		--user nobody --port "$pty" 2>&1)
	check_equal '--user without root is refused' \
		'1 serialtun: cannot run as user nobody: Operation not permitted (run as root, or leave --user out)' \
		"$? $said"
else
	skip 'another user' 'there is no other user here'
fi

# Somebody has killed the broker.
start_a --addr 10.0.0.1/24 --stats-json "$dir/stats"
kill -KILL "$(broker_of "$pid_a")"
check 'a killed broker: the statistics are not written any more' wait_for 5 \
	says "^serialtun: cannot write $dir/stats: the process that opens files has ended \(start serialtun again\)\$"
check 'the link goes on' alive "$pid_a"
kill -USR2 "$pid_a"
wait_end "$pid_a"
check_equal 'once the port is closed, serialtun ends with status 1' 1 "$ended"
check 'and says why' says \
	"^serialtun: cannot open $port_a: the process that opens files has ended \(start serialtun again\)\$"

before=$(stty -F "$port_a" -g)
refused --addr 10.0.0.1/24 --user nosuch-user --port "$port_a"
check_equal 'an unknown user is refused' \
	'1 serialtun: cannot run as user nosuch-user: there is no such user (name one that "getent passwd" shows)' \
	"$ended $said"
check_equal 'the port is unchanged' "$before" "$(stty -F "$port_a" -g)"
refused --addr 10.0.0.1/24 --user nosuch-user --port /dev/ttyUSB99
check_match 'the message about the user comes first' 'no such user' "$said"

finish
