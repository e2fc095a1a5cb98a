#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --login brings serialtun to a board that has none: by each decoder, over a line
# with noise, and not where it cannot run. Afterwards the board's terminal and
# shell are as they were, and nothing is left there.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=consoles.sh
source "$(dirname "$0")/consoles.sh"

# The board's programs, and no others; LIST adds some.
make_tools() { # LIST
	local tool
	rm -rf "$dir/tools"
	mkdir "$dir/tools"
	for tool in bash cat chmod cksum df id mkdir rm sed sh stty tar uname \
		unshare xzcat zcat $1; do
		ln -s "$(command -v "$tool")" "$dir/tools/$tool"
	done
	# busybox has applets that are no programs here.
	[[ " $1 " != *" busybox "* ]] ||
		ln -s "$(command -v busybox)" "$dir/tools/uudecode"
	board_path=$dir/tools
}

ends() {
	wait_end "$pid_a" "${1:-40}"
}

# check_refused DESCRIPTION REGEX
check_refused() {
	ends
	check_equal "$1: status 1" 1 "$ended"
	check "$1: it says so" a_says "^serialtun: cannot log in on [^ ]+: .*$2"
	check_equal "$1: in one line" 1 "$(grep -c 'cannot' "$dir/a.log")"
	check_shell "$1"
}

# check_link DESCRIPTION [SECONDS]
check_link() {
	check "$1: it becomes the link" wait_for "${2:-60}" a_says 'is a link now'
	check "$1: a ping crosses" wait_for 10 pings
}

check_end() {
	stop_a
	check_equal "$1: it ends with success" 0 "$ended"
	check "$1: the board's end ends" wait_for 10 not runs_there
	sleep 0.5
	check_shell "$1"
}

make_board dash
rm "$dir/bin/serialtun"
start_cable --baud unlimited
export board_extra board_path

# Without ldd the board's C library is unknown, so it gets the large bundle.
for decoder in head dd base64 openssl busybox python3 perl printf; do
	has_shell "$decoder" || {
		skip "$decoder" 'it is not installed'
		continue
	}
	make_tools "$decoder $([ "$decoder" = head ] || echo ldd)"
	start_shell bash --norc -i
	log_in
	check_link "$decoder"
	check "$decoder: it was used" \
		a_says "bringing serialtun to the board .* by ${decoder/busybox/uudecode}"
	check_end "$decoder"
	end_shell
done

make_tools 'head ldd'
board_extra='mount --bind /tmp /tmp && mount -o remount,bind,noexec /tmp'
start_shell bash --norc -i
log_in
check_link 'noexec /tmp'
check 'noexec /tmp: it is elsewhere' a_says 'starting /run/st'
check_end 'noexec /tmp'
end_shell

board_extra='for d in /tmp /run /dev/shm /var/tmp /root; do
	mount --bind $d $d && mount -o remount,bind,noexec $d; done'
start_shell bash --norc -i
log_in
check_refused 'noexec everywhere' 'no directory for one'
end_shell

board_extra='mount -t tmpfs none /dev/net'
start_shell bash --norc -i
log_in
check_refused 'no /dev/net/tun' 'no /dev/net/tun on the board'
end_shell
board_extra=

make_tools 'head ldd'
rm "$dir/tools/uname"
printf '#!/bin/sh\necho mips\n' >"$dir/tools/uname"
chmod 755 "$dir/tools/uname"
start_shell bash --norc -i
log_in
check_refused 'another machine' 'none can be brought to a machine of the kind mips'
end_shell

make_tools 'head ldd'
rm "$dir/tools/cksum"
start_shell bash --norc -i
log_in
check_refused 'no sum' 'neither cksum nor sha256sum'
end_shell

make_tools 'gzip head ldd sha256sum'
rm "$dir/tools/cksum" "$dir/tools/xzcat"
start_shell bash --norc -i
log_in
check_link 'sha256sum and gzip'
check_end 'sha256sum and gzip'
end_shell

# Ended here while chunks travel.
make_tools 'head ldd'
start_shell bash --norc -i
log_in
check 'an end in the middle: chunks travel' wait_for 20 a_says 'bringing'
stop_a
check_equal 'an end in the middle: success' 0 "$ended"
check_shell 'an end in the middle'
end_shell
finish
