#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A SLIP peer that knows nothing of pairing, on a raw port.

    slip_peer.py PORT REPORT MANNER...

It answers pings to 10.0.0.2. At SIGTERM it writes REPORT, a JSON object: the
number of "pings" and "hellos" that came, of "refused" frames (they are no
packets and no hellos), and of "sent" packets that were no answers.

A MANNER is one of these. From SIGUSR1 on the peer talks; without a MANNER it
only answers.

  talk      It sends five packets a second, UDP to 10.0.0.1.
  bursts    The same, with 1.5 s of silence behind each second.
  garbage   It sends ten frames a second that are no packets.
  end       It sends an END behind a frame alone, none before it.
  tunslip6  Frames of text are for the terminal (is_sensible_string() in
            Contiki's tunslip6.c); others, whatever is in them, are for the TUN,
            and the process ends when the TUN refuses one. The TUN takes what
            begins with the nibble 4 or 6.
"""
import json
import os
import random
import select
import signal
import struct
import sys
import time
import tty

END, ESC, ESC_END, ESC_ESC = b'\xc0', b'\xdb', b'\xdb\xdc', b'\xdb\xdd'
HERE, THERE = bytes((10, 0, 0, 2)), bytes((10, 0, 0, 1))
ICMP, UDP = 1, 17

port, report_name, *manners = sys.argv[1:]
counts = {'pings': 0, 'hellos': 0, 'refused': 0, 'sent': 0}
may_talk = []
dice = random.Random(3)


def checksum(data):
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    total = (total & 0xFFFF) + (total >> 16)
    return struct.pack('>H', ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF)


def ipv4(protocol, payload):
    header = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(payload),
                         dice.getrandbits(16), 0, 64, protocol, 0) + \
        HERE + THERE
    return header[:10] + checksum(header) + header[12:] + payload


def answer(ping):
    payload = b'\0' + ping[21:22] + b'\0\0' + ping[24:]
    even = payload + b'\0' * (len(payload) % 2)
    return ipv4(ICMP, payload[:2] + checksum(even) + payload[4:])


def packet():
    counts['sent'] += 1
    return ipv4(UDP, struct.pack('>HHHH', 4000, 4000, 108, 0) + bytes(100))


def garbage():
    return dice.randbytes(40).translate(bytes(range(0x80)) * 2)


def send(fd, data):
    frame = data.replace(ESC, ESC_ESC).replace(END, ESC_END) + END
    os.write(fd, frame if 'end' in manners else END + frame)


def is_sensible(data):
    return all(byte in (0, 10, 13, 9) or 32 <= byte < 128 for byte in data)


def take(fd, frame):
    is_hello = frame.startswith(b'#serialtun/')
    counts['hellos'] += is_hello
    if is_hello or ('tunslip6' in manners and is_sensible(frame)):
        return
    if frame[0] >> 4 not in (4, 6):
        counts['refused'] += 1
    elif frame[9] == ICMP and frame[20] == 8 and frame[16:20] == HERE:
        counts['pings'] += 1
        send(fd, answer(frame))


def speak(fd, tick):
    """Once in a tenth of a second."""
    if 'talk' in manners and tick % 2 == 0:
        send(fd, packet())
    if 'bursts' in manners and tick % 2 == 0 and tick % 25 < 10:
        send(fd, packet())
    if 'garbage' in manners:
        send(fd, garbage())


def end(*_):
    with open(report_name, 'w') as file:
        json.dump(counts, file)
    sys.exit(0)


def main():
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGUSR1, lambda *_: may_talk.append(True))
    fd = os.open(port, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(fd)
    print('ready', flush=True)
    since, tick, pending = time.monotonic(), 0, b''
    while True:
        wait = since + tick / 10 - time.monotonic()
        if wait <= 0:
            if may_talk:
                speak(fd, tick)
            tick += 1
            continue
        if not select.select([fd], [], [], wait)[0]:
            continue
        *frames, pending = (pending + os.read(fd, 4096)).split(END)
        for frame in frames:
            frame = frame.replace(ESC_END, END).replace(ESC_ESC, ESC)
            if frame:
                take(fd, frame)


main()
