#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A second compiler, clang, reports no warning.
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=../end_to_end/lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

command -v clang >/dev/null || skip_all 'no clang here'

make=(make -s -C "$source_dir" BUILD=build/clang CC=clang WERROR=1)
check 'clang builds everything without a warning' \
	"${make[@]}" -j "$(nproc)" test-programs
check 'the unit tests pass' "${make[@]}" check-unit
finish
