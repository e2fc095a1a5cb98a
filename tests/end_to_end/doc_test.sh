#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The documents match the program: the manual has each option of the help, in
# the same order; the README uses no other options, quotes real messages, and
# links to existing files.
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

manual=$source_dir/src/man/serialtun.8
readme=$source_dir/README.md
help=$("$serialtun" --help)
plain_manual=$(mandoc -T ascii "$manual" | sed 's/.\x08//g')

options_in() {
	grep -oE -- '--[a-z-]+' <<<"$1" | sort -u
}

# Print the options behind such a beginning of a line, in order.
options_behind() {
	sed -nE "s/^$1(--[a-z-]+).*/\\2/p" <<<"$2"
}

for option in $(options_in "$help"); do
	check "the manual has $option" grep -q -- "$option" <<<"$plain_manual"
done
# --now is an option of systemctl. The help does not show --console, which is
# for the other end.
check 'the program has --console' "$serialtun" --console --version
for option in $(options_in "$plain_manual" |
	grep -vx -e --now -e --console); do
	check "the program has the manual's $option" grep -q -- "$option" <<<"$help"
done
check_equal 'the manual and the help have the same order' \
	"$(options_behind ' *(-., *)?' "$help")" \
	"$(options_behind ' {5}(-., )?' \
		"$(sed -n '/^OPTIONS$/,/^INTERFACES$/p' <<<"$plain_manual")")"

# The README's serialtun commands, and its options outside of commands.
said=$(grep -oE '(^|[^`a-z-])serialtun --[^`]*|`--[a-z][^`]*`' "$readme" |
	grep -v -- '--device')
check_match 'the README shows options' '--keepalive' "$said"
for option in $(options_in "$said"); do
	check "the program has the README's $option" grep -q -- "$option" <<<"$help"
done

# The sources split messages into pieces, with %s for names.
messages=$(cat "$source_dir"/src/*.c "$source_dir"/src/*/*.c |
	tr -d '\n' | sed 's/"[[:space:]]*"//g')
quotes=$(sed -n '/^## When it does not work/,/^## Build/p' "$readme" |
	sed -n 's/^| \(`[^|]*\)|.*/\1/p' | grep -oE '`[^`]+`' | tr -d '`')
check_match 'the README quotes messages' 'framing errors' "$quotes"
while read -r quote; do
	text=$(sed -E 's/Permission denied|agetty/%s/; s/a new TUN/a new %s/
		s,/dev/(net/tun|ttyUSB0),%s,; s/ 5 s/ %u s/' <<<"$quote")
	check "the program says \"$quote\"" grep -qF -- "$text" <<<"$messages"
done <<<"$quotes"

# The words between the names and numbers of the manual's messages.
system='No such file or directory|Operation not permitted|Permission denied'
runs=$(sed -n '/^\.Sh DIAGNOSTICS/,/^\.Sh SEE/s/^\.It "\(.*\)"/\1/p' "$manual" |
	sed -E "s/$system|Device or resource busy/;/g" |
	sed -E 's/\b(TUN|board|eth[0-9]|picocom|agetty|bash|pid)\b/;/g
		s/[^ ]*[0-9/][^ ]*/;/g; s/[:,;()]+|\.\.\./\n/g' |
	sed -E 's/^ +| +$//g' | grep -E '^[^ ]+ [^ ]+ [^ ]+' | sort -u)
check_match 'the manual quotes messages' '^it hung up' "$runs"
while read -r run; do
	check "the program says \"$run\"" grep -qF -- "$run" <<<"$messages"
done <<<"$runs"

for page in README.md src/README.md tests/bench/README.md; do
	while read -r link; do
		check "$page: there is $link" test -e \
			"$source_dir/$(dirname "$page")/$link"
	done < <(grep -oE '\]\([^)#:]+\)' "$source_dir/$page" | tr -d '])(')
done

# The drop reasons, and the prefixes of the kinds of line.
dropped=$(sed -n '/^ *Dropped packets/,/^ *The statistics/p' <<<"$plain_manual")
while IFS='"' read -r _ key _ words _; do
	check "the manual has the drop \"$words\"" grep -qw "$words" <<<"$dropped"
	check "and its key $key" grep -qw "$key" <<<"$plain_manual"
done < <(grep '^	X(' "$source_dir/src/pump/stats.h")
prefixes=$("$serialtun" --port nothing: 2>&1 | grep -oE '[a-z-]+:,' | tr -d ,)
check_match 'the program has prefixes of lines' '^udp:$' "$prefixes"
for prefix in $prefixes; do
	check "the manual has $prefix" grep -qE "^ +$prefix" <<<"$plain_manual"
	check "the README has $prefix" grep -qF "\`$prefix" "$readme"
	check "the help has $prefix" grep -qE " ${prefix}([A-Z]|\[)" <<<"$help"
done

# src/README.md lists exactly the modules of each room.
check_equal 'src/README.md names the modules of each room' \
	"$(cd "$source_dir/src" && find ./*/ -name '*.c' |
		sed 's,^\./,,; s/\.c$//' | sort)" \
	"$(awk -F '[|`]' '/^\| `/ {
		for (i = 5; i <= NF; i++)
			if ($i ~ /^[a-z]/)
				module[$i]
		for (m in module)
			print $3 "/" m
		split("", module)
	}' <<<"$(sed -E 's/^(\| `[a-z]+` \|)[^|]*/\1/' \
		"$source_dir/src/README.md")" | sort)"

# What the manual promises of security: each test that it names says those words.
held=$(sed -n '/^\.Sh SECURITY/,$s/^\.\\" \(tests\/.*\)/\1/p' "$manual")
check_match 'the manual names tests of what it promises' \
	'^tests/end_to_end/hostile_test\.sh: ' "$held"
while IFS= read -r line; do
	check "${line%%: *} has \"${line#*: }\"" \
		grep -qF -- "${line#*: }" "$source_dir/${line%%: *}"
done <<<"$held"

for page in "$source_dir"/src/man/*; do
	check "mandoc has no complaint about ${page##*/}" mandoc -T lint -W warning "$page"
done
finish
