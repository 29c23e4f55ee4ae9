"""Random journals confirm on any machine, and no change to one goes unseen (issue 2, done when 6).

`KAWAL_JOURNALS` and `KAWAL_TAMPERINGS` set how many; `make soak` takes 1,000 and 5,000.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from engine import pack, recorded
from engine.executor import Context
from engine.replay import replay_pack
from engine.results import ReplayReport, ReplayVerdict
from engine.trial import Trial
from storage import instances
from storage.schema import history, running
from storage.unit_of_work import UnitOfWork
from tests.support.journals import pack_of, told

JOURNALS = int(os.environ.get("KAWAL_JOURNALS", "24"))
TAMPERINGS = int(os.environ.get("KAWAL_TAMPERINGS", "300"))
MACHINES = [("0", "UTC"), ("1", "Asia/Jakarta"), ("20261110", "America/St_Johns")]  # hash seed, time zone
SCRIPT = """
import json, pathlib, sys
from engine.replay import replay_pack
said = {p.name: [r.verdict, r.entries, r.head, len(r.trace)] for p in sorted(pathlib.Path(sys.argv[1]).iterdir())
        for r in [replay_pack(p.read_bytes())]}
print(json.dumps([said, sorted(name for name in sys.modules if name.split(".")[0] in ("storage", "sqlalchemy", "flask", "socket"))]))
"""

journal, payload, instance = history.journal, history.payload, running.instance


def confirm_elsewhere(folder: Path, packs: dict[str, ReplayReport], machine: tuple[str, str]) -> None:
    seed, zone = machine
    ran = subprocess.run([sys.executable, "-c", SCRIPT, str(folder)], capture_output=True, text=True, cwd=folder, timeout=600,
                         env={"PYTHONHASHSEED": seed, "TZ": zone})
    assert ran.returncode == 0, ran.stderr
    said, modules = json.loads(ran.stdout)
    assert said == {name: ["confirmed", report.entries, report.head, len(report.trace)] for name, report in packs.items()}
    assert [name for name in modules if name.split(".")[0] != "socket"] == []  # a stranger's machine has no database


def make_packs(folder: Path, seeds: range) -> dict[str, ReplayReport]:
    made = {}
    for seed in seeds:
        trial, instance_id = told(seed)
        report = trial.replay(instance_id)
        assert report.verdict is ReplayVerdict.CONFIRMED, (seed, report.reason, report.first_bad_seq)
        assert [item.seq for item in report.trace] == [item.seq for item in trial.trace(instance_id)]
        made[f"{seed}.kawalpack"] = report
        (folder / f"{seed}.kawalpack").write_bytes(pack_of(trial, instance_id))
    return made


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, ReplayReport]]:
    folder = tmp_path_factory.mktemp("packs")
    return folder, make_packs(folder, range(JOURNALS))


@pytest.mark.parametrize("machine", MACHINES)
def test_random_journals_confirm_in_another_process(packs, machine):
    confirm_elsewhere(*packs, machine)


@pytest.mark.soak
@pytest.mark.parametrize("hundred", range(1, 11))
def test_a_thousand_random_journals_confirm(tmp_path, hundred):
    made = make_packs(tmp_path, range(100 * hundred, 100 * hundred + 100))
    confirm_elsewhere(tmp_path, made, MACHINES[hundred % len(MACHINES)])


def test_anybody_verifies_a_pack_with_nothing_but_this_code(packs, tmp_path):
    folder, reports = packs
    name, report = max(reports.items(), key=lambda pair: pair[1].entries)

    def verify(*more: str, file: Path = folder / name) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "engine.replay", str(file), *more], capture_output=True, text=True, cwd=tmp_path,
                              env={}, timeout=120)

    confirmed = verify("--json", "--head", report.head)
    assert (confirmed.returncode, json.loads(confirmed.stdout)["verdict"]) == (0, "confirmed"), confirmed.stderr
    elsewhere = verify("--head", "ab" * 32)
    assert elsewhere.returncode == 1
    assert "head-differs" in elsewhere.stdout
    assert verify(file=tmp_path / "none.kawalpack").returncode == 2
    (tmp_path / "bad.kawalpack").write_bytes(b"no pack")
    assert verify(file=tmp_path / "bad.kawalpack").returncode == 1


# --- a stored journal that somebody changed -------------------------------------------------------------------------


NOWHERE = 1_000  # added to a place: beyond every entry of the case


class Tamper:
    """One random change to the stored rows of one instance. `bad` is the first entry that is not what was written."""

    def __init__(self, uow: UnitOfWork, instance_id: str, length: int, rnd: random.Random) -> None:
        self.uow, self.instance_id, self.length, self.rnd = uow, instance_id, length, rnd
        self.seq = rnd.randint(1, length)
        self.this = (journal.c.chain_id == instance_id) & (journal.c.seq == self.seq)

    def value(self, column: Any) -> Any:
        return self.uow.execute(select(column).where(self.this)).scalar_one()

    def other(self, value: Any) -> Any:
        """Another value of the same kind, as near as can be."""
        if value is None:
            return "x"
        if isinstance(value, int):
            return value + self.rnd.choice([-1, 1])
        if isinstance(value, bytes):
            place = self.rnd.randrange(len(value))
            return value[:place] + bytes([value[place] ^ 1 << self.rnd.randrange(8)]) + value[place + 1:]
        if not isinstance(value, str):
            return value + type(value - value)(microseconds=self.rnd.choice([-1, 1]))
        place = self.rnd.randrange(len(value))
        swapped = value[:place] + value[place].swapcase() + value[place + 1:]
        return swapped if swapped != value else value[:place] + self.rnd.choice("z!0"[value[place] == "z":][:1] or "y") + value[place + 1:]

    def change(self) -> int:
        column = self.rnd.choice([each for each in journal.c if each.name not in ("chain_id", "seq")])
        self.uow.execute(update(journal).where(self.this).values({column.name: self.changed(column)}))
        return self.seq

    def changed(self, column: Any) -> Any:
        """Another value for a column; a place must be one that no entry of the case has, or the database refuses it."""
        return self.value(column) + NOWHERE if column.name == "place" else self.other(self.value(column))

    def delete(self) -> int:
        self.uow.execute(delete(journal).where(self.this))
        return self.seq

    def cut(self) -> int:
        self.uow.execute(delete(journal).where((journal.c.chain_id == self.instance_id) & (journal.c.seq >= self.seq)))
        return self.seq

    def swap(self) -> int:
        other = self.rnd.randint(1, self.length)
        if other == self.seq:
            return self.change()
        for frm, to in ((self.seq, 0), (other, self.seq), (0, other)):
            self.move(frm, to)
        return min(self.seq, other)

    def move(self, frm: int, to: int) -> None:
        self.uow.execute(update(journal).where((journal.c.chain_id == self.instance_id) & (journal.c.seq == frm)).values(seq=to))

    def renumber(self) -> int:
        self.move(self.seq, self.length + 5)
        return self.seq

    def insert(self) -> int:
        """A copy of an entry in another place, those after it moved up."""
        copied = dict(self.uow.execute(select(journal).where(self.this)).mappings().one())
        place = self.rnd.randint(1, self.length + 1)
        for seq in range(self.length, place - 1, -1):
            self.move(seq, seq + 1)
        self.uow.execute(insert(journal), {**copied, "seq": place, "place": copied["place"] + NOWHERE})
        return place  # also where it stands right before what it copies: it has no place among the entries of the case

    def payload(self) -> int:
        digest = self.value(journal.c.payload_digest)
        kept = self.uow.execute(select(payload.c.ciphertext).where(payload.c.digest == digest)).scalar_one()
        self.uow.execute(update(payload).where(payload.c.digest == digest).values(
            self.rnd.choice([{"ciphertext": self.other(kept)}, {"ciphertext": kept[:-1]}, {"digest": self.other(digest)}])))
        return self.seq

    def take_payload(self) -> int:
        self.uow.execute(delete(payload).where(payload.c.digest == self.value(journal.c.payload_digest)))
        return self.seq

    def anchor(self) -> int:
        head = self.uow.execute(select(instance.c.head_hash).where(instance.c.id == self.instance_id)).scalar_one()
        self.uow.execute(update(instance).where(instance.c.id == self.instance_id).values(head_hash=self.other(head)))
        return self.length

    def length_anchor(self) -> int:
        self.uow.execute(update(instance).where(instance.c.id == self.instance_id).values(seq=self.length + 1))
        return self.length + 1


WAYS: list[Callable[[Tamper], int]] = [
    Tamper.change, Tamper.change, Tamper.change, Tamper.delete, Tamper.cut, Tamper.swap, Tamper.renumber, Tamper.insert, Tamper.payload,
    Tamper.take_payload, Tamper.anchor, Tamper.length_anchor]


def judged(trial: Trial, instance_id: str, tamper: Callable[[UnitOfWork], int]) -> tuple[int, ReplayReport]:
    """What a replay says right after a change that is undone afterwards."""
    executor = trial._executor
    with executor.database.reading() as uow:
        bad = tamper(uow)
        row = instances.get(uow, instance_id)
        assert row is not None
        return bad, recorded.replayed(Context(executor, uow, trial._actor, trial.now), row)


def unseen(seed: int, times: int) -> list[str]:
    """Changes to a random journal that its replay does not see, or names wrongly."""
    trial, instance_id = told(seed)
    length = trial.replay(instance_id).entries
    rnd = random.Random(seed)
    missed = []
    for number in range(times):
        way = WAYS[number % len(WAYS)]
        bad, report = judged(trial, instance_id, lambda uow, way=way: way(Tamper(uow, instance_id, length, rnd)))
        if (report.verdict, report.first_bad_seq) != (ReplayVerdict.BROKEN, bad):
            missed.append(f"{seed}/{number} {way.__name__}: bad {bad}, said {report.verdict} {report.first_bad_seq} {report.reason}")
    assert trial.replay(instance_id).verdict is ReplayVerdict.CONFIRMED  # nothing of it stayed
    return missed


@pytest.mark.parametrize("seed", [0, 5, 8])
def test_every_change_to_a_stored_journal_is_found_and_its_first_bad_entry_named(seed):
    assert unseen(seed, TAMPERINGS // 3) == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 120))
def test_every_one_of_five_thousand_changes_is_found(seed):
    assert unseen(seed, 250) == []


def test_a_column_that_only_repeats_is_not_left_to_lie():
    trial, instance_id = told(5)
    for column in journal.c:
        if column.name in ("chain_id", "seq"):
            continue

        def tamper(uow: UnitOfWork, column: Any = column) -> int:
            one = Tamper(uow, instance_id, 2, random.Random(1))
            uow.execute(update(journal).where(one.this).values({column.name: one.changed(column)}))
            return one.seq

        bad, report = judged(trial, instance_id, tamper)
        assert (report.verdict, report.first_bad_seq) == (ReplayVerdict.BROKEN, bad), column.name


def test_without_its_key_a_journal_still_shows_every_change():
    trial, instance_id = told(5)
    length = trial.replay(instance_id).entries
    rnd = random.Random(7)

    def destroyed(uow: UnitOfWork) -> int:
        uow.execute(update(running.case_file).values(wrapped_key=None))
        return 0

    assert judged(trial, instance_id, destroyed)[1].verdict is ReplayVerdict.REDACTED

    def erased(uow: UnitOfWork) -> int:
        uow.execute(delete(payload))
        return destroyed(uow)

    assert judged(trial, instance_id, erased)[1].verdict is ReplayVerdict.REDACTED
    for way in WAYS[:8]:
        def tamper(uow: UnitOfWork, way: Callable[[Tamper], int] = way) -> int:
            destroyed(uow)
            return way(Tamper(uow, instance_id, length, rnd))

        bad, report = judged(trial, instance_id, tamper)
        assert (report.verdict, report.first_bad_seq) == (ReplayVerdict.BROKEN, bad), way.__name__


def test_a_damaged_key_is_said_not_raised():
    trial, instance_id = told(5)

    def damaged(uow: UnitOfWork) -> int:
        wrapped = uow.execute(select(running.case_file.c.wrapped_key)).scalar_one()
        uow.execute(update(running.case_file).values(wrapped_key=wrapped[:-1] + bytes([wrapped[-1] ^ 1])))
        return 0

    _, report = judged(trial, instance_id, damaged)
    assert (report.verdict, report.reason) == (ReplayVerdict.BROKEN, "key-damaged")


# --- a pack that somebody changed -----------------------------------------------------------------------------------


def entry_at(data: bytes, place: int) -> int | None:
    """Which entry's line holds this byte; None for the other lines and for line ends."""
    if data[place] == 10:
        return None
    number = data.count(b"\n", 0, place)
    line = data.split(b"\n")[number]
    return number if b'"line":"entry"' in line else None


@pytest.mark.parametrize("seed", [0, 8])
def test_every_changed_byte_of_a_pack_is_found(seed):
    data = pack_of(*told(seed))
    rnd = random.Random(seed)
    for _ in range(TAMPERINGS // 2):
        place = rnd.randrange(len(data))
        changed = data[:place] + bytes([data[place] ^ 1 << rnd.randrange(8)]) + data[place + 1:]
        report = replay_pack(changed)
        assert report.verdict is ReplayVerdict.BROKEN, place
        bad = entry_at(data, place)
        if bad is not None and b"\n" not in changed[place:place + 1]:
            assert report.first_bad_seq == bad, (place, report.reason)


def test_entries_of_a_pack_cannot_be_dropped_swapped_doubled_or_cut():
    data = pack_of(*told(8))
    lines = data.split(b"\n")
    count = sum(b'"line":"entry"' in line for line in lines)
    rnd = random.Random(3)
    for _ in range(60):
        first = rnd.randint(1, count - 1)
        second = rnd.randint(first + 1, count)
        for changed, bad in (
            (lines[:first] + lines[first + 1:], first),
            (lines[:first] + [lines[second]] + lines[first + 1:second] + [lines[first]] + lines[second + 1:], first),
            (lines[:second] + [lines[first]] + lines[second:], second),
            (lines[:second] + lines[count + 1:], second),
        ):
            report = replay_pack(b"\n".join(changed))
            assert (report.verdict, report.first_bad_seq) == (ReplayVerdict.BROKEN, bad), report.reason


def resealed(lines: list[bytes]) -> bytes:
    """A pack of these lines with an end that fits them: what a forger would make."""
    body = b"\n".join(lines) + b"\n"
    return body + json.dumps({"line": "end", "sha256": pack.bytes_digest(body)}, separators=(",", ":")).encode() + b"\n"


def test_a_forged_pack_is_an_answer_never_a_crash():
    data = pack_of(*told(5))
    lines = data.split(b"\n")[:-2]
    assert resealed(lines) == data
    rnd = random.Random(11)
    junk = [None, True, 0, -1, "x", [], {}, {"$b": "00"}, {"$n": "1"}, {"$i": "2026-11-10T00:00:00"}, 10**30]
    for number, line in enumerate(lines):
        read = json.loads(line)
        for name in read:
            forged = json.dumps({**read, name: rnd.choice([each for each in junk if each != read[name]])}, sort_keys=True,
                                separators=(",", ":")).encode()
            report = replay_pack(resealed([*lines[:number], forged, *lines[number + 1:]]))
            said = ReplayVerdict.BROKEN, ReplayVerdict.REDACTED
            # When it was exported is nobody's claim; without a key the pack says no more than its chain.
            assert report.verdict in said or name == "exported_at", (number, name)
            assert report.verdict is ReplayVerdict.BROKEN or name in ("key", "ciphertext", "exported_at"), (number, name)


def test_a_pack_without_its_key_shows_the_chain_alone():
    trial, instance_id = told(5)
    trial._run(lambda context: context.uow.execute(update(running.case_file).values(wrapped_key=None)) and None)

    assert replay_pack(pack_of(trial, instance_id)).verdict is ReplayVerdict.REDACTED
