#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Measures the benefit and the cost of repeating lost frames: two ends on the
# emulated cable at 115200 baud, with --pair=no and paired, on a clean line and
# on noisy ones. TCP carries random bytes for SECONDS_EACH seconds (default 20),
# three times as long where there is noise: it makes good a loss in leaps.
# Each figure is the median of RUNS runs (default 3), but those of the pings,
# which are of all of them. As root, in half an hour:
#
#   sudo tests/bench/repeat.sh
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

runs=${RUNS:-3}
seconds=${SECONDS_EACH:-20}
pings=${PINGS:-1000}
baud=115200
port=6100

# begin WORD BER: start a cable and both ends, with --pair=WORD unless it is
# empty
begin() {
	pair=$1
	start_cable --baud "$baud" --realtime --ber "$2" --seed "$RANDOM"
	start_a --baud "$baud" --addr 10.9.0.1/24
	start_b --baud "$baud" --addr 10.9.0.2/24
	[ "$pair" = no ] || wait_for 10 a_says 'paired with'
	in_a sysctl -q net.ipv4.tcp_ecn=1
	in_b sysctl -q net.ipv4.tcp_ecn=1
}

end() {
	stop_a
	stop_b
	stop_cable
}

# begin_tcp FROM TO ADDRESS PORT: send random bytes from one host to the other
begin_tcp() {
	local there=host_$2 here=host_$1
	nsenter --target "${!there}" --net -- \
		socat -u "TCP-LISTEN:$4,reuseaddr" OPEN:/dev/null 2>/dev/null &
	traffic+=($!)
	nsenter --target "${!here}" --net -- \
		socat -u OPEN:/dev/urandom "TCP:$3:$4,retry=50,interval=0.1" \
		2>/dev/null &
	traffic+=($!)
}

# acked HOST: print the bytes of TCP that the other host has acknowledged
acked() {
	"in_$1" ss -tniH "dport = $port" |
		sed -n 's/.* bytes_acked:\([0-9]*\).*/\1/p'
}

# retransmitted HOST: print the segments that TCP has sent again
retransmitted() {
	"in_$1" awk '$1 == "Tcp:" && $2 != "RtoAlgorithm" { print $13 }' \
		/proc/net/snmp
}

# tcp WORD BER WAYS: add to $rates the bytes of each way per second, to $useds
# the per mille of a processor that the busier end needs, to $again what TCP
# sends again
tcp() {
	local before_a before_b from_a from_b segments seconds=$seconds used
	[ "$2" = 0 ] || seconds=$((3 * seconds))
	begin "$1" "$2"
	traffic=()
	# The old connections last a while.
	port=$((port + 1))
	begin_tcp a b 10.9.0.2 "$port"
	[ "$3" = 1 ] || begin_tcp b a 10.9.0.1 "$port"
	sleep 8
	segments=$(retransmitted a)
	before_a=$(acked a) before_b=$(acked b)
	from_a=$(processor "$pid_a") from_b=$(processor "$pid_b")
	sleep "$seconds"
	from_a=$(($(processor "$pid_a") - from_a))
	from_b=$(($(processor "$pid_b") - from_b))
	rates+=($((($(acked a) - before_a) / seconds)))
	[ "$3" = 1 ] ||
		rates+=($((($(acked b) - before_b) / seconds)))
	used=$((from_a > from_b ? from_a : from_b))
	useds+=($((used / seconds / 1000000)))
	again+=($(($(retransmitted a) - segments)))
	kib=$(memory "$pid_a")
	kill "${traffic[@]}"
	wait "${traffic[@]}" 2>/dev/null
	end
}

# compare TITLE BER WAYS: print a row
compare() {
	local row word i shown=$3
	row=$(printf '%-26s' "$1")
	for word in no ''; do
		rates=() useds=() again=()
		for ((i = 0; i < runs; i++)); do
			tcp "$word" "$2" "$3"
		done
		row+=$(printf ' %8s' "$(median "${rates[@]}")")
		[ "$word" ] && plain=$(median "${rates[@]}")
	done
	# Plain TCP may carry nothing at all.
	[ "$plain" -gt 0 ] &&
		row+=" $(bc <<<"scale=3; $(median "${rates[@]}") / $plain") times,"
	echo "$row" \
		"$(bc <<<"scale=3; $shown * $(median "${rates[@]}") / ($baud / 10)") of the line," \
		"processor $(median "${useds[@]}") per mille, PSS $kib KiB," \
		"TCP repeated $(median "${again[@]}") segments"
}

# Print the lost pings of each run and the times of all.
ping_row() { # TITLE WORD BER
	local i
	: >"$dir/times"
	for ((i = 0; i < runs; i++)); do
		begin "$2" "$3"
		sleep 3
		# A damaged time stamp may make ping wait for years.
		in_a timeout -s INT "$((pings * 6 / 100 + 30))" \
			ping -n -c "$pings" -i 0.06 -W 3 10.9.0.2 \
			>>"$dir/times" 2>/dev/null
		end
	done
	python3 - "$1" "$dir/times" <<'END'
import re, sys
title, name = sys.argv[1:]
text = open(name).read()
sent = sum(map(int, re.findall(r'(\d+) packets transmitted', text)))
times = sorted(map(float, re.findall(r'time=([0-9.]+) ms', text)))
idle = times[len(times) // 2]
late = [time for time in times if time > idle + 8]
print(f'{title:26} {sent - len(times)} of {sent} lost, median {idle:.1f} ms,'
      f' 95 % {times[len(times) * 95 // 100]:.1f} ms; {len(late)} took 8 ms'
      f' more than the median: 50 % {late[len(late) // 2]:.1f} ms,'
      f' 99 % {late[len(late) * 99 // 100]:.1f} ms, longest {late[-1]:.1f} ms'
      if late else f'{title:26} {sent - len(times)} of {sent} lost, none late')
END
}

echo "load $(cut -d ' ' -f 1-3 /proc/loadavg)"
printf '%-26s %8s %8s\n' 'TCP, bytes per second' plain paired
compare 'one way, no noise' 0 1
compare 'both ways, no noise' 0 2
compare 'one way, 1 bit in 100000' 1e-5 1
compare 'one way, 1 bit in 10000' 1e-4 1
ping_row 'ping, plain, 1 in 100000' no 1e-5
ping_row 'ping, paired, 1 in 100000' '' 1e-5
ping_row 'ping, paired, no noise' '' 0
echo "load $(cut -d ' ' -f 1-3 /proc/loadavg)"
