#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A pty that serialtun makes for another program: the line is there while a
# program has the pty open, and no bytes of one program reach the next.
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

link=$dir/board
port_b=$link

carrier() {
	in_a ip link show tun0 | grep -c LOWER_UP
}

has_carrier() {
	[ "$(carrier)" = "$1" ]
}

cpu() {
	local fields
	read -ra fields <"/proc/$pid_a/stat"
	echo $((fields[13] + fields[14]))
}

pair=no
start_a --addr 10.0.0.1/24 --port "pty:$link"
check_match 'the first message has the name of the pty' \
	"^serialtun: tun0 is up: 10.0.0.1/24, mtu 1500, waiting for a program to open /dev/pts/[0-9]+ \\($link\\)\$" \
	"$(<"$dir/a.log")"
check_match 'the second has the command for the other end' \
	"--addr 10.0.0.2/24 --port $link\$" "$(<"$dir/a.log")"
check 'the link leads to it' test -c "$link"
check_equal 'no program has the pty open: no carrier' 0 "$(carrier)"
before=$(cpu)
sleep 1
check 'waiting costs no processor time' test "$(($(cpu) - before))" -le 2
check_equal 'the pty is raw' 3 \
	"$(stty -F "$link" -a | grep -oE -- '-(icanon|echo|isig)\b' | wc -l)"

# One program after the other.
for _ in first second; do
	start_b --addr 10.0.0.2/24
	check 'a program opens the pty: a ping crosses' \
		in_a ping -c 2 -i 0.2 -W 2 10.0.0.2
	check_equal 'with a carrier' 1 "$(carrier)"
	stop_b
	check 'it closes the pty: no carrier' wait_for 3 has_carrier 0
done
check 'serialtun reports the first program' \
	a_says "^serialtun: pty:$link is there, as /dev/pts/[0-9]+\$"
check 'its end' \
	a_says "^serialtun: lost /dev/pts/[0-9]+: no program has it open any more; waiting for a program to open /dev/pts/[0-9]+ \\($link\\)\$"
check 'and the next program' \
	a_says "^serialtun: pty:$link is back, as /dev/pts/[0-9]+\$"
check 'and no error' not a_says 'cannot'

# The next program must not get bytes that the last one left unread.
cat >"$dir/program.py" <<'END'
import os, select, sys, time
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
print("open", flush=True)
if sys.argv[2] == "sleep":
    time.sleep(20)
else:
    ready, _, _ = select.select([fd], [], [], 1)
    print(len(os.read(fd, 65536)) if ready else 0)
END
python3 "$dir/program.py" "$link" sleep >"$dir/sleeper.out" &
sleeper=$!
wait_for 5 grep -q open "$dir/sleeper.out"
wait_for 3 has_carrier 1
in_a ping -c 3 -i 0.2 -W 1 10.0.0.2 >/dev/null
kill "$sleeper"
wait "$sleeper" 2>/dev/null
wait_for 3 has_carrier 0
in_a ping -c 1 -W 1 10.0.0.2 >/dev/null
check_equal 'the next program finds no old bytes' 'open 0' \
	"$(timeout 5 python3 "$dir/program.py" "$link" read | tr '\n' ' ' |
		sed 's/ $//')"

# serialtun replaces no existing file.
refused --addr 10.1.0.1/24 --port "pty:$link"
check_match 'the link of a running serialtun' \
	"^serialtun: cannot make the link $link: it exists already, to /dev/pts/[0-9]+ \\(remove it, or choose another name\\)\$" \
	"$said"
check_equal 'status 1, one line' '1 1' "$ended $(wc -l <<<"$said")"
echo precious >"$dir/file"
refused --addr 10.1.0.1/24 --port "pty:$dir/file"
check_match 'a file' \
	"^serialtun: cannot make the link $dir/file: it exists already \\(remove it, or choose another name\\)\$" \
	"$said"
check_equal 'the file is unchanged' precious "$(<"$dir/file")"
refused --addr 10.1.0.1/24 --port "pty:$dir/nowhere/board"
check_match 'a missing directory' \
	"^serialtun: cannot make the link $dir/nowhere/board: No such file or directory \\(choose an existing directory that you may write to\\)\$" \
	"$said"
check_equal 'no interface of these stays' 1 \
	"$(in_a ip -br link show type tun | wc -l)"
refused --addr 10.1.0.1/24 --port "pty:$dir/other" --framing length
check_equal 'a framing that needs another line: status 64' 64 "$ended"
check_not 'it makes no link' test -L "$dir/other"

stop_a
check_equal 'a signal ends it with status 0' 0 "$ended"
check_not 'the link is gone' test -L "$link"

# A killed serialtun leaves its link, and the next one replaces it.
start_a --addr 10.0.0.1/24 --port "pty:$link"
kill -KILL "$(broker_of "$pid_a")"
stop_a KILL
check 'kill -9 of all processes leaves the link' test -L "$link"
start_a --addr 10.0.0.1/24 --port "pty:$link" --baud 115200 --once
check 'the next serialtun replaces it' test -c "$link"
check_match 'the pty has the given speed' 'speed 115200 baud' \
	"$(stty -F "$link")"
# The program may close the pty at once.
timeout 5 python3 "$dir/program.py" "$link" read >"$dir/reader.out" 2>&1
wait_end "$pid_a"
check_equal '--once: it ends after one program' 1 "$ended"
check 'and says why' \
	a_says '^serialtun: lost /dev/pts/[0-9]+: no program has it open any more \(start the program that uses it and serialtun again; without --once serialtun waits for it\)$'
check_not 'the link is gone, too' test -L "$link"

# No link, but a speed: the wire has a clock.
start_a --addr 10.0.0.1/24 --port pty: --baud 115200
pts=$(grep -oE '/dev/pts/[0-9]+' "$dir/a.log" | head -n 1)
check_match 'without a link' \
	"waiting for a program to open $pts\$" "$(<"$dir/a.log")"
port_b=$pts
start_b --addr 10.0.0.2/24 --baud 115200
check_pace
stop_b
check "the message names the pty" \
	wait_for 3 a_says "^serialtun: lost $pts: no program has it open any more; waiting for a program to open $pts\$"
stop_a
check_equal 'status 0' 0 "$ended"

# A program that opens and closes the pty in a loop, alone and beside another
cat >"$dir/knock.py" <<'END'
import os, sys, time
end = time.monotonic() + 2
while time.monotonic() < end:
    os.close(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
END
start_a --addr 10.0.0.1/24 --port pty:
pts=$(grep -oE '/dev/pts/[0-9]+' "$dir/a.log" | head -n 1)
python3 "$dir/knock.py" "$pts"
check 'such a program does not fill the log' \
	test "$(grep -c ' lost ' "$dir/a.log")" -le 8
port_b=$pts
start_b --addr 10.0.0.2/24
check 'and does not keep others away' wait_for 3 has_carrier 1
used=$(awk '{ print $14 + $15 }' "/proc/$pid_a/stat")
python3 "$dir/knock.py" "$pts"
check 'and does not disturb a port in use' test \
	"$(awk '{ print $14 + $15 }' "/proc/$pid_a/stat")" -lt $((used + 20))
stop_b
stop_a

# As another user: serialtun opens nothing by name again.
if setpriv --reuid=65534 --clear-groups true 2>/dev/null; then
	start_a --addr 10.0.0.1/24 --port "pty:$link" --user nobody
	for _ in 1 2; do
		port_b=$link
		start_b --addr 10.0.0.2/24
		check 'run as another user: a ping crosses' \
			in_a ping -c 2 -i 0.2 -W 2 10.0.0.2
		stop_b
		wait_for 3 has_carrier 0
	done
	check 'and there is no error' not a_says 'cannot'
	pts=$(readlink "$link")
	python3 -c 'import fcntl, os, sys, termios, time
fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
settings = termios.tcgetattr(fd)
settings[0] |= termios.ICRNL
termios.tcsetattr(fd, termios.TCSANOW, settings)
fcntl.ioctl(fd, termios.TIOCEXCL)
time.sleep(0.5)' "$link"
	check 'it reports a program that holds the pty exclusively' wait_for 3 a_says \
		"^serialtun: cannot open $pts: Device or resource busy \\(a program holds it exclusively, TIOCEXCL: start serialtun again to get a new pty\\)\$"
	check_match 'the next pty has default settings' \
		' -icrnl' "$(stty -a -F "$pts")"
	stop_a
	rm -f "$link"
else
	skip 'run as another user' 'there is no other user here'
fi
finish
