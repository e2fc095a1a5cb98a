#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which compressed headers does slirp take?

    slirp_vj.py slirp-fullbolt ARGUMENT...

The frames are made here, by RFC 1144, and not by serialtun: after a connection
to a port of the loopback interface, each frame has 16 bytes of data for it. The
output is one line a frame: how many bytes its header has, the header, and
whether the data arrived. If they did not, the same data follow with the whole
header, as TCP would send them, and have to arrive.
"""
import os
import pty
import select
import socket
import struct
import subprocess
import sys
import threading
import time
import tty

END, ESC = b"\xc0", b"\xdb"
HERE, SLIRP = socket.inet_aton("10.0.2.15"), socket.inet_aton("10.0.2.2")
SYN, ACK = 0x02, 0x10
SLOT = 0

# The mask, and behind the checksum the numbers: {seq} is one byte, the
# difference of the sequence number, and {id} that of the identification.
HEADERS = [
    (0x80, ""),  # data behind an acknowledgment; nothing else has changed
    (0x8F, ""),  # SPECIAL_D, the usual one
    (0x8F, ""),
    (0x9F, ""),  # with PSH
    (0xCF, ""),  # with the connection number
    (0xAF, "id"),  # with the identification
    (0x88, "seq"),  # the sequence number as a number
    (0xA8, "seq id"),
    (0xEF, "id"),
]

arrived = bytearray()


def listen():
    server = socket.create_server(("127.0.0.1", 0))

    def take():
        connection = server.accept()[0]
        while data := connection.recv(4096):
            arrived.extend(data)

    threading.Thread(target=take, daemon=True).start()
    return server.getsockname()[1]


def wait_for_data(data):
    until = time.monotonic() + 1
    while time.monotonic() < until:
        if arrived.endswith(data):
            return True
        time.sleep(0.01)
    return False


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def make_packet(port, ident, seq, ack, flags, data):
    tcp = struct.pack(">HHIIBBHHH", 40000, port, seq, ack, 0x50, flags, 8192,
                      0, 0)
    pseudo = HERE + SLIRP + struct.pack(">HH", 6, len(tcp) + len(data))
    tcp_sum = struct.pack(">H", checksum(pseudo + tcp + data))
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(data), ident, 0x4000,
                     64, 6, 0, HERE, SLIRP)
    ip_sum = struct.pack(">H", checksum(ip))
    return ip[:10] + ip_sum + ip[12:] + tcp[:16] + tcp_sum + tcp[18:] + data


def write_frame(line, frame):
    escaped = frame.replace(ESC, ESC + b"\xdd").replace(END, ESC + b"\xdc")
    os.write(line, END + escaped + END)


def read_frame(line, pending):
    while True:
        frame, end, rest = bytes(pending).partition(END)
        if end:
            pending[:] = rest
            frame = frame.replace(ESC + b"\xdc", END)
            return frame.replace(ESC + b"\xdd", ESC)
        if not select.select([line], [], [], 5)[0]:
            sys.exit("slirp does not answer")
        pending += os.read(line, 4096)


def connect(line, port):
    """Return the next sequence number, and the one of slirp."""
    pending = bytearray()
    write_frame(line, make_packet(port, 1, 999, 0, SYN, b""))
    while True:
        frame = read_frame(line, pending)
        if len(frame) >= 40 and frame[0] == 0x45:
            return 1000, struct.unpack(">I", frame[24:28])[0] + 1


def whole(packet):
    """The type "uncompressed TCP"."""
    return bytes([0x75]) + packet[1:9] + bytes([SLOT]) + packet[10:]


def probe(line):
    port = listen()
    seq, ack = connect(line, port)
    ident = 2
    write_frame(line, whole(make_packet(port, ident, seq, ack, ACK, b"")))
    for number, (mask, numbers) in enumerate(HEADERS):
        data = b"data of frame %02d" % number
        ident += 2 if "id" in numbers else 1
        packet = make_packet(port, ident, seq, ack, ACK, data)
        differences = {"seq": 16, "id": 2}
        header = bytes([mask]) + (bytes([SLOT]) if mask & 0x40 else b"") + \
            packet[36:38] + bytes(differences[name]
                                  for name in numbers.split())
        write_frame(line, header + data)
        is_taken = wait_for_data(data)
        print(len(header), header.hex(), "taken" if is_taken else "lost")
        if not is_taken:
            ident += 1
            packet = make_packet(port, ident, seq, ack, ACK, data)
            write_frame(line, whole(packet))
            if not wait_for_data(data):
                sys.exit("slirp loses the whole header, too")
        seq += len(data)


def main():
    line, slave = pty.openpty()
    tty.setraw(slave)
    slirp = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=slave,
                             stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(1)
    try:
        probe(line)
    finally:
        slirp.terminate()
        slirp.wait()


main()
