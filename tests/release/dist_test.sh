#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The source archive is complete: unpacked elsewhere, it builds, passes its
# tests and installs.
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=../end_to_end/lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

[ -e "$source_dir/.git" ] || skip_all 'not a clone of the repository'

version=$(make -s -C "$source_dir" version)
check 'make dist' make -s -C "$source_dir" dist DISTDIR="$dir"
tar -C "$dir" -xf "$dir/serialtun-$version.tar.gz"
tree=$dir/serialtun-$version
make=(make -s -C "$tree" WERROR=1)

# Print all files outside of build.
sources_in() {
	(cd "$1" && find . -path ./build -prune -o ! -type d -print | sort)
}

sources=$(sources_in "$tree")
check 'it builds without a warning' \
	"${make[@]}" -j "$(nproc)" test-programs
check 'its unit tests pass' "${make[@]}" check-unit
check 'make install works' \
	"${make[@]}" install DESTDIR="$dir/root" PREFIX=/usr
check_equal 'it has the version of the archive' "serialtun $version" \
	"$("$dir/root/usr/bin/serialtun" --version)"
check_equal 'make writes only below build' "$sources" \
	"$(sources_in "$tree")"
check_match 'outside of a clone, make dist fails and says why' \
	'only in a clone' "$("${make[@]}" dist 2>&1)"
finish
