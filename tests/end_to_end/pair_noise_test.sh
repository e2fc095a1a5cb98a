#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The line flips one bit in 100000, and the datagrams have no checksum, so only
# the check of the pairing can detect damage. With --pair=check no damaged
# datagram arrives, and the receiver counts each damaged frame; paired with all
# parts, every datagram arrives, once and in order. Without pairing damaged
# datagrams arrive, which proves that the test can see them.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

datagrams=3000

# datagram.py send|receive ADDRESS COUNT: send or receive so many datagrams. The
# number of a datagram determines its content, so that the receiver can check
# it.
cat >"$dir/datagram.py" <<'END'
import random, signal, socket, struct, sys, time

def content(number):
    return struct.pack('>I', number) + random.Random(number).randbytes(1000)

role, address, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if role == 'send':
    line.setsockopt(socket.SOL_SOCKET, 11, 1)  # SO_NO_CHECK
    for number in range(count):
        line.sendto(content(number), (address, 4000))
        time.sleep(0.002)
    sys.exit(0)
line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
line.bind((address, 4000))
known = {content(number) for number in range(count)}
right = wrong = twice = late = 0
last = -1
seen = set()
line.settimeout(5)
print('ready', flush=True)
while True:
    try:
        data = line.recv(2000)
    except TimeoutError:
        break
    right += data in known
    wrong += data not in known
    twice += data in seen
    seen.add(data)
    number = struct.unpack('>I', data[:4])[0]
    late += number < last
    last = number
print(f'right={right} wrong={wrong} twice={twice} late={late}')
END

# cross FROM TO ADDRESS: send all datagrams, and set $right, $wrong, $twice and
# $late to the numbers of datagrams that have arrived so
cross() {
	"in_$2" python3 "$dir/datagram.py" receive "$3" "$datagrams" \
		>"$dir/arrived" &
	receiver=$!
	wait_for 10 grep -q ready "$dir/arrived"
	"in_$1" python3 "$dir/datagram.py" send "$3" "$datagrams"
	wait "$receiver"
	right=0 wrong=0 twice=0 late=0
	eval "$(tail -n 1 "$dir/arrived")"
}

start_cable --baud 0 --ber 1e-5 --seed 11

pair=no
start_a --addr 10.10.10.1/30
start_b --addr 10.10.10.2/30
cross a b 10.10.10.2
check "--pair=no: damaged datagrams arrive ($wrong of $datagrams)" \
	test "$wrong" -gt 30
stop_a
stop_b

pair=check
start_a --stats-json "$dir/a.json"
start_b --stats-json "$dir/b.json"
check_pair '--pair=check'
# check_crossing FROM TO ADDRESS
check_crossing() {
	cross "$1" "$2" "$3"
	sleep 1.5
	check_equal "from $1 to $2: no damaged datagram arrives" 0 "$wrong"
	check_equal "from $1 to $2: no datagram arrives twice" 0 "$twice"
	check "from $1 to $2: most datagrams arrive ($right of $datagrams)" \
		test "$right" -gt $((datagrams * 8 / 10))
	lost=$((datagrams - right))
	failed=$(value "$dir/$2.json" \
		's["from_line"]["dropped"]["bad_check"] +
		 s["from_line"]["dropped"]["bad_escape"]')
	damaged=$(value "$dir/$2.json" 's["pair"]["heard_here"]["damaged"]')
	# A damaged END joins two frames, and a byte that becomes an END splits
	# one.
	check "the damaged frames are counted ($damaged, of them $failed dropped; $lost datagrams lost)" \
		test "$damaged" -ge $((lost / 2)) -a \
		"$damaged" -le $((lost * 2 + 20)) -a \
		"$failed" -ge $((lost / 2)) -a "$failed" -le $((lost * 2 + 20))
	check_equal 'they are in one session' paired1 \
		"$(value "$dir/$2.json" 's["pair"]["state"] +
			str(s["pair"]["sessions"])')"
}
check_crossing a b 10.10.10.2
check_crossing b a 10.10.10.1
check 'each end knows the losses of the other' python3 -c 'import json, sys
a, b = (json.load(open(name))["pair"] for name in sys.argv[1:])
assert b["heard_here"]["damaged"] / 2 < a["heard_there"]["damaged"] \
	<= b["heard_here"]["damaged"] + 5, (a, b)
assert a["heard_here"]["damaged"] / 2 < b["heard_there"]["damaged"] \
	<= a["heard_here"]["damaged"] + 5, (a, b)
assert b["missing"] > 30 and a["missing"] > 30, (a, b)' \
	"$dir/a.json" "$dir/b.json"
stop_a
check 'A sums it up at the end' \
	a_says '^serialtun: the line damaged [0-9]+ of [0-9]+ frames'
stop_b

# All parts: the line loses as many frames, and no datagram is lost.
pair=
start_a --stats-json "$dir/a.json"
start_b --stats-json "$dir/b.json"
check_pair 'all parts'
# check_repeated FROM TO ADDRESS
check_repeated() {
	cross "$1" "$2" "$3"
	sleep 1.5
	dropped=$(value "$dir/$1.json" \
		'sum(s["to_line"]["dropped"][why] for why in
		     ("codel", "queue_full"))')
	dropped=$((dropped + $(interface_dropped "$1")))
	check_equal "all parts: from $1 to $2: all that the queue did not drop ($dropped) arrive, once, in order, undamaged" \
		"$((datagrams - dropped)) 0 0 0" "$right $wrong $twice $late"
	check "all parts: from $1 to $2: the queue drops few" \
		test "$dropped" -lt $((datagrams / 100))
	check "all parts: from $1 to $2: damaged frames are repeated" test \
		"$(value "$dir/$1.json" 's["pair"]["repeat"]["repeated"]')" -gt 30
	check_equal "all parts: from $1 to $2: in one session, none missing" \
		paired10 "$(value "$dir/$2.json" 's["pair"]["state"] +
			str(s["pair"]["sessions"]) +
			str(s["pair"]["missing"])')"
}
check_repeated a b 10.10.10.2
check_repeated b a 10.10.10.1
stop_a
stop_b
finish
