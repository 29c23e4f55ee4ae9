"""Replay: the journal through the interpreter again, comparing every digest. No database, no clock, no network.

`python -m engine.replay PACK [--head HEX]` verifies an exported pack on a machine that has only this code.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine import acts, errors, interpreter, journal, pack, seal
from engine.results import ReplayReport, ReplayVerdict
from engine.transition import Migrate, Stimulus, Transition
from engine.types import TraceEntry


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A journal entry with its ciphertext, None where erasure took it."""

    entry: journal.Entry
    ciphertext: bytes | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One replayed entry: what came in, what was typed, and the instance after it."""

    entry: journal.Entry
    stimulus: Stimulus
    submission: Mapping[str, Any] | None
    note: Mapping[str, Any]
    transition: Transition


def replay(
    instance_id: str,
    recorded: Sequence[Recorded],
    *,
    key: bytes | None,
    program_for: Callable[[str], Any],
    tables: Mapping[str, Any],
    head: bytes | None = None,
    length: int | None = None,
    on_step: Callable[[Step], None] | None = None,
) -> ReplayReport:
    """Confirms a journal or names its first bad entry.

    Without `key` only the chain and the ciphertext digests can be checked: the verdict is then REDACTED. Erasure takes the
    key first, so a ciphertext that is missing while the key is there was taken by somebody else. `on_step` sees each step
    that was confirmed, in order. Never raises for bad data: what is wrong is the verdict.
    """
    last = recorded[-1].entry.hash.hex() if recorded else ""

    def broken(seq: int, reason: str) -> ReplayReport:
        return ReplayReport(
            instance_id=instance_id, verdict=ReplayVerdict.BROKEN, entries=len(recorded), head=last, first_bad_seq=seq,
            reason=reason, trace=tuple(trace),
        )

    trace: list[TraceEntry] = []
    chain_break = journal.first_break(instance_id, (item.entry for item in recorded), head=head, length=length)
    found = [(chain_break.seq, 0, chain_break.reason)] if chain_break else []
    found += [(place, 1, "payload-altered") for place, item in enumerate(recorded, 1) if _altered(item)]
    if key is not None:
        found += [(place, 2, "payload-missing") for place, item in enumerate(recorded, 1) if item.ciphertext is None]
    if found:
        seq, _, reason = min(found)
        return broken(seq, reason)
    if key is None:
        return ReplayReport(instance_id=instance_id, verdict=ReplayVerdict.REDACTED, entries=len(recorded), head=last)
    mac_key = seal.mac_key(key)
    state: Any = None
    former: Any = None
    for item in recorded:
        entry = item.entry
        if entry.semantics != journal.SEMANTICS:
            return broken(entry.seq, "unknown-semantics")
        assert item.ciphertext is not None
        try:
            content = seal.unseal(key, item.ciphertext, bound_to=pack.payload_binding(instance_id, entry.seq))
            stimulus, submission, note = journal.read_content(entry.kind, content)
            program = program_for(entry.definition)
            if isinstance(stimulus, Migrate):
                after = interpreter.migrate(former, program, state, stimulus, entry.at, tables)
            elif former is not None and former is not program:
                return broken(entry.seq, "definition-changed")
            else:
                after = interpreter.apply(program, state, stimulus, entry.at, tables)
        except Exception:  # noqa: BLE001 - whatever a forged entry provokes, the verdict is the same
            return broken(entry.seq, "cannot-be-replayed")
        if journal.state_digest(mac_key, after.meaning) != entry.state_digest:
            return broken(entry.seq, "state-differs")
        state, former = after.state, program
        trace.extend(after.trace)
        if on_step:
            on_step(Step(entry=entry, stimulus=stimulus, submission=submission, note=note, transition=after))
    return ReplayReport(
        instance_id=instance_id, verdict=ReplayVerdict.CONFIRMED, entries=len(recorded), head=last, trace=tuple(trace)
    )


def with_acts(report: ReplayReport, found: journal.Break | None) -> ReplayReport:
    """The report, or that the own chain of the case breaks at an entry of that chain: `reason` then begins with "case-chain:"."""
    if found is None:
        return report
    return replace(report, verdict=ReplayVerdict.BROKEN, first_bad_seq=found.seq, reason=f"case-chain:{found.reason}")


def _altered(item: Recorded) -> bool:
    return item.ciphertext is not None and hashlib.sha256(item.ciphertext).hexdigest() != item.entry.payload_digest


def replay_pack(data: bytes, *, head: str | None = None) -> ReplayReport:
    """Verifies an exported pack. `head` is a chain head kept elsewhere (printed, signed); without it a pack that was
    re-made as a whole, key and all, can only agree with itself."""
    try:
        opened = pack.read(data)
    except pack.PackBroken as problem:
        return ReplayReport(
            instance_id=problem.instance_id, verdict=ReplayVerdict.BROKEN, entries=0, head="", first_bad_seq=problem.seq,
            reason=problem.reason,
        )
    programs: dict[str, Any] = {}

    def program_for(digest: str) -> Any:
        if digest not in programs:
            programs[digest] = opened.definition(digest).program
        return programs[digest]

    recorded = [Recorded(entry=entry, ciphertext=ciphertext) for entry, ciphertext in opened.entries]
    report = replay(
        opened.instance_id, recorded, key=opened.key, program_for=program_for, tables=opened.tables,
        head=bytes.fromhex(head) if head else opened.head, length=opened.length,
    )
    if report.verdict is ReplayVerdict.BROKEN:
        return report
    end = opened.acts_end or {"chain": "", "head": None, "length": 0}
    return with_acts(report, acts.first_break(end["chain"], opened.acts, key=opened.key, head=end["head"], length=end["length"]))


def main(arguments: Iterable[str] | None = None) -> int:
    """Exit code 0 confirmed, 1 broken, 2 could not be read, 3 redacted."""
    parser = argparse.ArgumentParser(prog="python -m engine.replay", description="Verify an exported Kawal pack.")
    parser.add_argument("pack", type=Path)
    parser.add_argument("--head", help="chain head kept elsewhere, in hex")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(None if arguments is None else list(arguments))
    try:
        data = options.pack.read_bytes()
        if options.head:
            bytes.fromhex(options.head)
    except (OSError, ValueError) as problem:
        print(f"cannot be read: {type(problem).__name__}", file=sys.stderr)
        return 2
    try:
        report = replay_pack(data, head=options.head)
    except errors.EngineError as problem:
        print(f"cannot be read: {problem.code}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps({"instance": report.instance_id, "verdict": report.verdict, "entries": report.entries, "head": report.head,
                          "first_bad_seq": report.first_bad_seq, "reason": report.reason}))
    else:
        where = f" at entry {report.first_bad_seq}: {report.reason}" if report.first_bad_seq is not None else ""
        print(f"{report.verdict}: {report.entries} entries, head {report.head}{where}")
    return {ReplayVerdict.CONFIRMED: 0, ReplayVerdict.BROKEN: 1, ReplayVerdict.REDACTED: 3}[report.verdict]


if __name__ == "__main__":
    raise SystemExit(main())
