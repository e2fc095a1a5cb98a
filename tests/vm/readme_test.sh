#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Follow the README word for word: its command on one end, the command that the
# first end prints on the other, and the messages of both, which pair. Two
# network namespaces with an adapter each stand for the README's two machines
# with a /dev/ttyUSB0 each. Then the same with two UARTs.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=../end_to_end/pairs.sh
source "$root/tests/end_to_end/pairs.sh"

# The link-local address is a random one, and the other host has some name.
without_names() {
	sed -E 's/fe80::[0-9a-f:]+/fe80::/; s/paired with [^ ]+/paired with/'
}

readme=$dir/README
without_names <"$root/README.md" >"$readme"

# "serialtun" is the built program; "sudo" does nothing here.
mkdir "$dir/bin"
ln -s "$serialtun" "$dir/bin/serialtun"
# shellcheck disable=SC2016 # is for that script to expand
printf '#!/bin/sh\nexec "$@"\n' >"$dir/bin/sudo"
chmod 755 "$dir/bin/sudo"
PATH=$dir/bin:$PATH

# readme_says TEXT...: the README has each text, in one line
readme_says() {
	local text
	for text; do
		grep -qF -- "$(without_names <<<"$text")" "$readme" || return
	done
}

# Print the README's first command that begins like this.
first_command() {
	sed -n "s/^    \$ \($1 .*\)/\1/p" "$readme" | head -n 1
}

for ports in 'ttyUSB0 ttyUSB1' 'ttyS1 ttyS2'; do
	read -r a b <<<"$ports"
	command=$(first_command 'sudo serialtun')
	command=${command/ttyUSB0/$a}
	printf '# %s\n' "$command"
	: >"$dir/a.log"
	# shellcheck disable=SC2086 # are words
	nsenter --target "$host_a" --net -- $command 2>"$dir/a.log" &
	pid_a=$!
	wait_for 10 is_up "$dir/a.log"
	check "$a: both lines of the first end are in the README" \
		readme_says "$(sed "1!d; s/$a/ttyUSB0/" "$dir/a.log")" \
		"$(sed -n 2p "$dir/a.log")"

	command=$(sed -n 's/.* at the other end: //p' "$dir/a.log" |
		sed "s,PORT,/dev/$b,")
	check "$b: the proposed command is in the README" \
		readme_says "\$ ${command/$b/ttyUSB0}"
	printf '# %s\n' "$command"
	: >"$dir/b.log"
	# shellcheck disable=SC2086 # are words
	nsenter --target "$host_b" --net -- $command 2>"$dir/b.log" &
	pid_b=$!
	wait_for 10 is_up "$dir/b.log"
	check "$b: both lines of the second end are in the README" \
		readme_says "$(sed "1!d; s/$b/ttyUSB0/" "$dir/b.log")" \
		"$(sed -n 2p "$dir/b.log")"

	check "$a: the first end announces the pair" \
		wait_for 20 a_says ': paired with '
	check "$b: so does the second" wait_for 20 b_says ': paired with '
	check "$a: its line is in the README" \
		readme_says "$(grep ': paired with ' "$dir/a.log")"
	# shellcheck disable=SC2016 # are Markdown's
	check 'the README has the address to ping' \
		readme_says '`ping 10.10.10.2`'
	check_match "$a: a ping" '^3 packets transmitted, 3 received, 0%' \
		"$(in_a ping -c 3 -W 5 10.10.10.2)"

	head -c 50000 /dev/urandom >"$dir/file"
	check "$a: a file arrives over TCP" tcp a b 10.10.10.2 "$dir/file"
	check "$b: the file comes back over TCP" tcp b a 10.10.10.1 "$dir/file"

	stop_a INT
	check_equal "$a: Ctrl-C ends it with status 0" 0 "$ended"
	stop_b INT
	check_equal "$b: SIGTERM ends it with status 0" 0 "$ended"
	for end in a b; do
		check_match "$end: it prints the traffic" \
			'^serialtun: sent .* kB/s\), in [0-9.]+ s at [0-9]+ baud$' \
			"$(<"$dir/$end.log")"
	done
	check_equal 'the interfaces are gone' '' \
		"$(in_a ip -o link show type tun; in_b ip -o link show type tun)"
done
finish
