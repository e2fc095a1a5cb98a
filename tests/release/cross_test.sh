#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# serialtun builds for ARM boards, with 32 and with 64 bits, and its unit tests
# pass under an emulator. It builds for i386, and the unit tests pass on an
# amd64, with the system calls and the filters of the kernel.
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
cross=$source_dir/scripts/cross

# This test may fetch packages, so it does not use the world without a network.
if [ -z "${SERIALTUN_TEST_DIR:-}" ]; then
	for arch in armhf arm64 i386; do
		"$cross" "$arch" -s version >/dev/null || exit 1
	done
fi
# shellcheck source=../end_to_end/lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

# try ARCHITECTURE CLASS
try() {
	local program=$source_dir/build/cross/$1/serialtun
	check "$1: everything builds without a warning" \
		"$cross" "$1" -s -j "$(nproc)" WERROR=1 test-programs
	check_match "$1: the program is for that machine" "Class: +$2$" \
		"$(readelf -h "$program")"
	check "$1: the unit tests pass" "$cross" "$1" -s WERROR=1 check-unit
}

try armhf ELF32
try arm64 ELF64
try i386 ELF32
finish
