# SPDX-License-Identifier: GPL-3.0-or-later
"""The events: a soak is a row of phases, each with a cable of its own.

The seed and the number of a phase determine its events before it begins: the
same seed means the same events, however busy the machine is.

Not every phase can promise everything. The counters of the two ends agree only
if the link loses nothing. A lost byte changes the length of a packet, which IP
detects, but two flipped bits can cancel each other in the checksums of IP, TCP
and UDP. The two ends pair, and then check each frame; but not in the moments
until they are paired again after an interruption. So with flipped bits the soak
does not check hashes, only that serialtun goes on.
"""

import random
import signal
from dataclasses import dataclass

SPEEDS = (921600, 0, 115200)
# The load on a line without a speed: other programs still get their share.
UNLIMITED_BYTES_PER_S = 1_000_000


@dataclass(frozen=True)
class Kind:
    """A kind of phase: the properties of its line, and its events."""

    name: str
    actions: tuple[str, ...]
    # Options of the cable. One that holds the sender loses nothing, ever.
    noise: tuple[str, ...] = ()
    rates: tuple[float, ...] = ()
    lossless: bool = False
    keeps_content: bool = True


KINDS = (
    Kind("quiet", ("report", "stop"), lossless=True),
    Kind("unplugged", ("report", "stop", "reopen", "unplug", "unplug", "loose")),
    Kind("lossy", ("report", "reopen"), noise=("--loss",), rates=(1e-5, 3e-5, 1e-4)),
    Kind("noisy", ("report", "stop", "reopen", "unplug"), noise=("--ber",),
         rates=(1e-6, 3e-6, 1e-5), keeps_content=False),
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Event:
    """A moment, in seconds since the phase began, a side (of two), a step."""

    at_s: float
    side: int
    step: str


SIGNALS = {
    "report": signal.SIGUSR1,
    "reopen": signal.SIGUSR2,
    "stop": signal.SIGSTOP,
    "continue": signal.SIGCONT,
}


@dataclass(frozen=True)
class Phase:
    number: int
    kind: Kind
    baud: int
    rate: float
    seconds: float
    seed: str
    events: list[Event]

    def cable(self) -> list[str]:
        options = ["--baud", str(self.baud), "--seed", str(self.number)]
        if self.kind.lossless:
            options += ["--flow", "rtscts"]
        return options + [f"{option}={self.rate}" for option in self.kind.noise]

    def bytes_per_s(self) -> int:
        return self.baud // 10 or UNLIMITED_BYTES_PER_S

    def title(self) -> str:
        noise = f" ({self.kind.noise[0][2:]} {self.rate:g})" if self.kind.noise else ""
        return f"{self.kind.name}{noise}, {self.baud or 'unlimited'} baud"


def draw(seed: int, number: int, seconds: float) -> Phase:
    """Each kind and each speed in its turn first, then whatever comes."""
    rng = random.Random(f"{seed} {number}")
    first = number < len(KINDS)
    kind = KINDS[number] if first else rng.choice(KINDS)
    baud = SPEEDS[number % len(SPEEDS)] if first else rng.choice(SPEEDS)
    rate = rng.choice(kind.rates) if kind.rates else 0.0
    length = seconds * rng.uniform(0.7, 1.3)
    return Phase(
        number=number,
        kind=kind,
        baud=baud,
        rate=rate,
        seconds=length,
        seed=f"{seed} {number}",
        events=sorted(draw_events(rng, kind, length)),
    )


def draw_events(rng: random.Random, kind: Kind, seconds: float) -> list[Event]:
    events: list[Event] = []
    at_s = rng.uniform(0.5, 2)
    while at_s < seconds:
        side = rng.randint(0, 1)
        match action := rng.choice(kind.actions):
            case "stop":
                # Long enough, now and then, for the other end to notice.
                until_s = at_s + rng.choice([rng.uniform(0, 0.5), rng.uniform(3, 5)])
                events += [Event(at_s, side, "stop"), Event(until_s, side, "continue")]
            case "unplug":
                until_s = at_s + rng.choice([rng.uniform(0, 0.3), rng.uniform(0.3, 3)])
                events += [Event(at_s, side, "toggle"), Event(until_s, side, "toggle")]
            case "loose":
                for _ in range(20):
                    at_s += rng.uniform(0, 0.03)
                    events.append(Event(at_s, side, "toggle"))
            case _:
                events.append(Event(at_s, side, action))
        at_s += rng.uniform(0.1, 3)
    return events
