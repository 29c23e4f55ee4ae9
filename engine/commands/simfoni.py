"""The mark that a case stands in Simfoni PPA: who entered it, when, under which number. Every mark is an act in the case's own chain; a
later one corrects those before it, which stay."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from engine import case_chain, errors, reasons
from engine.case_chain import CaseEntry
from engine.executor import Context
from storage.cases import CaseRow

ENTRY: Final = "simfoni_entry"
REFERENCE_LENGTH: Final = 100


def mark(context: Context, row: CaseRow, *, is_entered: bool, entered_at: datetime | None, reference: str, reason: str) -> None:
    """Says that the case was entered, or, of a mark that was wrong, that it was not. Twice the same is once.

    Raises:
        InvalidSubmission: when it was entered is missing or still to come, the number is too long, or nothing could be taken back.
        ReasonWanted: a mark stands, and why it is corrected is not said.
    """
    said, problems = " ".join(reference.split()), dict[str, tuple[str, str]]()
    if is_entered and (entered_at is None or entered_at > context.now):
        problems["entered_at"] = ("Tulis kapan dimasukkan ke Simfoni PPA, tidak melewati saat ini.",
                                  "Say when it was entered into Simfoni PPA, not later than now.")
    if len(said) > REFERENCE_LENGTH or not said.isprintable():
        problems["reference"] = (f"Tulis nomornya, paling banyak {REFERENCE_LENGTH} huruf.",
                                 f"Write the number, in at most {REFERENCE_LENGTH} characters.")
    standing = marks(context, row)
    if not standing and not is_entered:
        problems["is_entered"] = ("Kasus ini memang belum ditandai.", "This case is not marked as entered.")
    if problems:
        raise errors.InvalidSubmission(problems)
    meant = {"entered": is_entered, "entered_at": entered_at if is_entered else None, "reference": said if is_entered else ""}
    if standing and {key: standing[-1].content.get(key) for key in meant} == meant:
        return
    why = reasons.stated(reason) if standing else ""
    case_chain.append(context, row, ENTRY, {**meant, **({"reason": why} if why else {})})


def marks(context: Context, row: CaseRow) -> list[CaseEntry]:
    """Every mark in order; the last is the one that counts."""
    return [] if row.wrapped_key is None else [each for each in case_chain.read(context, row) if each.kind == ENTRY]


def retell(context: Context, row: CaseRow, entry: CaseEntry) -> CaseRow:
    """A mark changes nothing but what is written: it is read from the chain."""
    return row
