# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Common functions of the scripts here that measure two ends in the world of the
# end-to-end tests; source it first. It installs what is missing and builds.
if [ -z "${SERIALTUN_TEST_DIR:-}" ]; then # outside of the world
	root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
	"$root/scripts/install-deps" bench >&2 || exit
	make -s -C "$root" all cable >&2 || exit
fi

# shellcheck source=../end_to_end/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../end_to_end/lib.sh"

# processor PID: print the nanoseconds that an end has used, all its processes
processor() {
	local pid
	for pid in "$1" $(pgrep -P "$1"); do
		cut -d ' ' -f 1 "/proc/$pid/schedstat"
	done | paste -sd+ | bc
}

# memory PID: print the PSS of an end in KiB, all its processes
memory() {
	local pid
	for pid in "$1" $(pgrep -P "$1"); do
		sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$pid/smaps_rollup"
	done | paste -sd+ | bc
}

median() { # NUMBER...
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}
