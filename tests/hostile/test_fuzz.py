"""Kalbar's own files, damaged at random: lint never raises and never hangs, and what it lets through never breaks the engine.

`KAWAL_FUZZ` is how many damaged bundles are tried of each kind (30 in `make test`); the seed of each is its number, so a failure comes again.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

import engine
from tests.hostile import attempt, cage

SOP = Path(__file__).resolve().parents[2] / "bpmn" / "kalbar" / "pengelolaan-kasus"
FILES = dict(engine.SopBundle.from_dir(SOP).files)
DIAGRAM = next(path for path in FILES if path.endswith(".bpmn"))
TARGETS = {
    "diagram": [DIAGRAM],
    "decisions": [path for path in FILES if path.endswith(".dmn")],
    "forms": [path for path in FILES if path.startswith("forms/")],
    "sheet": ["sop.toml"],
}
COUNT = int(os.environ.get("KAWAL_FUZZ", "30"))
IN_ONE_CHILD = 15
WORDS = [b"<", b">", b'"', b"&", b"\0", b"\xff", b"=", b"${x}", b"true", b"false", b"null", b"-1", b"9" * 30, b"PT0S", b"P1M", b"R/PT1S", b"]]>",
         b"<!--", b"/>", b"{", b"}", b"[", b"]", b"\n", b"id", b"\xe2\x80\xae", b"(" * 200, b"__class__"]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """One to six wounds: bytes changed, taken, doubled, moved; words put in; attribute values swapped."""
    hurt = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        here = chance.randrange(len(hurt) + 1)
        there = min(len(hurt), here + chance.choice([1, 2, 8, 60, 900]))
        _WOUNDS[chance.randrange(len(_WOUNDS))](hurt, here, there, chance)
    return bytes(hurt)


def _swap_values(hurt: bytearray, here: int, there: int, chance: random.Random) -> None:
    """Two quoted values change places: the file stays readable, and says something else."""
    pieces = bytes(hurt).split(b'"')
    if len(pieces) > 5:
        one, other = (2 * chance.randrange(len(pieces) // 2 - 1) + 1 for _ in "ab")
        pieces[one], pieces[other] = pieces[other], pieces[one]
        hurt[:] = b'"'.join(pieces)


def _set_value(hurt: bytearray, here: int, there: int, chance: random.Random) -> None:
    pieces = bytes(hurt).split(b'"')
    if len(pieces) > 3:
        pieces[2 * chance.randrange(len(pieces) // 2) + 1] = chance.choice([b"", b"x", b"PT0S", b"0", b"-1", b"true", b"= 1 +", b"\xc3\xa9", b"e" * 99])
        hurt[:] = b'"'.join(pieces)


def _line_away(hurt: bytearray, here: int, there: int, chance: random.Random) -> None:
    lines = bytes(hurt).split(b"\n")
    del lines[chance.randrange(len(lines))]
    hurt[:] = b"\n".join(lines)


def _lines_swapped(hurt: bytearray, here: int, there: int, chance: random.Random) -> None:
    lines = bytes(hurt).split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    hurt[:] = b"\n".join(lines)


_WOUNDS: list[Callable[[bytearray, int, int, random.Random], object]] = [
    lambda hurt, here, there, chance: hurt.__setitem__(slice(here, here + 1), bytes([chance.randrange(256)])),
    lambda hurt, here, there, chance: hurt.__delitem__(slice(here, there)),
    lambda hurt, here, there, chance: hurt.__setitem__(slice(there, there), hurt[here:there]),
    lambda hurt, here, there, chance: hurt.__setitem__(slice(here, here), chance.choice(WORDS)),
    _swap_values, _swap_values, _set_value, _set_value, _line_away, _lines_swapped,
]


def tried(kind: str, numbers: range) -> list[list[str]]:
    """Each damaged bundle as far as it gets: `refused`, or how its trial ended."""
    told = []
    for number in numbers:
        chance = random.Random(f"{kind} {number}")
        target = chance.choice(TARGETS[kind])
        try:
            went = attempt.tried({**FILES, target: damaged(FILES[target], chance)})
        except Exception as raised:
            raise AssertionError(f"{kind} {number}: {target}") from raised
        unchecked = [code for code in went["errors"] if code.startswith("unchecked")]
        assert not unchecked, f"{kind} {number}: {unchecked}"
        told.append([str(number), "refused" if went["refused"] else went["stopped"] or went["outcome"]])
    return told


@pytest.mark.slow
@pytest.mark.parametrize("kind", TARGETS)
def test_a_damaged_sop_is_refused_or_runs_and_never_breaks_the_engine(kind: str) -> None:
    told = []
    for first in range(0, COUNT, IN_ONE_CHILD):
        numbers = range(first, min(first + IN_ONE_CHILD, COUNT))
        ended = cage.run(lambda numbers=numbers: tried(kind, numbers), cpu_seconds=60 + 15 * len(numbers))
        assert (ended.raised, ended.killed_by, ended.forbidden) == (None, None, ()), f"{numbers}: {ended.text}"
        told += ended.answer
    assert len(told) == COUNT
    assert {went for _, went in told} != {"refused"}, "no damage was small enough to get past lint: this test proves too little"
