# SPDX-License-Identifier: GPL-3.0-or-later
#
# A TCP connection that lasts. Its bytes have a known order, so that a receiver
# notices a byte that is lost, damaged or doubled.
#
#   stream.py receive PORT FILE   FILE has the number of good bytes so far
#   stream.py send ADDRESS PORT   until it is killed or the connection breaks

import itertools
import os
import random
import socket
import sys
import time

# A prime, so no packet length divides it, and longer than the history of a
# compressor, so it does not shrink.
PERIOD = 1048573
PATTERN = random.Random(PERIOD).randbytes(PERIOD)


def receive(port, path):
    with socket.create_server(("", port)) as server:
        connection, _ = server.accept()
    total = 0
    twice = PATTERN + PATTERN
    while True:
        part = connection.recv(PERIOD)
        at = total % PERIOD
        if not part:
            sys.exit(f"the connection ended after {total} bytes")
        if part != twice[at:at + len(part)]:
            sys.exit(f"wrong bytes after {total}")
        total += len(part)
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(f"{total}\n")
        os.rename(path + ".new", path)


def connect(address, port):
    for _ in range(50):
        try:
            return socket.create_connection((address, port))
        except ConnectionRefusedError:
            time.sleep(0.1)
    sys.exit("nobody listens")


def send(address, port):
    connection = connect(address, port)
    for _ in itertools.count():
        connection.sendall(PATTERN)


if sys.argv[1] == "receive":
    receive(int(sys.argv[2]), sys.argv[3])
else:
    send(sys.argv[2], int(sys.argv[3]))
