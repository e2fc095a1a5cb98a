#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The air between two sound cards, which are FIFOs of 16-bit samples.

    radio.py RATE A_OUT B_IN B_OUT A_IN

What one plays the other hears, at RATE samples per second, and silence between.
"""
import os
import sys
import time

TICK_S = 0.005
SAMPLE_LEN = 2


def take(fifo, pending):
    try:
        while data := os.read(fifo, 65536):
            pending += data
    except BlockingIOError:
        pass


def main():
    rate, *names = sys.argv[1:]
    ways = [(os.open(heard, os.O_RDWR | os.O_NONBLOCK),
             os.open(hears, os.O_RDWR), bytearray())
            for heard, hears in zip(names[::2], names[1::2])]
    since, sent = time.monotonic(), 0
    while True:
        time.sleep(TICK_S)
        due = int((time.monotonic() - since) * int(rate)) - sent
        sent += due
        for heard, hears, pending in ways:
            take(heard, pending)
            sound = bytes(pending[:due * SAMPLE_LEN])
            del pending[:due * SAMPLE_LEN]
            os.write(hears, sound.ljust(due * SAMPLE_LEN, b'\0'))


main()
