#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Three ends on one wire, each of which hears the other two. An end without a
# partner reports the third end and stays silent for a minute, and no more than
# two ends are ever paired.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=pairs.sh
source "$root/tests/end_to_end/pairs.sh"

cat >"$dir/hub.py" <<'END'
import os, pty, select, sys, time, tty
masters = []
for link in sys.argv[1:]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.symlink(os.ttyname(slave), link)
    os.set_blocking(master, False)
    masters.append(master)
print('ready', flush=True)
while True:
    for master in select.select(masters, [], [])[0]:
        data = os.read(master, 4096)
        for other in masters:
            if other != master:
                os.write(other, data)
END
port_b=$dir/ttyB3
python3 "$dir/hub.py" "$dir/ttyA3" "$port_b" "$dir/ttyC3" >"$dir/hub.log" &
hub=$!
wait_for 5 grep -q ready "$dir/hub.log"
unshare --net sleep infinity &
host_c=$!
disown "$host_c"
wait_for 5 own_netns "$host_c"
port_a=$dir/ttyA3
start_a --stats-json "$dir/a.json"
start_b --stats-json "$dir/b.json"
check_pair 'two of them'
nsenter --target "$host_c" --net -- "$serialtun" --port "$dir/ttyC3" \
	--stats-json "$dir/c.json" 2>"$dir/c.log" &
third=$!
says_crowd() {
	grep -qE '^serialtun: tun0: there are three serialtuns on this line, so there is no pairing for a minute \(connect two only\)$' \
		"$dir/a.log" "$dir/b.log" "$dir/c.log"
}
check 'one end reports that there are three' wait_for 20 says_crowd

# paired_count: print how many ends are paired
paired_count() {
	local end count=0
	for end in a b c; do
		[ "$(value "$dir/$end.json" 's["pair"]["state"]')" != paired ] ||
			count=$((count + 1))
	done
	echo "$count"
}

sleep 5
paired=$(paired_count)
check "never more than two are paired ($paired)" test "$paired" -le 2
sent=$(value "$dir/a.json" 's["pair"]["hellos_sent"]')
sleep 5
check 'A stops sending hellos' test \
	"$(($(value "$dir/a.json" 's["pair"]["hellos_sent"]') - sent))" -le 12
check_not 'and no end calls the line damaged or looped' \
	grep -qE 'arrives damaged|returns this end' \
	"$dir/a.log" "$dir/b.log" "$dir/c.log"
check 'A is running' alive "$pid_a"
check 'B is running' alive "$pid_b"
check 'C is running' alive "$third"
kill "$third"
stop_a
stop_b
kill "$hub"
finish
