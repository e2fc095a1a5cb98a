#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The Debian package of scripts/package: it works in a fresh Debian with only
# its dependencies, and leaves nothing behind after a purge.
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
packages=$source_dir/build/package
debian=$packages/debian.tar
version=$(make -s -C "$source_dir" version)

skip_here() {
	echo "1..0 # SKIP $*"
	exit 0
}

# The world of a test has no network, so this part, outside of it, fetches the
# fresh Debian and the packages that serialtun depends on.
if [ -z "${SERIALTUN_TEST_DIR:-}" ]; then
	[ "$(id -u)" = 0 ] || skip_here 'only root can install packages'
	why=$(unshare --mount --propagation unchanged true 2>&1) ||
		skip_here "no namespaces here: $why"
	package=$packages/serialtun_$version-1_$(dpkg --print-architecture).deb
	[ -e "$package" ] || skip_here 'no packages (run scripts/package)'
	suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
	mmdebstrap --quiet --variant=apt --skip=cleanup/apt \
		--customize-hook="upload '$package' /serialtun.deb" \
		--customize-hook='chroot "$1" apt-get -qq --download-only \
			--no-install-recommends install /serialtun.deb' \
		"$suite" "$debian" >"$packages/debian.log" 2>&1 || {
		sed 's/^/# /' "$packages/debian.log"
		echo 'Bail out! no fresh Debian to be had'
		exit 1
	}
fi
# shellcheck source=../end_to_end/lib.sh
source "$source_dir/tests/end_to_end/lib.sh"

check 'lintian finds nothing' lintian --allow-root --fail-on error,warning \
	"$packages/serialtun_$version-1"_*.changes

# The mount ends with this test's mount namespace. It has only the devices that
# the test needs, and no serial port of this machine.
target=$dir/debian
mkdir "$target"
mount -t tmpfs -o mode=755 none "$target" || exit 1
tar -C "$target" -xpf "$debian" --exclude './dev/*'
rm "$debian"
mount -t proc none "$target/proc"
mount --rbind /sys "$target/sys"
mkdir "$target/dev/net" "$target/dev/pts"
for device in full net/tun null random urandom zero; do
	touch "$target/dev/$device"
	mount --bind "/dev/$device" "$target/dev/$device"
done
mount --bind /dev/pts "$target/dev/pts"
ln -s pts/ptmx "$target/dev/ptmx"
ln -s /proc/self/fd "$target/dev/fd"

inside() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root \
		DEBIAN_FRONTEND=noninteractive chroot "$target" "$@"
}

# Print all files except apt's and dpkg's records, caches and logs.
all_files() {
	(cd "$target" && find . -xdev \( -path ./var/cache -o -path ./var/log \
		-o -path ./var/lib/apt -o -path ./var/lib/dpkg \) -prune -o \
		-print | sort)
}

before=$(all_files)
check 'apt installs it and its dependencies' inside apt-get -q -y \
	--no-install-recommends install /serialtun.deb
check_equal 'it has the version of the package' "serialtun $version" \
	"$(inside serialtun --version)"
check 'it lists the ports' inside serialtun --list
check_match 'its manual is installed' 'IP link over a serial line' \
	"$(mandoc -T utf8 "$target/usr/share/man/man8/serialtun.8.gz")"
check_equal 'its completion is where bash-completion looks' --flow \
	"$(inside bash -c '
		source /usr/share/bash-completion/completions/serialtun
		COMP_LINE="serialtun --fl" COMP_POINT=14
		_serialtun
		echo "${COMPREPLY[@]}"')"
check_equal 'systemd knows its unit, and has enabled no instance' disabled \
	"$(systemctl --root="$target" is-enabled serialtun@dev-ttyUSB0.service)"
check_match 'its udev rules are where udev looks' 'serialtun@' \
	"$(cat "$target"/lib/udev/rules.d/70-serialtun.rules)"

# The installed program, on each host.
serialtun=$dir/installed
cat >"$serialtun" <<-END
	#!/bin/sh
	exec chroot '$target' /usr/bin/serialtun "\$@"
END
chmod 755 "$serialtun"
start_cable --baud 115200
port_a=$(readlink -f "$port_a")
port_b=$(readlink -f "$port_b")
start_a --addr 10.10.10.1/24 --baud 115200
start_b --addr 10.10.10.2/24 --baud 115200
check 'a ping crosses' in_a ping -c 1 -W 5 10.10.10.2
check 'a ping crosses the other way' in_b ping -c 1 -W 5 10.10.10.1
stop_a
check_equal 'it ends with status 0' 0 "$ended"
stop_b
stop_cable

check 'apt reinstalls it' inside apt-get -q -y \
	--no-install-recommends --reinstall install /serialtun.deb
check 'apt purges it and its dependencies' \
	inside apt-get -q -y purge --auto-remove serialtun
check_equal 'no file is left' '' \
	"$(comm -3 <(echo "$before") <(all_files) | xargs)"
finish
