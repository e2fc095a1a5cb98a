#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installation: the places of the files, valid units and rules, what a capability
# on the program's file would give away, and "make uninstall".
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

make=(make -s -C "$source_dir" BUILD="$build")

# Print the files below a directory, in one line.
files_in() {
	(cd "$1" && find . ! -type d | sed 's/^\.//' | sort | xargs)
}

# pc VARIABLE PACKAGE FALLBACK
pc() {
	local value
	value=$(pkg-config --variable="$1" "$2" 2>/dev/null)
	echo "${value:-$3}"
}

check_match 'make help names the targets' '^  install ' "$("${make[@]}" help)"
check 'a second make has nothing to do' "${make[@]}" -q all

# Install as a packager does.
units=$(pc systemdsystemunitdir systemd /usr/lib/systemd/system)
rules=$(pc udevdir udev /usr/lib/udev)/rules.d
completions=$(pc completionsdir bash-completion \
	/usr/share/bash-completion/completions)
check 'make install PREFIX=/usr' \
	"${make[@]}" install DESTDIR="$dir/root" PREFIX=/usr
check_equal 'it puts each file where pkg-config says' \
	"$(printf '%s\n' /usr/bin/serialtun /usr/share/man/man8/serialtun.8 \
		/usr/share/man/man7/serialtun-migrating.7 \
		/usr/share/man/man7/serialtun-pairing.7 \
		"$completions/serialtun" "$units/serialtun@.service" \
		/usr/share/doc/serialtun/examples/share.conf \
		"$rules/70-serialtun.rules" | sort | xargs)" \
	"$(files_in "$dir/root")"
check_equal 'the installed program is the built one' "$("$serialtun" --version)" \
	"$("$dir/root/usr/bin/serialtun" --version)"
check_match 'the unit runs the program by its final path' \
	'^ExecStart=/usr/bin/serialtun ' \
	"$(<"$dir/root$units/serialtun@.service")"
check 'make uninstall' "${make[@]}" uninstall DESTDIR="$dir/root" PREFIX=/usr
check_equal 'it removes all files' '' "$(files_in "$dir/root")"

# Install by hand, as into /usr/local: all files below the prefix.
prefix=$dir/local
check 'make install into a prefix' "${make[@]}" install PREFIX="$prefix"
check_equal 'it puts all files below the prefix' \
	"/bin/serialtun /lib/systemd/system/serialtun@.service /lib/udev/rules.d/70-serialtun.rules /share/bash-completion/completions/serialtun /share/doc/serialtun/examples/share.conf /share/man/man7/serialtun-migrating.7 /share/man/man7/serialtun-pairing.7 /share/man/man8/serialtun.8" \
	"$(files_in "$prefix")"
check 'a second make install works' "${make[@]}" install PREFIX="$prefix"

unit=$prefix/lib/systemd/system/serialtun@.service
if command -v systemd-analyze >/dev/null; then
	check 'systemd accepts the unit' systemd-analyze verify --man=no "$unit"
	check 'the exposure of the unit is at most 2.0' \
		systemd-analyze security --offline=true --threshold=20 "$unit"
	check_equal 'a port yields an instance' \
		'serialtun@dev-serial-by\x2did-usb\x2dFTDI\x2dif00.service' \
		"$(systemd-escape -p --template=serialtun@.service \
			/dev/serial/by-id/usb-FTDI-if00)"
	check_equal 'the instance yields the port' /dev/serial/by-id/usb-FTDI-if00 \
		"$(systemd-escape -p --unescape \
			'dev-serial-by\x2did-usb\x2dFTDI\x2dif00')"
else
	skip 'systemd accepts the unit' 'no systemd-analyze here'
fi

if udevadm verify --version >/dev/null 2>&1; then
	check 'udev accepts the rules' udevadm verify \
		"$prefix/lib/udev/rules.d/70-serialtun.rules"
else
	skip 'udev accepts the rules' 'no udevadm verify here'
fi

# The unit allows all system calls of serialtun. expand_filter GROUP...
expand_filter() {
	local name
	for name; do
		case $name in
		@*)
			# shellcheck disable=SC2046 # these are several words
			expand_filter $(systemd-analyze syscall-filter "$name" |
				sed -n 's/^ \+\([^# ].*\)/\1/p')
			;;
		*) echo "$name" ;;
		esac
	done
}

# Sanitizers make other system calls.
if command -v systemd-analyze >/dev/null && [[ $build != */sanitize ]]; then
	expand_filter @system-service | sort -u >"$dir/in"
	expand_filter @privileged @resources | sort -u >"$dir/out"
	{
		comm -23 "$dir/in" "$dir/out"
		echo capset
	} | sort >"$dir/allowed"
	start_cable --baud 0
	# As in the unit: root with CAP_NET_ADMIN alone, at its nice value.
	nsenter --target "$host_a" --net -- strace -f -qq -o "$dir/strace.txt" \
		nice -n "$(sed -n 's/^Nice=//p' "$unit")" \
		setpriv --bounding-set=-all,+net_admin --inh-caps=-all \
		env NOTIFY_SOCKET=@nobody "$serialtun" --addr 10.0.0.1/24 \
		--addr fd00::1/64 --route 192.0.2.0/24 --stats 1 \
		--stats-json "$dir/s" --keepalive 1 --settle 10 -vv \
		--port "$port_a" --baud 115200 2>"$dir/a.log" &
	traced=$!
	wait_for 20 is_up "$dir/a.log"
	traced_pid=$(pgrep -P "$traced")
	kill -USR1 "$traced_pid"
	sleep 1
	kill -USR2 "$traced_pid"
	sleep 1
	kill -USR1 "$cable_pid" # unplug
	sleep 1
	kill -USR1 "$cable_pid" # replug
	sleep 2
	kill "$traced_pid"
	wait "$traced"
	# serialtun begins at the last execve.
	sed -n 'H; /execve(/h; ${x; p}' "$dir/strace.txt" >"$dir/own.txt"
	check_match 'the trace has the whole run' '^[0-9]+ +openat\(' \
		"$(<"$dir/own.txt")"
	check_match 'it runs with CAP_NET_ADMIN alone' 'is up' "$(<"$dir/a.log")"
	check_match 'it lost the port, and found it again' ': line: lost 1 time$' \
		"$(<"$dir/a.log")"
	# The other kinds of line, with more kinds of sockets.
	for line in tcp-listen:5000 tcp:localhost:5000 udp:localhost:5000 \
		"unix-listen:$dir/x" "unix:$dir/x" "pty:$dir/link"; do
		nsenter --target "$host_a" --net -- \
			setpriv --bounding-set=-all,+net_admin --inh-caps=-all \
			strace -f -qq -A -o "$dir/own.txt" timeout -s TERM 1 "$serialtun" \
			--addr 10.0.0.1/24 --wait --port "$line" \
			2>>"$dir/lines.log"
	done
	check_equal 'every kind of line starts' 6 \
		"$(grep -c ' is up: ' "$dir/lines.log")"
	check_equal 'the unit allows all system calls' '' \
		"$(sed -n 's/^[0-9]* *\([a-z_0-9]*\)(.*/\1/p' "$dir/own.txt" |
			sort -u | comm -23 - "$dir/allowed" | xargs)"
	families=$(sed -n 's/^RestrictAddressFamilies=//p' "$unit")
	check_equal 'the unit allows all kinds of sockets' '' \
		"$(sed -n 's/.* socket(\([A-Z_0-9]*\).*/\1/p' "$dir/own.txt" |
			grep -vxF "$(xargs -n 1 <<<"$families")" | xargs)"
	check_not 'no memory is both writable and executable' \
		grep -E 'PROT_WRITE\|PROT_EXEC' "$dir/own.txt"
	stop_cable
fi

check_not 'no target gives the program a capability' grep -E 'setcap' \
	"$source_dir/Makefile"

# Somebody may give it one all the same. Then those who may run it can make
# interfaces, but others' interfaces, and bridges, are not theirs.
program=$dir/capable
cp "$serialtun" "$program"
if [[ $build = */sanitize ]]; then
	: # not with the sanitizers: "make check" without them tests it
elif ! setcap cap_net_admin+ep "$program" 2>"$dir/setcap.log"; then
	skip 'a capability on the file' 'no file capabilities here'
else
	# Others must reach the program.
	chmod 711 "$dir"
	open_tun
	start_cable --baud 0
	chmod 666 "$(readlink -f "$port_a")" "$(readlink -f "$port_b")"
	# Through env, because setpriv itself keeps its capabilities.
	somebody=(setpriv --reuid=12345 --regid=12345 --clear-groups env)

	# somebody_says REGEX ARGUMENT...: it is refused, by this message.
	somebody_says() {
		local regex=$1
		shift
		said=$(in_a "${somebody[@]}" timeout 5 "$program" "$@" 2>&1)
		check_match "a capability on the file: ${*//"$dir/"/}" "^serialtun: $regex" \
			"$said"
	}
	# interface_is_there NAME
	interface_is_there() {
		in_a ip link show dev "$1" >/dev/null
	}
	theirs='it belongs to another user or group'
	in_a "$serialtun" -q --create -i rootns --owner root
	in_a "$serialtun" -q --create -i mine --owner 12345
	in_a "$serialtun" -q --create --tap -i roottap --owner root
	in_a ip link add br0 type bridge
	somebody_says "cannot attach to interface rootns: $theirs" \
		-i rootns --port "$port_a"
	somebody_says "cannot attach to interface roottap: $theirs" \
		--tap -i roottap --port "$port_a"
	somebody_says "cannot attach to interface roottap: it is a TAP" \
		-i roottap --port "$port_a"
	somebody_says "cannot delete interface rootns: $theirs" \
		--delete -i rootns
	somebody_says "cannot delete interface roottap: $theirs" \
		--delete -i roottap
	check 'they are all there still' \
		eval 'interface_is_there rootns && interface_is_there roottap'
	somebody_says "cannot put tap0 into bridge br0: Operation not permitted" \
		--tap --bridge br0 --port "$port_a"
	somebody_says "tun0: cannot share the internet: Operation not permitted \\(the capability of the program file" \
		--share --port "$port_a"
	check_equal 'nothing came into the bridge' '' \
		"$(in_a ip -o link show master br0)"

	# The administrator put this one there, for this user.
	in_a "$serialtun" -q --create --tap --bridge br0 -i mytap --owner 12345
	nsenter --target "$host_a" --net -- "${somebody[@]}" "$program" \
		--tap --bridge br0 -i mytap --port "$port_a" 2>"$dir/a.log" &
	pid_a=$!
	check 'an own interface in a bridge works' \
		wait_for 10 is_up "$dir/a.log"
	stop_a

	# And what needs no more than the capability.
	start_b --addr 10.0.0.2/24
	nsenter --target "$host_a" --net -- "${somebody[@]}" "$program" \
		--addr 10.0.0.1/24 --port "$port_a" 2>"$dir/a.log" &
	pid_a=$!
	check 'a new interface works' wait_for 10 is_up "$dir/a.log"
	check 'and has a link' in_a ping -c 1 -W 5 10.0.0.2
	check_equal 'without any remaining capability' "$(printf '%016x' 0)" \
		"$(awk '$1 == "CapPrm:" { print $2 }' "/proc/$pid_a/status")"
	stop_a
	check_equal 'it ends with status 0' 0 "$ended"
	nsenter --target "$host_a" --net -- "${somebody[@]}" "$program" \
		-i mine --addr 10.0.0.1/24 --port "$port_a" 2>"$dir/a.log" &
	pid_a=$!
	check 'an own interface works' wait_for 10 is_up "$dir/a.log"
	stop_a
	check_equal 'and can be deleted' '' \
		"$(in_a "${somebody[@]}" "$program" --delete -i mine 2>&1)"
	stop_b

	# The ambient capability of a service was given to its user. The program
	# may lie in a directory that only its builder can read.
	cp "$serialtun" "$dir/plain"
	in_a setpriv --reuid=12345 --regid=12345 --clear-groups \
		--inh-caps=+net_admin --ambient-caps=+net_admin \
		timeout 3 "$dir/plain" --tap --bridge br0 --port "$port_a" \
		2>"$dir/ambient.log"
	check_match 'an ambient capability is for bridges, too' \
		'in bridge br0' "$(<"$dir/ambient.log")"
	umount /dev/net
fi

check 'make uninstall from the prefix' \
	"${make[@]}" uninstall PREFIX="$prefix"
check_equal 'it leaves no file' '' "$(files_in "$prefix")"
finish
