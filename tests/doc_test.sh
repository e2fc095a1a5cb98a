#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What is written about the program is true of it: each option is in the help,
# in the manual and in the README, and what is installed can be removed again.
source_dir=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=lib.sh
source "$source_dir/tests/lib.sh"

manual=$source_dir/src/man/serialtun.8
help=$("$serialtun" --help)
plain_manual=$(mandoc -T ascii "$manual" | sed 's/.\x08//g')

options_in() {
	grep -oE -- '--[a-z-]+' <<<"$1" | sort -u
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
check 'the manual is good mdoc' mandoc -T lint -W warning "$manual"

make=(make -s -C "$source_dir" BUILD="${BUILD:-build}")
check_match 'make help names the targets' '^  install ' "$("${make[@]}" help)"
check 'make has nothing to do a second time' "${make[@]}" -q all
check 'make install' "${make[@]}" install DESTDIR="$dir/root" PREFIX=/usr
check_equal 'installs the program and the manual' \
	"/usr/sbin/serialtun /usr/share/man/man8/serialtun.8" \
	"$(cd "$dir/root" && find . -type f | sed 's/^\.//' | sort | xargs)"
check_equal 'which is what was built' "$("$serialtun" --version)" \
	"$("$dir/root/usr/sbin/serialtun" --version)"
check 'make uninstall' "${make[@]}" uninstall DESTDIR="$dir/root" PREFIX=/usr
check_equal 'removes them again' '' "$(find "$dir/root" -type f)"
finish
