# SPDX-License-Identifier: GPL-3.0-or-later
"""The results, as a table for a person and as a JSON document.

A figure is the median of its runs. One of which a run was disturbed is marked;
no run is left out.
"""

import json
import math
import statistics
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from measure import Sample

# The runs of each measurement by its name, and these by the line's speed.
Runs = dict[str, list[Sample]]
Lines = dict[int, Runs]

# The median, the least, the most.
Choice = Callable[[list[float]], float]

LABEL_WIDTH = 25
COST_LABEL_WIDTH = 40
WIDTH = 11
MARK = "*"


def name_baud(baud: int) -> str:
    return str(baud) if baud else "unlimited"


def number(value: float) -> str:
    """Three digits, or as many as stand before the point."""
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3}f}"


def whole(value: float) -> str:
    return f"{value:.0f}"


def ms(value: float) -> str:
    return number(value * 1e3)


def kilo(value: float) -> str:
    return number(value / 1e3)


def mbit(value: float) -> str:
    return number(value * 8 / 1e6)


def percent(value: float) -> str:
    return f"{value * 100:.1f}"


@dataclass(frozen=True)
class Row:
    """A value of a measurement, in each column, and how it is written."""

    label: str
    measurement: str
    value: str
    text: Callable[[float], str] = number
    is_limit: bool = False
    has_range: bool = True


@dataclass(frozen=True)
class Block:
    title: str
    rows: tuple[Row, ...]


TABLE = (
    Block("Round trip on an idle line", (
        Row("p50, ms", "idle", "p50_s", ms),
        Row("limit", "idle", "limit_s", ms, is_limit=True),
        Row("MTU", "idle", "mtu", whole, is_limit=True),
    )),
    Block("TCP one way", (
        Row("kB/s", "tcp", "bytes_per_s", kilo),
        Row("limit", "tcp", "limit_bytes_per_s", kilo, is_limit=True),
        Row("% of the limit", "tcp", "share", percent),
        Row("left by escapes, %", "tcp", "limit_share", percent, is_limit=True),
    )),
    Block("TCP both ways at once", (
        Row("A to B, % of the limit", "both_ways", "a_to_b_share", percent),
        Row("B to A, % of the limit", "both_ways", "b_to_a_share", percent),
        Row("left by ACKs too, %", "both_ways", "limit_share", percent, is_limit=True),
        Row("A to B, kB/s", "both_ways", "a_to_b_bytes_per_s", kilo, has_range=False),
        Row("B to A, kB/s", "both_ways", "b_to_a_bytes_per_s", kilo, has_range=False),
    )),
    Block("Round trip beside TCP", (
        Row("p50, ms", "loaded_ping", "p50_s", ms),
        Row("p95, ms", "loaded_ping", "p95_s", ms),
        Row("limit", "loaded_ping", "limit_s", ms, is_limit=True),
        Row("max, ms", "loaded_ping", "max_s", ms, has_range=False),
        Row("lost, %", "loaded_ping", "lost_share", percent, has_range=False),
        Row("the line is busy, %", "loaded_ping", "line_share", percent, has_range=False),
    )),
    Block("Echo of a keystroke beside TCP", (
        Row("p50, ms", "echo", "p50_s", ms),
        Row("p95, ms", "echo", "p95_s", ms),
        Row("max, ms", "echo", "max_s", ms, has_range=False),
    )),
    Block("UDP at 90 % of the line", (
        Row("delivered, %", "udp", "share", percent),
        Row("packets lost", "udp", "lost", whole, has_range=False),
        Row("of", "udp", "sent", whole, has_range=False),
    )),
)


def search_block(title: str, measurement: str) -> Block:
    return Block(title, (
        Row("baud found, the least", measurement, "baud", whole, has_range=False),
        Row("s, median of 3", measurement, "median_s", has_range=False),
        Row("s, the longest", measurement, "max_s", has_range=False),
        Row("slowest ping, ms", measurement, "ping_max_s", ms, has_range=False),
        Row("pings lost", measurement, "pings_lost", whole, has_range=False),
        Row("of", measurement, "pings_sent", whole, has_range=False),
    ))


FOUND = (
    Block("Without --baud: the cable is clean to this speed", (
        Row("TCP one way, kB/s", "found_tcp", "bytes_per_s", kilo),
        Row("with --baud 115200", "found_tcp", "base_bytes_per_s", kilo),
        Row("times", "found_tcp", "times"),
    )),
    search_block("The search for it, if no attempt fails", "search_limited"),
    search_block("The search for it, if the ports could do more", "search_finding"),
    Block("Packets of 60 bytes behind adapters that wait 16 ms", (
        Row("their share, %", "small_frames", "share", percent),
    )),
)

COST = (
    Row("TCP one way, Mbit/s", "tcp", "bytes_per_s", mbit),
    Row("CPU s per 100 MB, both ends together", "tcp", "cpu_s_per_100mb"),
    Row("context switches per full packet and end", "tcp", "switches_per_packet"),
    Row("system calls per full packet and end", "syscalls", "per_packet"),
    Row("peak RSS of an end, KiB", "tcp", "peak_rss_kib", whole),
    Row("start-up, ms (median of 20)", "start_up", "median_s", ms),
)

LEGEND = """\
The limit is ten bits per byte and the two ENDs of a frame, without escapes. Of
TCP's, random bytes leave 99.2 %, as one in 128 is escaped, and less if ACKs go
the same way. A ping beside TCP may have to wait for one packet, unless it may
pass in its middle; one that is lost counts as slower than any other, and a
figure is "lost" if it falls on one.
UDP at unlimited speed is 90 % of what TCP had. The search begins with the start
of the second end and ends with the last change of the speed; meanwhile a ping
is sent every 10 ms. CPU time is that of both programs, and includes what the
kernel's TCP does on it."""


def values(runs: list[Sample], row: Row) -> list[float]:
    found = (run.values[row.value] for run in runs if not run.failure)
    return [value for value in found if value is not None]


def median(runs: list[Sample], value: str) -> float | None:
    """None: there is none, or most pings were lost."""
    found = [run.values[value] for run in runs if not run.failure]
    numbers = [number for number in found if number is not None]
    middle = statistics.median(numbers) if numbers else math.inf
    return middle if math.isfinite(middle) else None


def cell(runs: list[Sample], row: Row, choose: Choice) -> str:
    found = values(runs, row)
    if not found:
        return "failed" if any(run.failure for run in runs) else "-"
    value = choose(found)
    return row.text(value) if math.isfinite(value) else "lost"


def mark(runs: list[Sample], row: Row) -> str:
    marked = not row.is_limit and values(runs, row)
    return MARK if marked and any(run.disturbances for run in runs) else ""


def table_rows(row: Row, columns: Iterable[Runs], label_width: int) -> list[str]:
    """The row, and below it the range if there were several runs."""

    def write(label: str, cells: Iterable[str]) -> str:
        return f"  {label}".ljust(label_width) + "".join(cell.rjust(WIDTH) for cell in cells)

    samples = [runs.get(row.measurement, []) for runs in columns]
    medians = (cell(runs, row, statistics.median) + mark(runs, row) for runs in samples)
    text = [write(row.label, medians)]
    if row.has_range and not row.is_limit and any(len(runs) > 1 for runs in samples):
        text.append(write("  least", (cell(runs, row, min) for runs in samples)))
        text.append(write("  most", (cell(runs, row, max) for runs in samples)))
    return text


def notes(lines: Lines) -> list[str]:
    """Why runs failed, and what disturbed others."""
    text = []
    for baud, runs in lines.items():
        for name, samples in runs.items():
            for sample in samples:
                where = f"{name_baud(baud)} {name}"
                text += [f"{where}: failed: {sample.failure}"] if sample.failure else []
                text += [f"{MARK} {where}: {what}" for what in sample.disturbances]
    return text


def headline(about: dict[str, Any]) -> str:
    machine = about["machine"]
    return (
        f"{about['version']}, {about['date']}, {machine['processors']} x"
        f" {machine['processor']}, Linux {machine['kernel']}\n"
        f"{about['reps']} run(s) of {about['seconds']:g} s each; TCP is cubic; system calls are"
        f" counted by {machine['syscalls_counted_by']}"
        + ("; the processors are kept spinning" if about["spin"] else "")
    )


def table(name: str, lines: Lines) -> str:
    text = [name.ljust(LABEL_WIDTH) + "".join(name_baud(b).rjust(WIDTH) for b in lines)]
    has_found = any(runs.get("found_tcp") for runs in lines.values())
    for block in TABLE + FOUND * has_found:
        text.append(block.title)
        for row in block.rows:
            text += table_rows(row, lines.values(), LABEL_WIDTH)
    if 0 in lines:
        text.append("At unlimited speed")
        for row in COST:
            text += table_rows(row, [lines[0]], COST_LABEL_WIDTH)
    return "\n".join(text + notes(lines))


def summary(runs: list[Sample]) -> dict[str, object]:
    """One measurement for the document: the medians, and the runs as they were."""
    names = {name: None for run in runs for name in run.values}
    return {
        "median": {name: median(runs, name) for name in names},
        "runs": [asdict(run) for run in runs],
    }


def document(peers: dict[str, Lines], **about: object) -> str:
    """All of it as JSON. A round trip of a ping that is lost is null."""
    measured = {
        name: [
            {"baud": baud} | {name: summary(samples) for name, samples in runs.items()}
            for baud, runs in lines.items()
        ]
        for name, lines in peers.items()
    }
    return json.dumps(finite(about | {"peers": measured}), indent=2)


def finite(value: object) -> object:
    """The same, with what JSON has no word for as null."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
