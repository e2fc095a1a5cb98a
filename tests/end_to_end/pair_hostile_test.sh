#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A third program on the wire puts hostile bytes between and into the frames of
# two paired ends. Both ends keep running, no wrong packet reaches an interface,
# and 5 s after the third program has stopped both ends are paired again, with
# the same addresses. HOSTILE_MB is the number of megabytes that the program
# sends. BUILD can name a build with sanitizers.
#
# The program repeats frames that passed seconds ago, which pass their check
# again. So the two ends may disagree about the numbers of their frames; then
# they have to begin a new session soon.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

export PYTHONDONTWRITEBYTECODE=1
patience=$((60 + 4 * ${HOSTILE_MB:-5}))

# datagrams.py send|receive ADDRESS FILE: until SIGTERM, send or receive
# datagrams without a checksum. Address and number of a datagram determine its
# content, so that the receiver can check it.
cat >"$dir/datagrams.py" <<'END'
import random, signal, socket, struct, sys, time

role, address, name = sys.argv[1:]

def content(number):
    return struct.pack('>I', number) + \
        random.Random(f'{address} {number}').randbytes(400)

line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
right = wrong = 0

def end(*_):
    with open(name, 'w') as file:
        print(f'right={right} wrong={wrong}', file=file)
    sys.exit(0)

signal.signal(signal.SIGTERM, end)
if role == 'send':
    line.setsockopt(socket.SOL_SOCKET, 11, 1)  # SO_NO_CHECK
    while True:
        try:
            line.sendto(content(right), (address, 4000))
            right += 1
        except OSError:  # there is no carrier
            pass
        time.sleep(0.005)
line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
line.bind(('', 4000))
print('ready', flush=True)
while True:
    data = line.recv(2000)
    is_right = data[4:] and data == content(struct.unpack_from('>I', data)[0])
    right += bool(is_right)
    wrong += not is_right
END

run_datagrams() { # HOST ROLE ADDRESS: in the background; write ROLE_HOST
	local on_host=host_$1
	nsenter --target "${!on_host}" --net -- \
		python3 "$dir/datagrams.py" "$2" "$3" "$dir/$2_$1" \
		>"$dir/$2_$1.out" &
}

# A wrong packet could have any protocol and port, so count all packets that the
# kernel refuses.
snmp() { # HOST: print packets that the kernel refused
	"in_$1" awk '$1 == "Ip:" && $2 != "Forwarding" { print $5, $6, $8 }
		$1 == "Udp:" && $2 != "InDatagrams" { print $3, $4 }' \
		/proc/net/snmp | xargs
}

# is_paired HOST: ask serialtun on this host for its state
is_paired() {
	local pid=pid_$1
	kill -USR1 "${!pid}"
	sleep 0.1
	grep ' pair: ' "$dir/$1.log" | tail -n 1 | grep -q ': paired with '
}

both_are_paired() {
	is_paired a && is_paired b
}

python3 "$root/tests/end_to_end/pair_hostile.py" "$port_a" "$port_b" \
	"${HOSTILE_MB:-5}" "$dir/report.json" >"$dir/hostile.log" 2>&1 &
hostile=$!
wait_for 20 grep -q ready "$dir/hostile.log"
start_a --stats-json "$dir/a.json"
start_b --stats-json "$dir/b.json"
check_pair 'before'
run_datagrams a receive 10.10.10.1
receivers=($!)
run_datagrams b receive 10.10.10.2
receivers+=($!)
# The kernel refuses a datagram that nobody waits for.
wait_for 10 test -s "$dir/receive_a.out" -a -s "$dir/receive_b.out"
run_datagrams a send 10.10.10.2
senders=($!)
run_datagrams b send 10.10.10.1
senders+=($!)
sleep 2
kill -USR1 "$hostile"
check 'all hostile bytes are sent' \
	wait_for "$patience" test -e "$dir/report.json"
stopped=${EPOCHREALTIME/./}
check 'both are paired again' wait_for 20 both_are_paired
ms=$(((${EPOCHREALTIME/./} - stopped) / 1000))
check "within 5 s ($ms ms)" test "$ms" -le 5000
check 'a ping crosses' wait_for 5 pings
check 'A has its address' has_address a 10.10.10.1
check 'B has its address' has_address b 10.10.10.2
sleep 2
kill "${senders[@]}"
wait_for 5 test -s "$dir/send_a" -a -s "$dir/send_b"
sleep 1
declare -A refused
for host in a b; do
	refused[$host]=$(snmp "$host")
done
kill "${receivers[@]}"
wait_for 5 test -s "$dir/receive_a" -a -s "$dir/receive_b"
for host in a b; do
	right=0 wrong=-1
	eval "$(cat "$dir/receive_$host")"
	check_equal "$host: no wrong datagram has arrived" 0 "$wrong"
	check "$host: right datagrams have arrived ($right)" \
		test "$right" -gt 100
	check_equal "$host: the kernel has refused no packet" '0 0 0 0 0' \
		"${refused[$host]}"
done
sleep 1.5
check 'the damage is counted' python3 -c 'import json, sys
for name in sys.argv[1:]:
    s = json.load(open(name))
    dropped = s["from_line"]["dropped"]
    assert dropped["bad_check"] > 100, s
    assert s["from_line"]["packets"] > 100, s' "$dir/a.json" "$dir/b.json"
check 'every hostile byte has arrived' test \
	"$(($(value "$dir/a.json" 's["from_line"]["line_bytes"]') +
		$(value "$dir/b.json" 's["from_line"]["line_bytes"]')))" \
	-gt "$(value "$dir/report.json" 's["bytes"]')"
for host in a b; do
	"stop_$host"
	check_equal "SIGTERM ends $host with status 0" 0 "$ended"
	check_not 'the sanitizers report nothing' \
		grep -E 'Sanitizer|runtime error' "$dir/$host.log"
done
kill "$hostile"
finish
