#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# cable_test.sh - prove that the emulated cable behaves as one (TAP, 15 s)
#
# The program is $CABLE, or build/tests/cable/cable below the top of the tree.  Rates
# are measured twice: in the cable's own statistics, which must be right within
# 0.5 % but for what they report as slipped, and by the reader's clock, with
# wide bounds as it includes starting and stopping programs.
#
# This shell never opens a pty itself: if it leads a session, that would become
# its terminal, and pulling the cable would hang it up.

set -u
export LC_ALL=C

top=$(cd "$(dirname "$0")/../.." && pwd)
cable=${CABLE:-$top/build/tests/cable/cable}
dir=$(mktemp -d) || exit 1
a=$dir/a
b=$dir/b
pid=
tests=0
failures=0

clean_up()
{
	[[ -n $pid ]] && kill "$pid"
	rm -rf "$dir"
}
trap clean_up EXIT

# ok DESCRIPTION COMMAND...: one test, passed if the command succeeds
ok()
{
	local description=$1
	shift
	tests=$((tests + 1))
	if "$@" >"$dir/why" 2>&1; then
		echo "ok $tests - $description"
		return
	fi
	failures=$((failures + 1))
	echo "not ok $tests - $description"
	echo "# failed: $*"
	sed 's/^/# /' "$dir/why" "$dir/err"
}

# holds EXPRESSION: is it true in Perl?
holds()
{
	perl -e 'exit !eval shift' -- "$1"
}

# wait_for COMMAND...: try until it succeeds, for 5 s
wait_for()
{
	local i
	for ((i = 0; i < 250; i++)); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.02
	done
	return 1
}

# start OPTION...: plug in a cable between $a and $b
start()
{
	: >"$dir/out"
	"$cable" "$@" "$a" "$b" >"$dir/out" 2>"$dir/err" &
	pid=$!
	wait_for grep -q '<->' "$dir/out"
}

# stop [SIGNAL]: end the cable and return its exit status
stop()
{
	local ended=$pid
	pid=
	kill -s "${1:-TERM}" "$ended"
	wait "$ended"
}

# value LABEL: print its number in the statistics from A to B
value()
{
	sed -n "1s/.* $1 *\([0-9.]*\) .*/\1/p" "$dir/err"
}

# has_open PID LINK: is the standard input of that process that pty?
has_open()
{
	[[ /proc/$1/fd/0 -ef $2 ]]
}

# carry FILE FROM TO GOT: send a file, wait until all of it has been received
# and leave in GOT.s how many seconds that took
carry()
{
	local size reader begin
	size=$(stat -c %s "$1")
	timeout 20 head -c "$size" <"$3" >"$4" &
	reader=$!
	wait_for has_open "$reader" "$3"
	begin=$EPOCHREALTIME
	timeout 20 cat "$1" >"$2"
	wait "$reader"
	perl -e 'printf "%f", $ARGV[1] - $ARGV[0]' "$begin" "$EPOCHREALTIME" \
		>"$4.s"
}

# say WORD TO: write the word to a port
say()
{
	(echo "$1" >"$2")
}

# random BYTES: make a new $dir/sent
random()
{
	head -c "$1" /dev/urandom >"$dir/sent"
}

same()
{
	cmp "$1" "$2"
}

differ()
{
	[[ -s $1 && -s $2 ]] && ! cmp -s "$1" "$2"
}

test_rate()
{
	local baud=$1 seconds=$2 took
	random $((baud * seconds / 10))
	start --baud "$baud"
	carry "$dir/sent" "$a" "$b" "$dir/got"
	stop
	took=$(<"$dir/got.s")
	ok "$baud baud: what arrives is what was sent" \
		same "$dir/sent" "$dir/got"
	ok "$baud baud: the rate is right within 0.5 % by the statistics" \
		holds "abs($(value carried) / ($(value busy) - $(value slipped)) /
			($baud / 10) - 1) < 0.005"
	ok "$baud baud: the reader's clock agrees ($took s for $seconds s)" \
		holds "$took > 0.995 * $seconds &&
			$took < 1.1 * $seconds + $(value slipped)"
}

test_unlimited()
{
	local other
	random 8000000
	start --baud 0
	carry "$dir/sent" "$b" "$a" "$dir/got2" &
	other=$!
	carry "$dir/sent" "$a" "$b" "$dir/got"
	wait "$other"
	stop
	ok "unlimited: both ways at once, A to B" same "$dir/sent" "$dir/got"
	ok "unlimited: both ways at once, B to A" same "$dir/sent" "$dir/got2"
	ok "unlimited: faster than 4 MB/s" holds "$(<"$dir/got.s") < 2"
}

# A cable that gets no processor time must make up for it.
test_stall()
{
	local i sender
	random 11520
	start --baud 115200
	carry "$dir/sent" "$a" "$b" "$dir/got" &
	sender=$!
	sleep 0.2
	for ((i = 0; i < 3; i++)); do
		kill -STOP "$pid"
		sleep 0.1
		kill -CONT "$pid"
		sleep 0.1
	done
	wait "$sender"
	stop
	ok "stalls of 0.3 s in all: what arrives is what was sent" \
		same "$dir/sent" "$dir/got"
	ok "stalls of 0.3 s in all are made good" \
		holds "$(value busy) < 1.1 && $(value slipped) < 0.1"
}

test_idle()
{
	local before after
	random 100
	start --baud 115200
	carry "$dir/sent" "$a" "$b" "$dir/got"
	sleep 0.2
	before=$(grep ctxt "/proc/$pid/status")
	sleep 0.5
	after=$(grep ctxt "/proc/$pid/status")
	stop
	ok "an idle cable sleeps" test "$before" = "$after"
}

test_bit_errors()
{
	local flipped
	random 100000
	start --baud 0 --ber 1e-3
	carry "$dir/sent" "$a" "$b" "$dir/got"
	stop
	flipped=$(cmp -l "$dir/sent" "$dir/got" | perl -ane '
		$n += unpack "%32b*", chr(oct($F[1]) ^ oct($F[2]));
		END { print $n }')
	ok "bit errors: $flipped of 800000 at 1e-3" \
		holds "$flipped > 660 && $flipped < 940"
	ok "bit errors: the statistics count them" \
		test "$(value flipped)" = "$flipped"
	start --baud 12000000 --flow rtscts --fifo 13 --ber 1e-3
	carry "$dir/sent" "$a" "$b" "$dir/got2"
	stop
	ok "bit errors: the same ones at any speed" \
		same "$dir/got" "$dir/got2"
	start --baud 0 --ber 1e-3 --seed 2
	carry "$dir/sent" "$a" "$b" "$dir/got2"
	stop
	ok "bit errors: others with another seed" \
		differ "$dir/got" "$dir/got2"
}

# The reader runs until the cable is pulled, as it cannot know what is lost.
test_loss()
{
	local reader got
	random 100000
	start --baud 0 --loss 1e-2
	timeout 20 cat <"$b" >"$dir/got" 2>/dev/null &
	reader=$!
	wait_for has_open "$reader" "$b"
	cat "$dir/sent" >"$a"
	sleep 0.3
	stop
	wait "$reader"
	got=$(stat -c %s "$dir/got")
	ok "loss: $((100000 - got)) of 100000 bytes at 1e-2" \
		holds "100000 - $got > 840 && 100000 - $got < 1160"
	ok "loss: the statistics count them" \
		test "$(value lost)" = $((100000 - got))
}

# tr, which is independent of the cable, finds the remaining bytes.
test_eaten()
{
	local reader left
	random 100000
	tr -d '\021\023' <"$dir/sent" >"$dir/left"
	left=$(stat -c %s "$dir/left")
	start --baud 0 --eat-xonxoff
	timeout 20 head -c "$left" <"$b" >"$dir/got" 2>/dev/null &
	reader=$!
	wait_for has_open "$reader" "$b"
	cat "$dir/sent" >"$a"
	wait "$reader"
	stop
	ok "XON and XOFF are eaten, nothing else" same "$dir/left" "$dir/got"
	ok "XON and XOFF: the statistics count them" \
		test "$(value eaten)" = $((100000 - left)) -a \
		"$(value carried)" = 100000
}

test_back_pressure()
{
	local taken
	start --baud 300
	taken=$(perl -MFcntl -e '
		sysopen F, shift, O_WRONLY | O_NOCTTY | O_NONBLOCK or die;
		for (my $blocked = 0; $blocked < 10; ) {
			my $n = syswrite F, "x" x 64;
			$total += $n;
			$n ? ($blocked = 0) : $blocked++;
			select undef, undef, undef, 0.01 unless $n;
		}
		print $total' "$a")
	stop
	ok "back-pressure: a writer stalls ($taken bytes)" \
		holds "$taken > 10000 && $taken < 30000"
}

# A program has the far end open but does not read.
test_full_receiver()
{
	local reader
	random 60000
	start --baud 3000000
	{ sleep 1; } <"$b" &
	reader=$!
	wait_for has_open "$reader" "$b"
	cat "$dir/sent" >"$a"
	sleep 0.3
	stop
	wait "$reader"
	ok "no flow control: what finds the pty full is lost" \
		holds "$(value overrun) > 30000 && $(value overrun) < 55000"
	start --baud 3000000 --flow rtscts
	{ sleep 0.5 && timeout 20 head -c 60000; } <"$b" >"$dir/got" &
	reader=$!
	wait_for has_open "$reader" "$b"
	cat "$dir/sent" >"$a"
	wait "$reader"
	stop
	ok "rtscts: the sender is held" \
		holds "$(value held) > 0.3 && $(value overrun) == 0"
	ok "rtscts: nothing is lost" same "$dir/sent" "$dir/got"
}

# A full packet of the adapter does not wait, another waits for its timer: the
# second word is sent soon after the timer has let the first one through.
test_latency()
{
	random $((62 * 20))
	start --baud 1000000 --latency 200
	carry "$dir/sent" "$a" "$b" "$dir/got"
	ok "an adapter: what arrives is what was sent" \
		same "$dir/sent" "$dir/got"
	ok "an adapter: full packets do not wait ($(<"$dir/got.s") s)" \
		holds "$(<"$dir/got.s") < 0.1"
	echo word >"$dir/sent"
	carry "$dir/sent" "$a" "$b" "$dir/got"
	carry "$dir/sent" "$a" "$b" "$dir/got"
	stop
	ok "an adapter: a short one waits ($(<"$dir/got.s") s of 0.2)" \
		holds "$(<"$dir/got.s") > 0.05 && $(<"$dir/got.s") < 0.5"
}

test_nobody_there()
{
	local reader
	start --baud 115200
	say unheard "$a"
	sleep 0.1
	{ sleep 0.5; } <"$b" &
	reader=$!
	wait_for has_open "$reader" "$b"
	say stale "$a"
	wait "$reader"
	echo fresh >"$dir/sent"
	carry "$dir/sent" "$a" "$b" "$dir/got"
	stop
	ok "nobody at the other end: bytes are lost" \
		test "$(value unheard)" = 8
	ok "nobody at the other end: the next one finds nothing stale" \
		same "$dir/sent" "$dir/got"
}

test_auto_baud()
{
	random 480
	start --baud auto
	stty -F "$a" 9600
	stty -F "$b" 9600
	carry "$dir/sent" "$a" "$b" "$dir/got"
	stop
	ok "auto: the sender's speed is followed" \
		holds "abs($(value carried) / ($(value busy) - $(value slipped)) /
			960 - 1) < 0.005"
	ok "auto: equal speeds are understood" same "$dir/sent" "$dir/got"
	start --baud auto
	stty -F "$a" 19200
	stty -F "$b" 9600
	carry "$dir/sent" "$a" "$b" "$dir/got"
	stop
	ok "auto: different speeds are garbage" differ "$dir/sent" "$dir/got"
	ok "auto: the statistics count it" test "$(value garbled)" = 480
}

# carry_at BAUD: send 20000 bytes with both ends at that speed
carry_at()
{
	random 20000
	stty -F "$a" "$1"
	stty -F "$b" "$1"
	carry "$dir/sent" "$a" "$b" "$dir/got"
}

test_max_baud()
{
	local damaged
	start --baud auto --max-baud 500000
	carry_at 500000
	stop
	ok "max-baud: at the highest speed nothing is damaged" \
		same "$dir/sent" "$dir/got"
	start --baud auto --max-baud 500000
	carry_at 921600
	stop
	damaged=$(cmp -l "$dir/sent" "$dir/got" | wc -l)
	ok "max-baud: above it $damaged of 20000 bytes are damaged" \
		holds "$damaged > 4700 && $damaged < 5300"
	ok "max-baud: the statistics count them" \
		test "$(value damaged)" = "$damaged"
	start --baud auto --max-baud 500000 --damage 1e-2
	carry_at 921600
	stop
	ok "damage: $(value damaged) of 20000 bytes at 1e-2" \
		holds "$(value damaged) > 130 && $(value damaged) < 280"
}

# The speeds change while the cable is in use, at both ends or at one.
test_change_of_speed()
{
	start --baud auto --max-baud 500000
	carry_at 115200
	ok "change of speed: before it" same "$dir/sent" "$dir/got"
	carry_at 921600
	ok "change of speed: to one that is too fast" \
		differ "$dir/sent" "$dir/got"
	carry_at 460800
	ok "change of speed: to one that is not" same "$dir/sent" "$dir/got"
	stty -F "$b" 115200
	carry "$dir/sent" "$a" "$b" "$dir/got"
	ok "change of speed: at one end only" differ "$dir/sent" "$dir/got"
	stty -F "$a" 115200
	carry "$dir/sent" "$a" "$b" "$dir/got"
	ok "change of speed: the other end follows" \
		same "$dir/sent" "$dir/got"
	stop
}

test_unplugging()
{
	local reader
	start --baud 115200
	timeout 10 cat <"$b" >/dev/null 2>&1 &
	reader=$!
	wait_for has_open "$reader" "$b"
	kill -USR1 "$pid"
	wait_for grep -q unplugged "$dir/out"
	ok "unplug: a reader sees the end at once" \
		wait_for test ! -e "/proc/$reader"
	wait "$reader"
	ok "unplug: the links are gone" test ! -L "$a" -a ! -L "$b"
	kill -USR1 "$pid"
	wait_for grep -q replugged "$dir/out"
	random 1000
	carry "$dir/sent" "$a" "$b" "$dir/got"
	ok "replug: what arrives is what was sent" same "$dir/sent" "$dir/got"
	kill -USR2 "$pid"
	ok "SIGUSR2 prints the statistics" wait_for test -s "$dir/err"
	stop
}

test_ending()
{
	local signal status
	for signal in INT TERM HUP; do
		start
		stop "$signal"
		status=$?
		ok "SIG$signal: links removed, statistics printed, status 0" \
			test "$status" = 0 -a ! -L "$a" -a ! -L "$b" -a \
			"$(wc -l <"$dir/err")" = 2
	done
}

# refuses STATUS TEXT ARGUMENT...: whether it does, in that many words
refuses()
{
	local status=$1 text=$2
	shift 2
	timeout 5 "$cable" "$@" >"$dir/refusal" 2>&1
	test $? -eq "$status" && grep -qF -- "$text" "$dir/refusal"
}

test_refusals()
{
	local text arguments
	while IFS='|' read -r text arguments; do
		# shellcheck disable=SC2086
		ok "refused: cable $arguments" refuses 64 "$text" $arguments
	done <<-'END'
		LINK-A and LINK-B are needed|
		LINK-A and LINK-B are needed|x
		LINK-A and LINK-B are the same|x x
		'z' is one argument too many|x y z
		--baud: '49' is not a number from 50 to 12000000|--baud 49 x y
		--baud: '9600x' is not a number|--baud 9600x x y
		--fifo: '0' is not a number from 1 to 65536|--fifo 0 x y
		--fifo: '-1' is not a number|--fifo -1 x y
		--ber: '1.5' is not a probability|--ber 1.5 x y
		--max-baud: '49' is not a number from 50 to 12000000|--max-baud 49 x y
		--damage: '2' is not a probability|--damage 2 x y
		--loss: 'nan' is not a probability|--loss nan x y
		--flow: 'xon' is not none or rtscts|--flow xon x y
		--seed: 'a' is not a number|--seed a x y
		unrecognized option|--frobnicate x y
	END
	echo precious >"$a"
	ok "refused: a file where a link should be" \
		refuses 1 "$a: exists and is not" "$a" "$b"
	ok "the file is left alone" grep -q precious "$a"
	rm "$a"
	ln -s /dev/pts/999999 "$a"
	start
	ok "a stale link is replaced" test -c "$a"
	ok "refused: a link in use" refuses 1 "$b: exists and is not" "$dir/c" \
		"$b"
	ok "nothing is left of what was refused" test ! -L "$dir/c"
	stop
	ok "refused: a directory that is not there" \
		refuses 1 "No such file or directory" "$dir/no/a" "$b"
}

[[ -x $cable ]] || {
	echo "Bail out! $cable: no such program (make it, or set CABLE)"
	exit 1
}
: >"$dir/err"
test_rate 9600 2
test_rate 115200 3
test_rate 921600 3
test_unlimited
test_stall
test_idle
test_bit_errors
test_loss
test_eaten
test_back_pressure
test_full_receiver
test_latency
test_nobody_there
test_auto_baud
test_max_baud
test_change_of_speed
test_unplugging
test_ending
test_refusals
echo "1..$tests"
((failures == 0))
