#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Once the link is up, the process has no capability left, as the kernel
# reports. The link still works, and serialtun still cleans up at the end.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

# status_of FIELD: print this field of /proc/PID/status of serialtun on A
status_of() {
	awk -v field="$1:" '$1 == field { $1 = ""; print substr($0, 2) }' \
		"/proc/$pid_a/status"
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
check_equal 'as root: the user stays the same' '0 0 0 0' "$(status_of Uid | xargs)"
check 'as root: a ping crosses' in_a ping -c 1 -W 5 10.0.0.2
check_equal 'as root: two lines and no warning' 2 "$(grep -cvE "$about_peer" "$dir/a.log")"
plug
check 'as root: it waits for a lost port' wait_for 5 says ': lost '
plug
check 'as root: it opens the port again' \
	wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
check_end 'as root' "$before"

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
	check_equal "as nobody: the only other group is the port's" \
		"$dialout" "$(status_of Groups | xargs)"
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

	# Without --user, root becomes nobody if nobody can use the port and
	# the files.
	# check_user DESCRIPTION WANTED REASON ARGUMENT...
	check_user() {
		local description=$1 wanted=$2 reason=$3
		shift 3
		start_a --addr 10.0.0.1/24 -v "$@"
		check_equal "$description: as user $wanted" \
			"$(id -u "$wanted")" \
			"$(status_of Uid | xargs -n 1 | sort -u)"
		check_equal "$description: $reason" "$reason" \
			"$(sed -n 's/.*: stays root: //p' "$dir/a.log")"
		check_powerless "$description"
		check "$description: a ping crosses" \
			in_a ping -c 1 -W 5 10.0.0.2
		stop_a
	}
	no_port='nobody could not open the port again'
	no_file='nobody could not write or remove a file of the link'
	mkdir -m 777 "$dir/open"
	mkdir -m 1777 "$dir/sticky"
	mkdir -m 755 "$dir/closed"
	check_user 'by default' nobody ''
	check_user '--user root' root '' --user root
	check_user 'a file in a directory for all' nobody '' \
		--stats-json "$dir/open/stats"
	check 'and it is there' test -s "$dir/open/stats"
	check_user "a file in root's directory" root "$no_file" \
		--stats-json "$dir/closed/stats"
	check 'and it is there, too' test -s "$dir/closed/stats"
	check_user 'a new file in a sticky directory' nobody '' \
		--stats-json "$dir/sticky/stats"
	touch "$dir/sticky/old"
	check_user "root's file in a sticky directory" root "$no_file" \
		--stats-json "$dir/sticky/old"
	check 'it is written' test -s "$dir/sticky/old"
	chmod 600 "$pty"
	check_user 'a port of root alone' root "$no_port"
	give_to_dialout
	chmod 700 "$dir"
	check_user 'a link that only root may follow' root "$no_port"
	chmod 755 "$dir"
	start_a --addr 10.0.0.1/24
	plug
	wait_for 5 says ': lost '
	plug
	give_to_dialout
	check 'by default: a lost port is opened again' \
		wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
	check_end 'by default' "$before"

	# The port appears after the start, and gets its group a moment later.
	plug
	wait_for 5 not test -e "$port_a"
	start_a --addr 10.0.0.1/24 -v --wait
	check_equal 'without a port: root, who may become another user' \
		"0 $(printf '%016x' $(((1 << 6) | (1 << 7))))" \
		"$(status_of Uid | xargs -n 1 | sort -u) $(status_of CapPrm)"
	plug
	wait_for 5 test -e "$port_a"
	chmod 600 "$(readlink -f "$port_a")"
	sleep 0.1
	give_to_dialout
	check 'the port appears, and a ping crosses' \
		wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
	check_equal 'root becomes nobody once the port is there' "$uid" \
		"$(status_of Uid | xargs -n 1 | sort -u)"
	check_powerless 'a port that comes later'
	check_equal 'the process has a filter' 2 "$(status_of Seccomp)"
	check_end 'a port that comes later' "$before"
	plug
	wait_for 5 not test -e "$port_a"
	start_a --addr 10.0.0.1/24 -v --wait
	plug
	check "a port of root's that comes later: a ping crosses" \
		wait_for 10 in_a ping -c 1 -W 1 10.0.0.2
	check_equal "a port of root's that comes later: it stays root" \
		"0 $no_port" "$(status_of Uid | xargs -n 1 | sort -u) $(
			sed -n 's/.*: stays root: //p' "$dir/a.log")"
	check_powerless "a port of root's that comes later"
	check_end "a port of root's that comes later" "$before"
	give_to_dialout

	# While the port is missing, root stays root if the line needs a file
	# that does not exist yet, or that nobody could not remove.
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
	for line in "$dir/ttyMissing 0" "tcp:127.0.0.1:5000 $uid" \
		"tcp-listen:5000 $uid" "udp:127.0.0.1:5000 $uid" \
		"unix-listen:$dir/open/socket $uid" \
		"unix-listen:$dir/closed/socket 0" \
		"unix-listen:$dir/sticky/socket 0" \
		"pty: $uid" "pty:$dir/open/pty $uid" "pty:$dir/closed/pty 0" \
		"unix:$dir/open/socket 0"; do
		start_c "${line% *}"
		check_equal "${line% *}: as user ${line##* }" "${line##* } 0" \
			"$user $ended"
	done
	check_equal 'every socket and link is removed' '' \
		"$(find "$dir"/{open,closed,sticky} -type s -o -type l)"

	chmod 600 "$pty"
	start_a --addr 10.0.0.1/24 --user nobody
	check_equal 'a port of root alone: no other group' "$gid" \
		"$(status_of Groups | xargs)"
	check_match 'serialtun warns that it could not open the port again' \
		"^serialtun: cannot open $pty again if it is lost: Permission denied \(choose a --user .*\)\$" \
		"$(<"$dir/a.log")"
	check 'a port of root alone: the link is up' in_a ping -c 1 -W 5 10.0.0.2
	check_end 'a port of root alone' "$before"

	chgrp root "$pty"
	chmod 660 "$pty"
	start_a --addr 10.0.0.1/24 --user nobody
	check_equal "it does not keep root's group" "$gid" \
		"$(status_of Groups | xargs)"
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
	umount /dev/net

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

before=$(stty -F "$port_a" -g)
refused --addr 10.0.0.1/24 --user nosuch-user --port "$port_a"
check_equal 'an unknown user is refused' \
	'1 serialtun: cannot run as user nosuch-user: there is no such user (name one that "getent passwd" shows)' \
	"$ended $said"
check_equal 'the port is unchanged' "$before" "$(stty -F "$port_a" -g)"
refused --addr 10.0.0.1/24 --user nosuch-user --port /dev/ttyUSB99
check_match 'the message about the user comes first' 'no such user' "$said"

finish
