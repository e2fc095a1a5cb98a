# SPDX-License-Identifier: GPL-3.0-or-later
"""Two pictures in one SVG file, by gnuplot: delay beside TCP, and goodput.

Of lines that have a speed; the horizontal axis is that speed. The limits are
those of the first program, as others may have another MTU.
"""

import subprocess
from pathlib import Path

from report import Lines, median

SETTINGS = """\
set terminal svg size 1000,420 font 'sans-serif,12' background 'white'
set logscale x
set xlabel 'baud'
set format x '%.0f'
set xtics ({tics})
set xrange [{low}:{high}]
set grid
set key below maxrows 2
set multiplot layout 1,2
"""

DELAY = """\
set title 'Round trip beside a TCP flow'
set ylabel 'ms; dashed: median, solid: 95 % are below'
set logscale y
plot {curves}
"""

GOODPUT = """\
set title 'TCP one way'
set ylabel '% of the limit'
unset logscale y
set yrange [0:105]
plot {curves}
"""

LIMIT = "with lines linecolor 'black' dashtype 3"


class Script:
    """Data blocks, and the plot commands that use them."""

    def __init__(self, peers: dict[str, Lines]) -> None:
        bauds = sorted({baud for lines in peers.values() for baud in lines if baud})
        self.peers = peers
        self.blocks = 0
        self.text = SETTINGS.format(
            tics=", ".join(map(str, bauds)), low=bauds[0] / 2, high=bauds[-1] * 2
        )

    def data(self, lines: Lines, measurement: str, value: str, factor: float) -> str:
        """Add a figure of each line. Return: its name; it may be without a row."""
        self.blocks += 1
        self.text += f"$data{self.blocks} << END\n"
        for baud, runs in sorted(lines.items()):
            y = median(runs[measurement], value)
            if baud:
                self.text += f"{baud} {'NaN' if y is None else y * factor}\n"
        self.text += "END\n"
        return f"$data{self.blocks}"

    def delay(self) -> None:
        curves: list[str] = []
        limits: list[str] = []
        for color, (name, lines) in enumerate(self.peers.items(), 1):
            p50, p95, limit = (
                self.data(lines, "loaded_ping", value, 1e3)
                for value in ("p50_s", "p95_s", "limit_s")
            )
            curves.append(f"{p95} with linespoints linecolor {color} title '{name}'")
            curves.append(f"{p50} with linespoints linecolor {color} dashtype 2 notitle")
            limits.append(f"{limit} {LIMIT} title 'limit'")
        self.text += DELAY.format(curves=", ".join(curves + limits[:1]))

    def goodput(self) -> None:
        curves: list[str] = []
        limits: list[str] = []
        for color, (name, lines) in enumerate(self.peers.items(), 1):
            share, limit = (
                self.data(lines, "tcp", value, 100) for value in ("share", "limit_share")
            )
            curves.append(f"{share} with linespoints linecolor {color} title '{name}'")
            limits.append(f"{limit} {LIMIT} title 'left by escapes'")
        self.text += GOODPUT.format(curves=", ".join(curves + limits[:1]))


def draw(peers: dict[str, Lines], file: Path) -> None:
    script = Script(peers)
    script.delay()
    script.goodput()
    with open(file, "w") as svg:
        subprocess.run(["gnuplot"], input=script.text, text=True, stdout=svg, check=True)
