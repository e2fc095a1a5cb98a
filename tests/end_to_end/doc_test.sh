#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What is written about the program is true of it: each option is in the help,
# in the manual and in the README, in the same order.
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

manual=$source_dir/src/man/serialtun.8
help=$("$serialtun" --help)
plain_manual=$(mandoc -T ascii "$manual" | sed 's/.\x08//g')

options_in() {
	grep -oE -- '--[a-z-]+' <<<"$1" | sort -u
}

# What begins like this, and then has an option: that option, in order.
options_behind() {
	sed -nE "s/^$1(--[a-z-]+).*/\\2/p" <<<"$2"
}

# Options that argp brings along are not the README's business.
for option in $(options_in "$help"); do
	check "the manual has $option" grep -q -- "$option" <<<"$plain_manual"
	case $option in
	--help | --usage | --version) ;;
	*) check "the README has $option" grep -q -- "$option" "$source_dir/README.md" ;;
	esac
done
for option in $(options_in "$plain_manual"); do
	check "the program has the manual's $option" grep -q -- "$option" <<<"$help"
done
for option in $(options_in "$(grep '^| `-' "$source_dir/README.md")"); do
	check "the program has the README's $option" grep -q -- "$option" <<<"$help"
done
order=$(options_behind ' *(-., *)?' "$help")
check_equal 'the manual has the order of the help' "$order" \
	"$(options_behind ' {5}(-., )?' \
		"$(sed -n '/^ *Options/,/^ *IPv6$/p' <<<"$plain_manual")")"
check_equal 'the README has the order of the help' \
	"$(grep -vE -- '--(help|usage|version)$' <<<"$order")" \
	"$(options_behind '\| `(-.`, `)?' "$(<"$source_dir/README.md")")"

# Why something is dropped, and what a line's name begins with.
dropped=$(sed -n '/^ *What is dropped/,/^ *The statistics/p' <<<"$plain_manual")
while IFS='"' read -r _ key _ words _; do
	check "the manual has the drop \"$words\"" grep -qw "$words" <<<"$dropped"
	check "and its key $key" grep -qw "$key" <<<"$plain_manual"
done < <(grep '^	X(' "$source_dir/src/pump/stats.h")
prefixes=$("$serialtun" --port nothing: 2>&1 | grep -oE '[a-z-]+:,' | tr -d ,)
check_match 'the program says what lines begin with' '^udp:$' "$prefixes"
for prefix in $prefixes; do
	check "the manual has $prefix" grep -qE "(^| )$prefix" <<<"$plain_manual"
	check "the README has $prefix" grep -qF "\`$prefix" "$source_dir/README.md"
	check "the help has $prefix" grep -qE " ${prefix}([A-Z]|\[)" <<<"$help"
done

# What src/README.md says of the rooms: all modules, and no others.
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
check 'the manual is good mdoc' mandoc -T lint -W warning "$manual"
finish
