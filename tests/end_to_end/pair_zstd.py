#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stranger who pairs, and then sends compressed packets that are none.

    pair_zstd.py PORT COUNT

meets the serialtun at the other end of PORT. In their session it sends COUNT
packets of a few bytes that expand to the longest packet, and then one that does
not decode. It meets the serialtun again, and sends good packets until it is
killed. On stdout it says what it has done, and what the serialtun says it can.

Written from serialtun-pairing(7).
"""
import os
import select
import struct
import sys
import zlib

END, ESC = 0xC0, 0xDB
WINDOW = 32

# One block of zstd that says: 65535 times the same byte.
BOMB = bytes((1, 0xFA, 0xFF, 0x07, 0x78))
NO_BLOCK = b'\x04no block at all'


def say(*words):
    print(*words, flush=True)


class Port:
    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        self.pending = b''

    def send(self, frame):
        body = frame.replace(b'\xdb', b'\xdb\xdd').replace(b'\xc0', b'\xdb\xdc')
        os.write(self.fd, b'\xc0' + body + b'\xc0')

    def frames(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return []
        *frames, self.pending = (self.pending + os.read(self.fd, 65536)) \
            .split(b'\xc0')
        return [frame.replace(b'\xdb\xdc', b'\xc0').replace(b'\xdb\xdd', b'\xdb')
                for frame in frames if frame]


class Stranger:
    def __init__(self, port):
        self.port = port
        self.own = self.theirs = 0
        self.forget()

    def forget(self):
        self.own = int.from_bytes(os.urandom(8), 'big') | 1
        self.is_paired = False
        self.sent = self.acked = 0
        self.next = [0, 0]

    def ids(self, first, second):
        return struct.pack('>QQ', first, second)

    def send(self, frame):
        check = zlib.crc32(self.ids(self.own, self.theirs) + frame)
        self.port.send(frame + struct.pack('<I', check))

    def say_hello(self):
        text = b'#serialtun/1 id=%016x to=%016x kind=ip flow=none ' \
            b'can=check,repeat,zstd' % (self.own, self.theirs)
        self.port.send(text + b' crc=%08x' % zlib.crc32(text))

    def hear_hello(self, frame):
        words = dict(word.split('=') for word in frame.decode().split()[1:])
        if int(words['id'], 16) != self.theirs:
            if self.is_paired:
                say('the other end has begun anew')
            self.forget()
            self.theirs = int(words['id'], 16)
            say('it can', words['can'])
        self.say_hello()

    def acknowledge(self):
        self.send(bytes((0x28, *self.next, 0, 0)))

    def hear_checked(self, frame):
        kind = frame[0]
        if not self.is_paired:
            say('paired')
        self.is_paired = True
        if kind >> 4 == 1:
            self.next[0] = frame[1] + 1 & 0xFF
            if kind & 8:
                self.acked = frame[2]
            self.acknowledge()
        elif kind in (0x28, 0x29):
            self.acked = frame[1]
        elif kind == 0x2A:
            self.send(bytes((0x2B, frame[1])) + bytes(12) +
                      bytes((*self.next, 0, 0)))
        elif kind == 0x2D:
            self.next[1] = frame[1] + 1 & 0xFF
            self.acknowledge()

    def hear(self, seconds=0.05):
        for frame in self.port.frames(seconds):
            if frame.startswith(b'#'):
                self.hear_hello(frame)
            elif len(frame) > 4 and zlib.crc32(
                    self.ids(self.theirs, self.own) + frame[:-4]) == \
                    int.from_bytes(frame[-4:], 'little'):
                self.hear_checked(frame[:-4])

    def pair(self):
        while not self.is_paired:
            self.hear()
            if self.theirs:
                self.send(b'\x2a\x01')

    def packet(self, flags, body):
        """Send a packet, if the window is open. Return: whether it was."""
        if (self.sent - self.acked & 0xFF) >= WINDOW:
            return False
        self.send(bytes((0x10 | flags, self.sent)) + body)
        self.sent = self.sent + 1 & 0xFF
        return True


def ping():
    """An echo request of 10.9.0.2 to 10.9.0.1."""
    def checksum(data):
        total = sum(struct.unpack(f'>{len(data) // 2}H', data))
        return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF

    echo = bytes.fromhex('0800000012340001')
    echo = echo[:2] + struct.pack('>H', checksum(echo)) + echo[4:]
    head = bytes.fromhex('4500001c0001000040010000') + \
        bytes((10, 9, 0, 2, 10, 9, 0, 1))
    return head[:10] + struct.pack('>H', checksum(head)) + head[12:] + echo


def main():
    stranger = Stranger(Port(sys.argv[1]))
    count = int(sys.argv[2])
    stranger.pair()
    while count:
        count -= stranger.packet(4, BOMB)
        stranger.hear(0 if count % WINDOW else 0.01)
    say('sent all that expand')
    while not stranger.packet(4, NO_BLOCK):
        stranger.hear()
    session = stranger.theirs
    while stranger.theirs == session:
        stranger.hear()
    stranger.pair()
    while True:
        stranger.packet(0, ping())
        for _ in range(4):
            stranger.hear()


main()
