# SPDX-License-Identifier: GPL-3.0-or-later
"""The traffic: sources and sinks of TCP and UDP, as programs of their own.

    traffic.py tcp-sink ADDRESS PORT SKIP SECONDS
        how much arrived in how long, once SKIP seconds have passed, and how much
        in those
    traffic.py tcp-source ADDRESS PORT
        sends until it is killed
    traffic.py udp-sink ADDRESS PORT SECONDS QUIET
        how many packets arrived in this time, and until none came for QUIET
    traffic.py udp-source ADDRESS PORT BYTES PACKETS_PER_S SECONDS

Why not iperf3. What it tells of a slow line depends on accidents. Its receiver's
time begins before the first packet and ends with the sender's word that it has
ended, which waits in the queues that the data made: 30 seconds at 9600 baud take
100. And a packet more or less, or data that wait for one that was lost, are
several percent. Here the receiver's time runs from the arrival of one read to
that of another, and what counts is what came after the first, up to and with the
last; and the last is one that leaves no data waiting behind a gap.

A program that is ready says so on stdout; it begins at the word "go" on stdin;
its result is one line of JSON. Payload is random, so one byte in 128 is
escaped. TCP is always cubic, whatever the machine's default is, since some
others shorten the very queues that are to be seen.
"""

import fcntl
import json
import os
import random
import socket
import struct
import sys
import termios
import time
from collections.abc import Callable

# How long after the end of the time the sink waits for a read to end with.
PATIENCE_S = 10.0
# asm-generic/socket.h; the module lacks them.
SO_RCVBUFFORCE = 33
SO_MEMINFO = 55
SEQUENCE = struct.Struct("!Q")
# Bytes of a keystroke in an ssh session.
KEY = 36
# Bytes per read.
READ = 1 << 17
# Sent over and over; so long that it has its fair share of escapes.
BLOCK = 1 << 22
# Room for what arrives while a sink has no processor.
BUFFER = 4 << 20


def say(word: str) -> None:
    print(word, flush=True)


def report(**values: float) -> None:
    say(json.dumps(values))


def await_go() -> None:
    sys.stdin.readline()


def family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def has_gap(connection: socket.socket) -> bool:
    """Whether data wait for such that were lost: none to read, but memory used."""
    unread = fcntl.ioctl(connection, termios.FIONREAD, bytes(4))
    used = connection.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 4)
    return not any(unread) and any(used)


def tcp_sink(address: str, port: str, skip: str, seconds: str) -> None:
    with socket.create_server((address, int(port)), family=family(address)) as server:
        say("ready")
        connection = server.accept()[0]
    buffer = bytearray(READ)
    skipped = connection.recv_into(buffer)
    started = time.monotonic()
    while time.monotonic() < started + float(skip):
        skipped += connection.recv_into(buffer)
    begin = end = time.monotonic()
    deadline = begin + float(seconds)
    received = 0
    while end < deadline or (end < deadline + PATIENCE_S and has_gap(connection)):
        connection.settimeout(deadline + PATIENCE_S - end)
        try:
            count = connection.recv_into(buffer)
        except TimeoutError:
            count = 0
        received += count
        end = time.monotonic()
        if not count:
            break
    report(bytes=received, seconds=end - begin, skipped=skipped)
    connection.settimeout(None)
    while connection.recv_into(buffer):
        pass


def tcp_source(address: str, port: str) -> None:
    connection = socket.socket(family(address), socket.SOCK_STREAM)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
    connection.connect((address, int(port)))
    block = os.urandom(BLOCK)
    say("ready")
    await_go()
    while True:
        connection.sendall(block)


def udp_sink(address: str, port: str, seconds: str, quiet: str) -> None:
    receiver = socket.socket(family(address), socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
    receiver.bind((address, int(port)))
    receiver.settimeout(float(quiet))
    say("ready")
    await_go()
    deadline = time.monotonic() + float(seconds)
    seen = set()
    duplicates = 0
    while True:
        try:
            number = SEQUENCE.unpack_from(receiver.recv(65535))[0]
        except TimeoutError:
            if time.monotonic() > deadline:
                break
            continue
        duplicates += number in seen
        seen.add(number)
    report(received=len(seen), duplicates=duplicates)


def udp_source(address: str, port: str, size: str, packets_per_s: str, seconds: str) -> None:
    sender = socket.socket(family(address), socket.SOCK_DGRAM)
    sender.connect((address, int(port)))
    # A packet that is like the one before would shrink.
    block = os.urandom(BLOCK)
    length = int(size) - SEQUENCE.size
    count = round(float(packets_per_s) * float(seconds))
    interval = 1 / float(packets_per_s)
    say("ready")
    await_go()
    begin = time.monotonic()
    for number in range(count):
        late = time.monotonic() - (begin + number * interval)
        if late < 0:
            time.sleep(-late)
        at = number * length % (BLOCK - length)
        sender.send(SEQUENCE.pack(number) + block[at:at + length])
    report(sent=count, seconds=time.monotonic() - begin)


def echo_sink(address: str, port: str) -> None:
    with socket.create_server((address, int(port)), family=family(address)) as server:
        say("ready")
        connection, _ = server.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while key := connection.recv(READ):
        connection.sendall(key)


def echo_source(address: str, port: str, seconds: str) -> None:
    """Keystrokes of a fast typist, each as long as in an ssh session."""
    connection = socket.create_connection((address, int(port)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    say("ready")
    await_go()
    times = []
    deadline = time.monotonic() + float(seconds)
    while time.monotonic() < deadline:
        time.sleep(random.uniform(0.05, 0.25))
        begin = time.monotonic()
        connection.sendall(os.urandom(KEY))
        echoed = 0
        while echoed < KEY:
            echoed += len(connection.recv(KEY - echoed))
        times.append(time.monotonic() - begin)
    times.sort()
    report(
        p50_s=times[len(times) // 2],
        p95_s=times[len(times) * 95 // 100],
        max_s=times[-1],
    )


PROGRAMS: dict[str, Callable[..., None]] = {
    "tcp-sink": tcp_sink,
    "tcp-source": tcp_source,
    "echo-sink": echo_sink,
    "echo-source": echo_source,
    "udp-sink": udp_sink,
    "udp-source": udp_source,
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
