#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The count of tests agrees with the TAP, and includes failures that TAP does
# not show. This test does not use lib.sh, because it must run without
# namespaces.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
unset TAP_DIR CI ALLOW_SKIPS
tests=0
failures=0

# check_equal DESCRIPTION WANTED FOUND
check_equal() {
	tests=$((tests + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $tests - $1"
		return
	fi
	failures=$((failures + 1))
	echo "not ok $tests - $1"
	{
		echo "wanted: $2"
		echo "found:  $3"
	} | sed 's/^/# /'
}

# kept NAME STATUS: keep standard input as the TAP of a test
kept() {
	mkdir -p "$dir/tap"
	{
		echo "# test $1"
		cat
		echo "# status $2"
	} >"$dir/tap/$1.tap"
}

# counted OPTION...: print the count and its status, and start anew
counted() {
	"$root/tests/tap/count" "$@" "$dir/tap"
	echo "status $?"
	rm -r "$dir/tap"
}

#
# Logs of all kinds
#
kept good 0 <<-'END'
	ok 1 - a
	# a comment
	ok 2 - b
	1..2
END
check_equal 'passed tests' $'2 passed, 0 failed, 0 skipped\nstatus 0' \
	"$(counted)"

kept bad 1 <<-'END'
	1..3
	ok 1 - a
	not ok 2 - b # not a skip
	not ok 3
END
kept good 0 <<<$'1..1\nok 1 - a'
check_equal 'failed tests, each with its line' \
	$'failed: bad: not ok 2 - b # not a skip\nfailed: bad: not ok 3\n2 passed, 2 failed, 0 skipped\nstatus 1' \
	"$(counted)"

kept some 0 <<<$'ok 1 - a # SKIP no b here\nok 2 - c\n1..2'
kept whole 0 <<<'1..0 # SKIP no namespaces'
kept cmocka 0 <<<$'1..2\nnot ok 1 # SKIP test_d\nok 2 - e'
check_equal 'skipped tests, each with its reason' \
	$'skipped: cmocka: test_d\nskipped: some: a: no b here\nskipped: whole: all of it: no namespaces\n2 passed, 0 failed, 3 skipped\nstatus 0' \
	"$(counted)"

kept some 0 <<<$'ok 1 - a # SKIP no b here\nok 2 - c\n1..2'
kept whole 0 <<<'1..0 # SKIP no namespaces'
check_equal 'a skip that is not allowed' \
	$'failed: nobody asked for this skip: whole: all of it: no namespaces\n1 passed, 1 failed, 2 skipped\nstatus 1' \
	"$(counted -s -a 'some: .*no b' | grep -v ^skipped)"

kept early 0 <<<'ok 1 - a'
kept short 0 <<<$'1..3\nok 1 - a'
kept crash 139 <<<$'ok 1 - a\n1..1'
kept bail 1 <<<$'ok 1 - a\nBail out! no cable'
kept killed 0 <<<$'ok 1 - a\n1..1'
sed -i '/^# status/d' "$dir/tap/killed.tap"
kept nothing 127 </dev/null
check_equal 'tests that did not end as tests do' \
	'failed: bail: it bailed out: no cable
failed: crash: it ended with status 139
failed: early: it ended without a plan
failed: killed: it was interrupted
failed: nothing: it ended without a plan
failed: short: it planned 3 tests and ran 1
5 passed, 6 failed, 0 skipped
status 1' "$(counted)"

kept all 0 <<<'1..0 # SKIP no namespaces'
check_equal 'no test passed: a failure' 'status 1' \
	"$(counted | tail -n 1)"
mkdir "$dir/tap"
check_equal 'no test was run: a failure' \
	$'0 passed, 0 failed, 0 skipped\nstatus 1' "$(counted)"

#
# From a test to its count
#
# script NAME: make a test of standard input
script() {
	mkdir -p "$dir/tree/tests/sample"
	{
		echo '#!/bin/bash'
		cat
	} >"$dir/tree/tests/sample/$1"
	chmod +x "$dir/tree/tests/sample/$1"
}

script good <<<'echo ok 1 - a; echo "TAP_DIR=${TAP_DIR-not there}" >&2; echo 1..1'
script bad <<<'echo ok 1 - a; echo not ok 2 - b; echo "# for want of c"; echo 1..2; exit 1'
script skipping <<<'echo 1..0 "# SKIP no namespaces"'
script cmocka <<<'echo 1..2; echo ok 1 - a; echo not ok 2 "# SKIP test_b"'
cd "$dir/tree" || exit 1
mkdir scripts tests/tap
cp "$root/scripts/check" scripts
cp "$root"/tests/tap/{count,keep,prove} tests/tap

check_equal 'keep: it has the status of the test' 1 \
	"$(TAP_DIR=$dir tests/tap/keep tests/sample/bad >/dev/null; echo $?)"
rm -f "$dir"/*.tap
check_equal 'keep: without TAP_DIR it prints the TAP alone' \
	"$(tests/sample/bad)" "$(tests/tap/keep tests/sample/bad)"

prove() {
	tests/tap/prove --exec tests/tap/keep -- "$@" 2>&1
	echo "status $?"
}

check_equal 'prove: the count is the last line' \
	$'1 passed, 0 failed, 0 skipped\nstatus 0' \
	"$(prove tests/sample/good | tail -n 2)"
check_equal 'prove: a test does not see TAP_DIR' 1 \
	"$(prove tests/sample/good | grep -c 'TAP_DIR=not there')"
check_equal "prove: a skip of cmocka's is no failure" \
	$'1 passed, 0 failed, 1 skipped\nstatus 0' \
	"$(prove tests/sample/cmocka | tail -n 2)"
found=$(prove tests/sample/good tests/sample/bad)
check_equal 'prove: it reports a failure at once, and at the end' 2 \
	"$(grep -c 'not ok 2 - b' <<<"$found")"
check_equal 'prove: the end has the output of the failed test' \
	$'failed: tests/sample/bad: not ok 2 - b\n    # for want of c' \
	"$(grep -A 1 ^failed: <<<"$found")"
check_equal 'prove: the status is that of prove' \
	$'2 passed, 1 failed, 0 skipped\nstatus 1' "$(tail -n 2 <<<"$found")"

script late_test.sh <<-'END'
	echo 1..2
	echo ok 1 - a
	if [ -e late ]; then
		echo ok 2 - b in time
	else
		touch late
		echo not ok 2 - b in time
		exit 1
	fi
END
script never_test.sh <<<'echo 1..1; echo not ok 1 - c in time; exit 1'
for name in 1 2 3; do
	cp tests/sample/never_test.sh "tests/sample/never$name"_test.sh
done
found=$(prove tests/sample/good tests/sample/late_test.sh)
check_equal 'prove: a script that failed runs again, and that counts' \
	$'failed, and ran again: tests/sample/late_test.sh: not ok 2 - b in time\n3 passed, 0 failed, 0 skipped\nstatus 0' \
	"$(tail -n 3 <<<"$found")"
check_equal 'prove: a script that fails twice has failed' \
	$'failed: tests/sample/never_test.sh: not ok 1 - c in time\n0 passed, 1 failed, 0 skipped\nstatus 1' \
	"$(prove tests/sample/never_test.sh | tail -n 3)"
rm late
check_equal 'prove: of many failures, none runs again' \
	$'1 passed, 4 failed, 0 skipped\nstatus 1' \
	"$(prove tests/sample/{late_test.sh,never{1,2,3}_test.sh} | tail -n 2)"
rm late
check_equal 'prove: beside the failure of a program, none runs again' \
	$'2 passed, 2 failed, 0 skipped\nstatus 1' \
	"$(prove tests/sample/{late_test.sh,bad} | tail -n 2)"

#
# scripts/check, whose steps are made up: "make TARGET" runs the script of that
# name, if there is one
#
mkdir "$dir/bin"
cat >"$dir/bin/make" <<-'END'
	#!/bin/bash
	target=${*: -1}
	! [ -e "tests/sample/step-$target" ] || "tests/sample/step-$target"
END
echo '#!/bin/sh' >scripts/install-deps
# As an ordinary user, unless a test says otherwise.
printf '#!/bin/sh\necho "${UID_SEEN:-1000}"\n' >"$dir/bin/id"
chmod +x "$dir"/bin/* scripts/install-deps
PATH=$dir/bin:$PATH

step_runs() {
	script "step-$1" <<<"tests/tap/prove --exec tests/tap/keep -- ${*:2}"
}

# checked WORD...: print the list, the last line and the status of scripts/check
checked() {
	scripts/check "$@" >"$dir/check.log" 2>&1
	echo "status $?" >>"$dir/check.log"
	grep -E '^(failed|skipped): |^status ' "$dir/check.log"
	tail -n 2 "$dir/check.log" | head -n 1
}

step_runs valgrind tests/sample/good
step_runs check tests/sample/good tests/sample/good
check_equal 'check: no failure; three steps are one test each' \
	$'status 0\n6 passed, 0 failed, 0 skipped' "$(checked)"

step_runs check tests/sample/good tests/sample/skipping
skips='skipped: tests/sample/skipping: all of it: no namespaces'
check_equal 'check: it lists and counts skips' \
	"$skips (2 times)"$'\nstatus 0\n6 passed, 0 failed, 2 skipped' \
	"$(checked)"
refused='failed: nobody asked for this skip: tests/sample/skipping: all of it: no namespaces (2 times)'
check_equal 'check: as root a skip is a failure' \
	"$skips (2 times)"$'\n'"$refused"$'\nstatus 1\n6 passed, 2 failed, 2 skipped' \
	"$(UID_SEEN=0 checked)"
check_equal 'check: in CI a skip is a failure' 'status 1' "$(CI=true checked | grep ^status)"
check_equal 'check: --allow-skips allows skips' 'status 0' \
	"$(UID_SEEN=0 checked --allow-skips | grep ^status)"
check_equal 'check: --allow-skips=REGEX allows matching skips' 'status 0' \
	"$(UID_SEEN=0 checked --allow-skips='no namespaces' | grep ^status)"
check_equal 'check: ALLOW_SKIPS allows matching skips' 'status 0' \
	"$(CI=true ALLOW_SKIPS=namespaces checked | grep ^status)"
check_equal 'check: other skips are failures' 'status 1' \
	"$(UID_SEEN=0 checked --allow-skips='no veth' | grep ^status)"

step_runs check tests/sample/bad
check_equal 'check: it stops at a failure, and counts' \
	$'failed: tests/sample/bad: not ok 2 - b\nstatus 1\n5 passed, 1 failed, 0 skipped' \
	"$(checked)"
script step-lint <<<'exit 2'
check_equal 'check: a failed step that is no set of tests' \
	$'failed: scripts/check: not ok 1 - lint\nstatus 1\n2 passed, 1 failed, 0 skipped' \
	"$(checked)"
script step-lint <<<true
script step-check <<<'exit 2'
check_equal 'check: a set of tests that did not start' \
	$'failed: scripts/check: not ok 1 - all tests under AddressSanitizer and UBSan\nstatus 1\n4 passed, 1 failed, 0 skipped' \
	"$(checked)"
check_equal 'check: a wrong argument' 64 \
	"$(scripts/check --ful >/dev/null 2>&1; echo $?)"
check_equal 'check: --help shows how to allow skips' 2 \
	"$(scripts/check --help | grep -c 'allow-skips\[=REGEX\]')"

echo "1..$tests"
exit "$((failures != 0))"
