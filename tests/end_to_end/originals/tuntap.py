# SPDX-License-Identifier: GPL-3.0-or-later
"""TUN and TAP interfaces, for the programs beside this file.

Source: the kernel's Documentation/networking/tuntap.rst, linux/if_tun.h.
"""
import fcntl
import os
import socket
import struct
import sys

TUNSETIFF = 0x400454ca
TUNSETPERSIST = 0x400454cb
TUNSETOWNER = 0x400454cc
TUNSETGROUP = 0x400454ce

IFF_TUN = 0x0001
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000  # packets and nothing else, no flags and protocol before them

LONGEST = 65535


def exists(name):
    try:
        return socket.if_nametoindex(name) > 0
    except OSError:
        return False


def attach(name, mode):
    """Attach to this interface, or make it; return its descriptor and name."""
    tun = os.open('/dev/net/tun', os.O_RDWR)
    request = struct.pack('16sH22x', name.encode(), mode | IFF_NO_PI)
    try:
        answer = fcntl.ioctl(tun, TUNSETIFF, request)
    except OSError as error:
        sys.exit(f'{name}: {error.strerror}')
    return tun, answer[:16].rstrip(b'\0').decode()


def attach_existing(name, mode):
    """The same, of an interface that was made beforehand."""
    if not exists(name):
        sys.exit(f'{name}: there is no such interface')
    return attach(name, mode)[0]


def put(tun, packet):
    """Hand a packet to the kernel; what it does not want is no packet."""
    try:
        os.write(tun, packet)
    except OSError:
        pass
