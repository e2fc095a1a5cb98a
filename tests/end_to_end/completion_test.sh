#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Completion in bash, on a machine with known ports: every option of the
# program, the values of the options, and names with colons.
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

completion=$source_dir/src/completion/serialtun
# shellcheck source=../../src/completion/serialtun
source "$completion"

help=$("$serialtun" --help)

ip tuntap add dev mytun0 mode tun
ip link add mybridge0 type bridge
# A /dev of the test's own mount namespace; files stand for ports.
mount -t tmpfs none /dev || skip_all 'cannot mount here'
ln -s /proc/self/fd /dev/fd
mkdir -p /dev/serial/by-id /dev/serial/by-path
touch /dev/null /dev/zero /dev/ttyUSB0 /dev/ttyUSB1 /dev/ttyACM0 /dev/ttyS0 \
	/dev/tty1 /dev/serial/by-id/usb-FTDI-if00 \
	/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0

# complete_line LINE: print the completions, with the cursor at the end
complete_line() {
	COMP_LINE=$1 COMP_POINT=${#1}
	read -ra COMP_WORDS <<<"$1"
	[[ $1 = *' ' ]] && COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_serialtun serialtun "${COMP_WORDS[COMP_CWORD]}" \
		"${COMP_WORDS[COMP_CWORD - 1]}" 2>"$dir/completion.log"
	echo "${COMPREPLY[*]}"
}

# completes LINE WANTED
completes() {
	check_equal "\"$1\"" "$2" "$(complete_line "$1")"
}

check_match 'bash knows the completion' '-F _serialtun serialtun$' \
	"$(complete -p serialtun)"

# Exactly the options of the program.
check_equal 'it offers every option' \
	"$(grep -oE -- '--[a-z][a-z-]+' <<<"$help" | sort -u | xargs)" \
	"$(complete_line 'serialtun -' | tr ' ' '\n' | grep -v = | sort |
		tr '\n' ' ' | sed 's/ $//')"
completes 'serialtun --fl' '--flow'
completes 'serialtun --list' '--list --list=json'
completes 'sudo serialtun --once --keep' '--keepalive'
completes 'serialtun --accept-ra --no' '--no-low-latency --no-sandbox'

completes 'serialtun --flow ' 'none rtscts xonxoff'
completes 'serialtun --flow r' 'rtscts'
completes 'serialtun --flow=r' 'rtscts'
completes 'serialtun --parity=' 'none even odd'
completes 'serialtun --stop-bits ' '1 2'
completes 'serialtun --dtr o' 'on off'
completes 'serialtun --rts ' 'on off keep'
completes 'serialtun --list=' 'json'
completes 'serialtun --mtu a' 'auto'
completes 'serialtun -b 1152' '115200'
completes 'serialtun --baud=92' '921600'
completes 'serialtun --route d' 'default'
completes 'serialtun --addr ' ''
completes 'serialtun --user nobod' 'nobody'
completes 'serialtun --create --owner nobod' 'nobody'
completes 'serialtun --create --group nogrou' 'nogroup'

completes 'serialtun --framing ' 'slip kiss length packet'
completes 'serialtun --leading-end ' 'auto always never'
completes 'serialtun --vj ' 'auto on off'
completes 'serialtun --pair ' \
	'no check check,repeat check,repeat,interrupt check,repeat,interrupt,speed check,repeat,interrupt,zstd,speed check,repeat,speed check,speed'

# Ports: devices but no consoles, stable names, and the prefixes of other lines.
completes 'serialtun --port ' \
	'auto /dev/serial/by-id/usb-FTDI-if00 /dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0 /dev/ttyUSB0 /dev/ttyUSB1 /dev/ttyACM0 /dev/ttyS0 tcp: tcp-listen: unix: unix-listen: udp: pty: -'
completes 'serialtun --port t' 'tcp: tcp-listen:'
completes 'serialtun --port=u' 'unix: unix-listen: udp:'
completes 'serialtun --port tcp:localhost' ''
completes 'serialtun -p /dev/ttyU' '/dev/ttyUSB0 /dev/ttyUSB1'
completes 'serialtun --port=/dev/ttyA' '/dev/ttyACM0'
completes 'serialtun --addr 10.0.0.1/24 --port /dev/serial/by-i' \
	'/dev/serial/by-id/usb-FTDI-if00'
completes 'serialtun --port /dev/serial/by-path/pci-0000:00:' \
	'14.0-usb-0:1:1.0-port0'
completes 'serialtun --port=/dev/serial/by-path/pci-0' \
	'/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0'
# Exactly the kinds of port that the service may open, and no console.
mapfile -t kinds < <(sed -n 's/^DeviceAllow=char-\(.*\) rw$/\1/p' \
	"$source_dir/src/systemd/serialtun@.service.in")
rm /dev/ttyUSB[01] /dev/ttyACM0 /dev/ttyS0
for kind in "${kinds[@]}"; do
	touch "/dev/${kind}0"
done
touch /dev/ttyprintk
check_equal 'it offers the ports that the service may open' \
	"$(printf '/dev/%s0\n' "${kinds[@]}" | sort)" \
	"$(complete_line 'serialtun --port /dev/' | tr ' ' '\n' |
		grep -v /serial/ | sort)"
touch "$dir/pty-of-a-vm"
completes "serialtun --port $dir/pty" "$dir/pty-of-a-vm"
completes "serialtun --port unix:$dir/pty" "$dir/pty-of-a-vm"
completes "serialtun --port=unix-listen:$dir/pty" "$dir/pty-of-a-vm"
check_match 'behind unix: it offers any file' "(^| )pty-of-a-vm( |\$)" \
	"$(cd "$dir" && complete_line 'serialtun --port unix:')"

# Without ":" in COMP_WORDBREAKS, readline takes the name for one word.
COMP_WORDBREAKS=${COMP_WORDBREAKS//:/} completes \
	'serialtun --port /dev/serial/by-path/pci-0000:00:' \
	'/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0'
COMP_WORDBREAKS=${COMP_WORDBREAKS//:/} completes \
	"serialtun --port unix:$dir/pty" "unix:$dir/pty-of-a-vm"

touch "$dir/stats.json" "$dir/a:b.json"
completes "serialtun --stats-json $dir/st" "$dir/stats.json"
completes "serialtun --stats-json=$dir/st" "$dir/stats.json"
completes "serialtun --stats-json=$dir/a:" 'b.json'

mount -t sysfs none /sys 2>/dev/null # which shows this namespace's interfaces
if [ -e /sys/class/net/mytun0 ]; then
	completes 'serialtun -i ' 'mytun0'
	completes 'serialtun --tap --bridge ' 'mybridge0'
	ip link del mybridge0
	completes 'serialtun --tap --bridge ' ''
else
	skip 'interfaces' 'cannot mount a /sys here'
fi
completes 'serialtun --verbose --flow rtscts ' "$(complete_line 'serialtun -')"

# The cursor need not be at the end.
COMP_LINE='serialtun --flo --addr 10.0.0.1' COMP_POINT=15
_serialtun
check_equal 'it completes the word under the cursor' '--flow' "${COMPREPLY[*]}"
finish
