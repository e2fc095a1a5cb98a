#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The check of the arrows between rooms finds each kind of wrong arrow, in a
# copy of the tree with that arrow.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
run=0
failed=0

# result STATUS DESCRIPTION OUTPUT
result() {
	run=$((run + 1))
	if [ "$1" = 0 ]; then
		echo "ok $run - $2"
	else
		echo "not ok $run - $2"
		sed 's/^/# /' <<<"$3"
		failed=$((failed + 1))
	fi
}

fresh() {
	rm -rf "$dir/src"
	cp -r "$top/src" "$dir"
}

# finds DESCRIPTION REGEX: the check fails with this message
finds() {
	local said status
	said=$("$top/tests/tree/arrows" "$dir/src" 2>&1)
	status=$?
	[ "$status" = 1 ] && grep -qE "$2" <<<"$said"
	result $? "$1" "status $status, $said"
}

# includes FILE HEADER: add this include to the file
includes() {
	fresh
	sed -i "1a #include \"$2\"" "$dir/src/$1"
}

fresh
said=$("$top/tests/tree/arrows" "$dir/src" 2>&1)
result $? 'the tree as it is' "$said"

includes port/tty.c line/line.h
finds 'a wrong arrow, with its file and line' \
	'^src/port/tty.c:2: .* "line/line.h": the arrow port -> line is not'
includes packet/packet.h report/report.h
finds 'a wrong arrow of a header' '^src/packet/packet.h:2: .* packet -> report '
includes log.c report/status_line.h
finds 'a leaf that includes a room' '^src/log.c:2: .* log -> report '
includes cli/list.c session.h
finds 'a file that includes the session' '^src/cli/list.c:2: .* cli -> session '
includes privilege.h main.h
finds 'a file that includes main' '^src/privilege.h:2: .* privilege -> main '

fresh
mkdir "$dir/src/attic"
echo '#include "port/port.h"' >"$dir/src/attic/old.c"
finds 'a room that is in no list' '^src/attic/old.c:1: .* attic -> port '

fresh
sed -i '/#include "report\//d' "$dir"/src/cli/*.c
finds 'an arrow that no file needs' 'no file needs the arrow cli -> report'

echo "1..$run"
[ "$failed" = 0 ]
