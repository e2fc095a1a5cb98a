#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make boards: what --login brings to a board is complete. It runs in a root
# directory that has only /dev/null, on this machine's kind as it is, and for ARM
# under an emulator. The package installs it where serialtun looks for it. The same
# sources make the same package, in another directory and for another user.
source_dir=$(cd "$(dirname "$0")/../.." && pwd)

# This test may fetch packages, so it does not use the world without a network.
if [ -z "${SERIALTUN_TEST_DIR:-}" ]; then
	"$source_dir/scripts/boards" >/dev/null || exit 1
	"$source_dir/scripts/package-boards" "$source_dir/build/package" \
		>/dev/null || exit 1
fi
# shellcheck source=../end_to_end/lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

# try ARCHITECTURE [EMULATOR]: run it in an empty root
try() {
	local empty=$dir/$1 emulator=()
	mkdir "$empty"
	cp -r "$source_dir/build/boards/$1" "$empty/b"
	chmod 755 "$empty"/b/*
	# Every Linux has this one.
	mkdir "$empty/dev"
	: >"$empty/dev/null"
	mount --bind /dev/null "$empty/dev/null"
	if [ -n "${2:-}" ]; then
		has_emulator "$2" || {
			skip "$1" "there is no $2"
			return
		}
		cp "$(command -v "$2")" "$empty/emulator"
		emulator=(/emulator)
	fi
	loader=$(basename "$empty"/b/ld-*)
	check_match "$1: it runs in an empty root" '^serialtun [0-9]' \
		"$(chroot "$empty" "${emulator[@]}" "/b/$loader" \
			--library-path /b /b/serialtun --console --version 2>&1)"
}

has_emulator() {
	command -v "$1" >/dev/null
}

try "$(dpkg --print-architecture)"
try arm64 qemu-aarch64-static
try armhf qemu-arm-static

package=$(echo "$source_dir"/build/package/serialtun-boards_*_all.deb)
dpkg-deb --extract "$package" "$dir/installed"
mkdir -p "$dir/installed/usr/bin"
for arch in amd64 arm64 armhf i386; do
	check "the package has $arch" \
		test -e "$dir/installed/usr/lib/serialtun/boards/$arch/serialtun"
done

# Without git, with the libraries that the first build has fetched.
package_again() (
	local arch
	umask 077
	mkdir -p "$1" "$dir/home"
	cp -r "$source_dir"/{Makefile,scripts,src} "$1"
	for arch in arm64 armhf i386; do
		mkdir -p "$1/build/cross/$arch"
		ln -s "$source_dir/build/cross/$arch/sysroot" "$1/build/cross/$arch"
	done
	unset LANG LANGUAGE
	export HOME=$dir/home LC_ALL=C.UTF-8 TZ=Pacific/Kiritimati
	export USER=somebody LOGNAME=somebody
	SOURCE_DATE_EPOCH=$(stat -c %Y "$dir/installed/usr/share/doc") \
		"$1/scripts/package-boards" "$dir/again"
)

check 'the package, built again' package_again "$dir/a/directory/with/a/longer/name"
check 'both packages are the same' cmp "$package" "$dir/again/${package##*/}"
finish
