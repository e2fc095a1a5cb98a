#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer that pairs with serialtun, and then says what is not true.

    pair_liar.py PORT LIE

pairs on the port and lies until SIGTERM. It says "paired" when the first of
serialtun's checked frames has passed, and at the end how many bytes and frames
it has got. The lies:

    early     frames that are always behind the expected one
    outside   frames whose numbers no sender could use
    acks      acknowledgements of frames that were never sent
    old       answers in which frames are missing that were acknowledged
    closed    no frame is ever acknowledged
    parts     packets whose parts have no end
    probes    probes and nothing else
    mute      nothing more
"""
import os
import random
import re
import select
import signal
import struct
import sys
import time
import tty
import zlib

END, ESC = b'\xc0', b'\xdb'
ESC_END, ESC_ESC = b'\xdb\xdc', b'\xdb\xdd'
ID = int.from_bytes(os.urandom(8), 'big')
DATA, MORE = 0x10, 0x02
ACK, PROBE, ANSWER = 0x28, 0x2A, 0x2B

# So many frames of serialtun are acknowledged before the old lie begins.
OLD_AFTER = 50

dice = random.Random(29)


class Liar:
    def __init__(self, port):
        self.fd = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd)
        self.peer = 0
        self.is_paired = False
        self.pending = b''
        self.next = 0  # the frame that an honest end would expect
        self.received = self.frames = 0
        self.lie = None

    def check(self, sender, receiver, frame):
        ids = struct.pack('>QQ', sender, receiver)
        return struct.pack('<I', zlib.crc32(frame, zlib.crc32(ids)))

    def write(self, data):
        while data:
            try:
                data = data[os.write(self.fd, data):]
            except BlockingIOError:
                self.read(0.01)

    def say(self, frame):
        frame += self.check(ID, self.peer, frame)
        self.write(END + frame.replace(ESC, ESC_ESC).replace(END, ESC_END) +
                   END)

    def say_hello(self):
        text = b'#serialtun/1 id=%016x to=%016x kind=ip flow=none ' \
            b'can=check,repeat' % (ID, self.peer)
        self.write(END + text + b' crc=%08x' % zlib.crc32(text) + END)

    def ack(self, number, bits=b''):
        return bytes((number, 0, len(bits))) + bits + bytes(1)

    def hear_hello(self, frame):
        said = re.search(rb' id=([0-9a-f]{16}) ', frame)
        if not said or int(said[1], 16) == self.peer:
            return
        self.peer = int(said[1], 16)
        self.is_paired = False
        self.next = self.frames = 0
        self.say_hello()

    def hear(self, frame):
        frame = frame.replace(ESC_END, END).replace(ESC_ESC, ESC)
        if frame.startswith(b'#'):
            self.hear_hello(frame)
        if frame[-4:] != self.check(self.peer, ID, frame[:-4]):
            return
        if not self.is_paired:
            print('paired', flush=True)
        self.is_paired = True
        self.frames += 1
        if frame[0] & 0xF0 == DATA and frame[1] == self.next:
            self.next = self.next + 1 & 0xFF
        if frame[0] == PROBE and self.lie != 'mute':
            self.answer(frame[1])

    def answer(self, k):
        number = self.next
        if self.lie == 'closed':
            number = 0
        elif self.lie == 'old' and self.frames > OLD_AFTER:
            number = 10
        self.say(bytes((ANSWER, k)) + bytes(12) + self.ack(number))

    def read(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return
        data = os.read(self.fd, 65536)
        self.received += len(data)
        *frames, self.pending = (self.pending + data).split(END)
        for frame in frames:
            if len(frame) > 4:
                self.hear(frame)

    def data(self, number, body, flags=0):
        self.say(bytes((DATA | flags, number & 0xFF)) + body)

    def tell_lie(self, count):
        if self.lie == 'early':
            self.data(dice.randint(1, 95), dice.randbytes(dice.randint(0, 1500)))
        elif self.lie == 'outside':
            self.data(dice.randint(96, 159), dice.randbytes(100))
        elif self.lie == 'acks':
            self.say(bytes((ACK,)) +
                     self.ack(self.next + dice.randint(0, 255) & 0xFF,
                              dice.randbytes(12)))
        elif self.lie == 'old' and self.frames <= OLD_AFTER:
            self.say(bytes((ACK,)) + self.ack(self.next))
        elif self.lie == 'parts':
            self.data(count, dice.randbytes(1000), MORE)
        elif self.lie == 'probes':
            self.say(bytes((PROBE, dice.randrange(256))))
        else:
            time.sleep(0.02)

    def run(self, lie):
        count = 0
        ends = []
        signal.signal(signal.SIGTERM, lambda *_: ends.append(True))
        print('ready', flush=True)
        while not ends:
            self.read(0.02 if self.lie in (None, 'mute') else 0.002)
            if not self.is_paired:
                count = 0
                continue
            self.lie = lie
            self.tell_lie(count)
            count += 1
        print('got', self.received, self.frames)


Liar(sys.argv[1]).run(sys.argv[2])
