#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The same sources make the same bits: somewhere else, later, under another name
# and another umask, in another language and time zone. To be compared with are
# the packages in build/package, as scripts/package makes them.
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=../end_to_end/lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

packages=$source_dir/build/package
version=$(make -s -C "$source_dir" version)
archive=$packages/serialtun_$version.orig.tar.gz
[ -e "$archive" ] || skip_all 'no packages (run scripts/package)'

# Another world, as far as a program that is built can see it.
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

# What make makes.
build_in() {
	mkdir -p "$1"
	tar -C "$1" --strip-components=1 -xf "$archive"
	make -s -C "$1" "${@:2}" all
}

check 'a build' build_in "$dir/a" -j "$(nproc)"
check 'another' elsewhere build_in "$dir/else/where/with/a/longer/name"
check 'have made the same program' \
	cmp "$dir/a/build/serialtun" \
	"$dir/else/where/with/a/longer/name/build/serialtun"

# And what scripts/package does, on one processor, without the tests.
check 'the packages once more' \
	elsewhere env DEB_BUILD_OPTIONS='nocheck parallel=1' \
	"$source_dir/scripts/package" "$dir/packages"
for file in "$packages"/serialtun*"_$version"*.{deb,dsc,tar.?z}; do
	check "${file##*/} is the same" cmp "$file" "$dir/packages/${file##*/}"
done
finish
