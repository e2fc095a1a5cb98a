# SPDX-License-Identifier: GPL-3.0-or-later
"""The traffic of one host: all of its flows, as one program.

    flows.py SIDE SEED BYTES_PER_S

SIDE is 0 or 1, and the other side runs the same program. Seen from a host:

- Four TCP connections, one after the other each, to the other host: some
  bytes or a megabyte, of noise or of nothing but END or ESC. The receiver
  answers with the hash of what it has read, and the sender compares. So no
  connection may break, and no byte may be wrong.
- Datagrams of all sizes, longer than a packet among them, each with a checksum
  of its own beside UDP's. They may be lost.
- Pings of all sizes.

It says "ready" when the other side may send. It obeys words on stdin: `go`,
`flood` (send datagrams until every queue is full), `stop` (finish the flows, then
say "stopped"), and `report` (print the counts, as a line of JSON).
"""

import hashlib
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable

from world import ADDRESSES

PORT = 5000
CONNECTIONS = 4
# A connection that has not moved for so long has died.
PATIENCE_S = 90.0
# The kernel sends the bytes in a socket even after `stop`: keep the buffer short.
SEND_BUFFER = 16384
# asm-generic/socket.h; the module lacks it.
SO_MAX_PACING_RATE = 47
# A byte each that SLIP escapes, a byte that it does not, and noise.
FILLINGS = (b"\xc0", b"\xdb", b"\x00", b"", b"", b"")
CHECKSUM_LEN = 4
PAYLOAD_MAX = 1472
FLOOD_DATAGRAMS = 1200


class Flows:
    def __init__(self, side: int, seed: str, bytes_per_s: int) -> None:
        self.here = [family[side] for family in ADDRESSES.values()]
        self.there = [family[1 - side] for family in ADDRESSES.values()]
        self.seed = seed
        self.bytes_per_s = bytes_per_s
        self.counts: Counter[str] = Counter()
        self.complaints: list[str] = []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.senders: list[threading.Thread] = []

    def count(self, what: str, number: int = 1) -> None:
        with self.lock:
            self.counts[what] += number

    def complain(self, what: str, why: str) -> None:
        self.count(what)
        with self.lock:
            self.complaints.append(why)

    def draw(self, name: object) -> random.Random:
        return random.Random(f"{self.seed} {name}")

    def listen(self) -> None:
        for address in self.here:
            server = socket.create_server((address, PORT), family=family_of(address))
            background(self.accept, server)
            receiver = socket.socket(family_of(address), socket.SOCK_DGRAM)
            receiver.bind((address, PORT))
            background(self.receive_datagrams, receiver)

    def go(self) -> None:
        for number in range(CONNECTIONS):
            address = self.there[number % 2]
            self.senders.append(background(self.send_streams, address, self.draw(number)))
        self.senders.append(background(self.send_datagrams, self.draw("udp")))
        self.senders.append(background(self.ping, self.draw("ping")))

    def stop(self) -> None:
        self.stopping.set()
        for sender in self.senders:
            sender.join()

    def report(self) -> str:
        with self.lock:
            return json.dumps({"counts": self.counts, "complaints": self.complaints})

    def accept(self, server: socket.socket) -> None:
        while True:
            background(self.receive_stream, server.accept()[0])

    def receive_stream(self, connection: socket.socket) -> None:
        digest = hashlib.sha256()
        with connection:
            connection.settimeout(PATIENCE_S)
            try:
                while data := connection.recv(65536):
                    digest.update(data)
                connection.sendall(digest.digest())
            except OSError:
                # The sender finds out as well, and it is the one that tells.
                pass

    def send_streams(self, address: str, rng: random.Random) -> None:
        while not self.stopping.is_set():
            try:
                self.send_stream(address, rng)
            except OSError as error:
                self.complain("streams_broken", f"TCP to {address}: {error}")
            self.stopping.wait(rng.uniform(0, 0.5))

    def send_stream(self, address: str, rng: random.Random) -> None:
        left = int(10 ** rng.uniform(0, 6))
        digest = hashlib.sha256()
        sent = 0
        with socket.socket(family_of(address), socket.SOCK_STREAM) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            pace = self.bytes_per_s // CONNECTIONS
            connection.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, pace)
            connection.settimeout(PATIENCE_S)
            connection.connect((address, PORT))
            while left and not self.stopping.is_set():
                data = content(rng, min(left, rng.randint(1, 8192)))
                connection.sendall(data)
                digest.update(data)
                sent += len(data)
                left -= len(data)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while data := connection.recv(64):
                answer += data
        self.count("streams")
        self.count("stream_bytes", sent)
        if answer != digest.digest():
            self.complain("streams_wrong", f"TCP to {address}: {sent} bytes, wrong hash")

    def receive_datagrams(self, receiver: socket.socket) -> None:
        while True:
            datagram = receiver.recv(65535)
            self.count("datagrams_received")
            if checksum(datagram[CHECKSUM_LEN:]) != datagram[:CHECKSUM_LEN]:
                self.complain("datagrams_wrong", f"UDP: {len(datagram)} bytes, wrong checksum")

    def send_datagrams(self, rng: random.Random) -> None:
        senders = [connect_datagrams(address) for address in self.there]
        while not self.stopping.is_set():
            data = content(rng, datagram_size(rng))
            self.send_datagram(rng.choice(senders), data)
            # A fifth of the line, on average.
            mean_s = (len(data) + 100) / (self.bytes_per_s / 5)
            self.stopping.wait(rng.uniform(0, 2) * mean_s)

    def send_datagram(self, sender: socket.socket, data: bytes) -> None:
        try:
            sender.send(checksum(data) + data)
        except OSError:
            # An answer to the one before: nobody listens yet, or no more.
            self.count("datagrams_refused")
        self.count("datagrams")

    def flood(self) -> None:
        sender = connect_datagrams(self.there[0])
        data = bytes(PAYLOAD_MAX - CHECKSUM_LEN)
        for number in range(FLOOD_DATAGRAMS):
            self.send_datagram(sender, data)
            # The interface holds 500; what is more is lost before it is ours.
            if number % 20 == 0:
                time.sleep(0.005)

    def ping(self, rng: random.Random) -> None:
        while not self.stopping.is_set():
            size = rng.choice([0, 56, PAYLOAD_MAX, rng.randint(0, 4000)])
            command = ["ping", "-n", "-c4", "-i0.2", "-W2", f"-s{size}", rng.choice(self.there)]
            said = subprocess.run(command, capture_output=True, text=True).stdout
            sent, back = re.findall(r"(\d+) packets transmitted, (\d+) received", said)[0]
            self.count("pings", int(sent))
            self.count("pings_back", int(back))


def background(run: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=run, args=arguments, daemon=True)
    thread.start()
    return thread


def family_of(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def connect_datagrams(address: str) -> socket.socket:
    sender = socket.socket(family_of(address), socket.SOCK_DGRAM)
    sender.connect((address, PORT))
    return sender


def content(rng: random.Random, size: int) -> bytes:
    filling = rng.choice(FILLINGS)
    return filling * size or rng.randbytes(size)


def datagram_size(rng: random.Random) -> int:
    largest = rng.choices([PAYLOAD_MAX - CHECKSUM_LEN, 8000, 20000], [40, 4, 1])[0]
    return rng.randint(0, largest)


def checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(CHECKSUM_LEN, "big")


def main(side: str, seed: str, bytes_per_s: str) -> None:
    flows = Flows(int(side), seed, int(bytes_per_s))
    flows.listen()
    print("ready", flush=True)
    for word in sys.stdin:
        match word.strip():
            case "go":
                flows.go()
            case "flood":
                flows.flood()
            case "stop":
                flows.stop()
                print("stopped", flush=True)
            case "report":
                print(flows.report(), flush=True)
    # Threads that wait for packets would be waited for.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
