#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Measures the benefit and the cost of compression: two ends on the emulated cable,
# with --pair=no and with all parts of the pairing. TCP carries C source,
# programs, logs and random bytes at 115200 baud, and a flood of small packets;
# then the same at 3000000 baud, for the processor. Each figure is the median of
# RUNS runs (default 3) of SECONDS_EACH seconds (default 10), each from another
# place of the data. As root, in a quarter of an hour:
#
#   sudo tests/bench/zstd.sh
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

runs=${RUNS:-3}
seconds=${SECONDS_EACH:-10}

cat >"$dir/traffic.py" <<'END'
import os, random, socket, struct, sys, time

def sink():
    with socket.create_server(('', 6100)) as server:
        line = server.accept()[0]
    while line.recv(65536):
        pass

def source(address, name, number, of):
    """Send a file, again and again, from a place of its own in each run."""
    data = open(name, 'rb').read()
    begin = len(data) * int(number) // int(of)
    data = data[begin:] + data[:begin]
    for _ in range(100):
        try:
            line = socket.create_connection((address, 6100))
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    while True:
        line.sendall(data)

def tcp(number, payload, stamps):
    """A segment of a connection, or an acknowledgement."""
    dice = random.Random(number)
    options = struct.pack('>BBBBII', 1, 1, 8, 10, number * 3, number * 2) \
        if stamps else b''
    head = struct.pack('>HHIIBBHHH', 22, 40000 + stamps, number * len(payload),
                       number * (2896 - len(payload)), (5 + 3 * stamps) << 4,
                       0x18 if payload else 0x10, 501, 0, 0) + options
    return head + payload

def checksum(data):
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF

def small(source, target, rate):
    """Segments of 100 bytes, as ssh sends them, and acknowledgements of 40
    bytes, of two connections by turns."""
    addresses = socket.inet_aton(source) + socket.inet_aton(target)
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    begin = time.monotonic()
    for number in range(1 << 20):
        for segment in (tcp(number, os.urandom(48), 1), tcp(number, b'', 0)):
            pseudo = addresses + struct.pack('>HH', 6, len(segment))
            segment = segment[:16] + \
                struct.pack('>H', checksum(pseudo + segment)) + segment[18:]
            raw.sendto(struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(segment),
                                   number & 0xFFFF, 0x4000, 64, 6, 0) +
                       addresses + segment, (target, 0))
        late = time.monotonic() - (begin + 2 * number / rate)
        if late < 0:
            time.sleep(-late)

globals()[sys.argv[1]](*(float(word) if word.isdigit() else word
                         for word in sys.argv[2:]))
END

# Print the bytes of all packets that have crossed. TCP's own count would stand
# still while it waits for a packet that the queue has dropped.
crossed() {
	in_b awk '$1 == "tun0:" { print $2 }' /proc/net/dev
}

# run BAUD WORD WHAT NUMBER: set $rate to the bytes per second that cross, $used to
# the per mille of a processor that the busier end needs, $kib to its memory
run() {
	local what=$3 number=$4 sink='' source before from_a from_b
	pair=$2
	start_cable --baud "$1" --realtime
	start_a --baud "$1" --addr 10.9.0.1/24
	start_b --baud "$1" --addr 10.9.0.2/24
	if [ "$what" = small ]; then
		# Nobody has this address, so nobody answers.
		nsenter --target "$host_a" --net -- python3 "$dir/traffic.py" \
			small 10.9.0.1 10.9.0.9 800 &
		source=$!
	else
		nsenter --target "$host_b" --net -- \
			python3 "$dir/traffic.py" sink &
		sink=$!
		nsenter --target "$host_a" --net -- python3 "$dir/traffic.py" \
			source 10.9.0.2 "$dir/$what" "$number" "$runs" &
		source=$!
	fi
	sleep 6
	before=$(crossed) from_a=$(processor "$pid_a")
	from_b=$(processor "$pid_b")
	sleep "$seconds"
	rate=$((($(crossed) - before) / seconds))
	from_a=$(($(processor "$pid_a") - from_a))
	from_b=$(($(processor "$pid_b") - from_b))
	used=$(((from_a > from_b ? from_a : from_b) / seconds / 1000000))
	kib=$(memory "$pid_a")
	# shellcheck disable=SC2086 # no sink is no word
	kill "$source" $sink
	# shellcheck disable=SC2086
	wait "$source" $sink 2>/dev/null
	stop_a
	stop_b
	stop_cable
}

# medians BAUD WORD WHAT: the same, of all runs
medians() {
	local rates=() useds=() kibs=() i
	for ((i = 0; i < runs; i++)); do
		run "$@" "$i"
		rates+=("$rate") useds+=("$used") kibs+=("$kib")
	done
	rate=$(median "${rates[@]}")
	used=$(median "${useds[@]}")
	kib=$(median "${kibs[@]}")
}

find "$root/src" "$root/tests" -name '*.[ch]' -print0 | sort -z |
	xargs -0 cat >"$dir/source"
# In an order that is the same each time, and has nothing to do with names: a
# program may shrink to a half or to a seventh.
find /usr/bin -type f -print0 | sort -z |
	shuf -z --random-source=<(yes) | xargs -0 cat 2>/dev/null |
	head -c 20000000 >"$dir/programs"
find /var/log -name '*.log' -size +0 -print0 | sort -z |
	xargs -0 cat 2>/dev/null | head -c 20000000 >"$dir/logs"
head -c 20000000 /dev/urandom >"$dir/random"
[ "$(wc -c <"$dir/logs")" -gt 400000 ] || {
	echo 'no logs in /var/log: these are made up' >&2
	python3 -c 'import random
dice = random.Random(1)
for i in range(100000):
    print(f"Nov 28 {i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02} host "
          f"sshd[{dice.randrange(1 << 15)}]: Accepted publickey for user from "
          f"10.{dice.randrange(256)}.{dice.randrange(256)}.7 port "
          f"{dice.randrange(1 << 16)} ssh2")' >"$dir/logs"
}

printf '%-9s %-9s %9s %9s %7s %16s %8s\n' baud what plain zstd times \
	'processor, %' 'PSS, KiB'
for baud in ${BAUDS:-115200 3000000}; do
	for what in ${WHAT:-source programs logs random small}; do
		[ "$baud $what" != '3000000 small' ] || continue
		medians "$baud" no "$what"
		plain=$rate plain_used=$used
		medians "$baud" '' "$what"
		printf '%-9s %-9s %9s %9s %7s %16s %8s\n' "$baud" "$what" \
			"$plain" "$rate" \
			"$(bc <<<"scale=2; $rate / $plain")" \
			"$(bc <<<"scale=1; $plain_used / 10") -> $(bc \
				<<<"scale=1; $used / 10")" "$kib"
	done
done
