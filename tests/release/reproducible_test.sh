#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The same sources make the same bits, in another directory, at another time,
# for another user with another umask, language and time zone. The test compares
# with the packages that scripts/package has put into build/package.
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=../end_to_end/lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

packages=$source_dir/build/package
version=$(make -s -C "$source_dir" version)
archive=$packages/serialtun_$version.orig.tar.gz
[ -e "$archive" ] || skip_all 'no packages (run scripts/package)'

# Another environment, as far as a compiler can see it.
elsewhere() {
	(
		umask 077
		mkdir -p "$dir/home"
		unset LANG LANGUAGE
		export HOME=$dir/home LC_ALL=C.UTF-8 TZ=Pacific/Kiritimati
		export USER=somebody LOGNAME=somebody
		"$@"
	)
}

# The results of make.
build_in() {
	mkdir -p "$1"
	tar -C "$1" --strip-components=1 -xf "$archive"
	make -s -C "$1" "${@:2}" all
}

check 'a build' build_in "$dir/a" -j "$(nproc)"
check 'another' elsewhere build_in "$dir/else/where/with/a/longer/name"
check 'both builds are the same' \
	cmp "$dir/a/build/serialtun" \
	"$dir/else/where/with/a/longer/name/build/serialtun"

# The results of scripts/package, on one processor, without the tests.
check 'the packages, built again' \
	elsewhere env DEB_BUILD_OPTIONS='nocheck parallel=1' \
	"$source_dir/scripts/package" "$dir/packages"
# boards_test compares serialtun-boards, which scripts/package does not build.
for file in "$packages"/serialtun{,-dbgsym}_"$version"*.{deb,dsc,tar.?z}; do
	[ -e "$file" ] || continue
	check "${file##*/} is the same" cmp "$file" "$dir/packages/${file##*/}"
done
finish
