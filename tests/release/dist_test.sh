#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The source archive is all that it takes: unpacked somewhere else, it builds,
# its tests pass, and it can be installed.
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=../end_to_end/lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

[ -e "$source_dir/.git" ] || skip_all 'not a clone of the repository'

version=$(make -s -C "$source_dir" version)
check 'make dist' make -s -C "$source_dir" dist DISTDIR="$dir"
tar -C "$dir" -xf "$dir/serialtun-$version.tar.gz"
tree=$dir/serialtun-$version
make=(make -s -C "$tree" WERROR=1)

# What is there besides what was built.
sources_in() {
	(cd "$1" && find . -path ./build -prune -o ! -type d -print | sort)
}

sources=$(sources_in "$tree")
check 'it builds without a warning' \
	"${make[@]}" -j "$(nproc)" test-programs
check 'its unit tests pass' "${make[@]}" check-unit
check 'it can be installed' \
	"${make[@]}" install DESTDIR="$dir/root" PREFIX=/usr
check_equal 'and is the version that it says' "serialtun $version" \
	"$("$dir/root/usr/bin/serialtun" --version)"
check_equal 'everything that is made is below build' "$sources" \
	"$(sources_in "$tree")"
check_match 'what is no clone makes no archive, and says why' \
	'only in a clone' "$("${make[@]}" dist 2>&1)"
finish
