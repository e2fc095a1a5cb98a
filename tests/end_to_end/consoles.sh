# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Common functions of the tests of --login; source it after lib.sh. Host B is
# the board. Its console is the end of the cable, with a getty, users and /etc
# of its own: never those of this machine.
#
#   source tests/end_to_end/consoles.sh
#   start_cable --baud 115200
#   make_board bash
#   start_getty
#   log_in --password-file "$dir/password"

# shellcheck disable=SC2034,SC2154 # lib.sh has some, the tests use some

board_password='Geheim 1$'
etc=$dir/etc

has_shell() {
	command -v "$1" >/dev/null
}

# make_board SHELL: an /etc with root, whose password is $board_password, and
# with user gast, who has none
make_board() {
	local shell hash
	shell=$(command -v "$1")
	if [ "$1" = busybox ]; then
		ln -sf "$shell" "$dir/sh"
		shell=$dir/sh
	fi
	hash=$(openssl passwd -6 "$board_password")
	rm -rf "$etc"
	cp -a /etc "$etc"
	mkdir -p "$dir/root"
	printf 'PS1="board# "\n' >"$dir/root/.bashrc"
	printf 'root:x:0:0::%s:%s\nkahl:x:0:0::%s:%s\n' \
		"$dir/root" "$shell" "$dir/root" "$shell" >"$etc/passwd"
	printf 'nobody:x:65534:65534::/:/bin/false\n' >>"$etc/passwd"
	printf 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\nutmp:x:43:\n' >"$etc/group"
	printf 'root:%s:19000:0:99999:7:::\nkahl::19000:0:99999:7:::\n' \
		"$hash" >"$etc/shadow"
	printf 'board\n' >"$etc/hostname"
	printf '%s\n' "$board_password" >"$dir/password"
	chmod 600 "$dir/password" "$etc/shadow"
	# The log level of this machine's kernel is not touched.
	printf '7\t4\t1\t7\n' >"$dir/printk"
	# In the board's PATH there is a serialtun.
	cp "$(command -v "$1")" "$dir/bin-sh"
	mkdir -p "$dir/bin"
	ln -sf "$serialtun" "$dir/bin/serialtun"
}

# $board_extra: more mounts; $board_path: the PATH of a shell
# The beginning of a command that sees the board's files
board=(nsenter --target "$host_b" --net --)
# shellcheck disable=SC2016 # the inner shell expands it
board+=(unshare --mount --uts bash -c '
	dir=$1
	shift
	mount --bind "$dir/etc" /etc
	mount --bind "$dir/printk" /proc/sys/kernel/printk
	mount --bind "$dir/bin" /usr/local/sbin
	mount --bind "$dir/bin-sh" /bin/sh
	mount -t tmpfs none /var/log
	mount -t tmpfs none /run
	echo board >/proc/sys/kernel/hostname
	eval "${board_extra:-}"
	exec "$@"' board "$dir")

# A getty as init runs it, again and again.
start_getty() {
	# shellcheck disable=SC2016
	"${board[@]}" bash -c 'while :; do
		setsid agetty --noclear -L 115200 "$1" vt100
		sleep 0.2
		done' getty "$(readlink -f "$port_b" | sed 's,^/dev/,,')" \
		>"$dir/getty.log" 2>&1 </dev/null &
	getty=$!
	wait_for 5 is_getty_there
}

# A shell that somebody has left on the console. Host B has no getty then.
start_shell() {
	stty -F "$port_b" sane
	"${board[@]}" setsid --ctty env --default-signal \
		PATH="${board_path:-$PATH:/usr/local/sbin}" \
		"$@" <>"$port_b" >&0 2>&1 &
	shell=$!
	sleep 1
	before=$(stty -F "$port_b" -g)
}

# Does the board read commands?
reads_there() {
	pgrep -f 'while echo .n: '
}

end_shell() {
	kill -KILL "$shell"
	wait "$shell"
} 2>/dev/null

# Print the directories that serialtun has made on the board, and left there.
left_there() {
	local made
	while read -r made; do
		[ ! -e "$made" ] || echo "$made"
	done < <(sed -nE 's/.*bytes, by .*, to (.*)/\1/p' "$dir/a.log")
}

is_clean() {
	[ -z "$(left_there)" ]
}

# check_shell DESCRIPTION: the shell is there, and its terminal as it was
check_shell() {
	check "$1: the shell is there" alive "$shell"
	stty -F "$port_a" raw -echo
	: >"$dir/console.log"
	cat "$port_a" >"$dir/console.log" &
	reader=$!
	wait_for 5 not reads_there
	sleep 0.5
	# shellcheck disable=SC2016 # the board's shell expands it
	printf 'echo x$((6*7))\r' >"$port_a"
	check "$1: and obeys" wait_for 5 grep -aq x42 "$dir/console.log"
	sleep 0.3
	check_equal "$1: its terminal is as it was" "$before" \
		"$(stty -F "$port_b" -g)"
	check_equal "$1: nothing was left" '' "$(left_there)"
	kill "$reader"
	wait "$reader" 2>/dev/null
}

stop_getty() {
	kill "$getty"
	wait "$getty" 2>/dev/null
	pkill -x agetty
	pkill -x login
	sleep 0.2
} 2>/dev/null

is_getty_there() {
	pgrep -x agetty
}

# pid_on HOST: print the serialtun in that host's network
pid_on() {
	local pid
	for pid in $(pgrep -x serialtun); do
		[ "$(readlink "/proc/$pid/ns/net")" != \
			"$(readlink "/proc/$1/ns/net")" ] || echo "$pid"
	done
}

board_pid() {
	pid_on "$host_b"
}

desk_pid() {
	pid_on "$host_a"
}

runs_there() {
	[ -n "$(board_pid)" ]
}

has_shell_there() {
	pgrep -x login
}

# log_in ARGUMENT...: start serialtun with --login on host A, without a terminal;
# $log_in is the user
log_in=
log_in() {
	: >"$dir/a.log"
	nsenter --target "$host_a" --net -- setsid "$serialtun" \
		--port "$port_a" --login${log_in:+="$log_in"} "$@" 2>"$dir/a.log" >"$dir/a.out" </dev/null &
	pid_a=$!
}

pings() {
	in_a ping -q -c 1 -W 1 "$(sed -nE \
		's/.*paired with.* ([0-9.]+) there$/\1/p' "$dir/a.log" | tail -n 1)"
}
