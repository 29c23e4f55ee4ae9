"""The access log: who read what of a case, hash-chained per case."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from engine import canonical
from engine.executor import Context
from storage import access_log

DUAL_ROLE: Final = "dual_role"      # somebody approved what they had proposed themselves, and said why
READ, NAMES, UNMASK, BREAK_GLASS, REVIEW, PRINT = "read", "names", "unmask", "break_glass", "review", "print"
LOG: Final = "access_log"            # the field group of who reads the log itself
#: What stands beside the process's own steps where a case is replayed.
ACTS: Final = frozenset({UNMASK, BREAK_GLASS, REVIEW, DUAL_ROLE})
_GENESIS: Final = "0" * 64


def log(context: Context, case_id: str, *, what: str, field_group: str, purpose: str = "") -> int:
    """Adds an entry; its number. `what` is read | names | unmask | print | export | replay | resolve | break_glass | review |
    dual_role; `field_group` holds ids only, never values."""
    head = access_log.head(context.uow, case_id) or access_log.last(context.uow, case_id)
    seq, previous = (head[0] + 1, head[1]) if head else (1, _GENESIS)
    row = access_log.AccessRow(
        case_id=case_id, seq=seq, agency_id=context.actor.agency_id, at=context.now, account_id=context.actor.account_id, what=what,
        field_group=field_group, purpose=purpose, prev_hash=previous, hash="")
    access_log.append(context.uow, access_log.AccessRow(**{**vars(row), "hash": _hash(row)}))
    return seq


def first_bad(rows: Sequence[access_log.AccessRow], head: tuple[int, str] | None) -> int | None:
    """The number of the first entry of a whole log that is not what was written, is missing or was put in; None: it verifies.

    `head` is the number and hash of the last entry as they are kept apart from the log: without it an end that was cut off would not be
    missed. Who can change both can hide it, unless somebody wrote the head down: who reads the log sees it.
    """
    previous = _GENESIS
    for place, row in enumerate(rows, 1):
        if row.seq != place or row.prev_hash != previous or row.hash != _hash(row):
            return place
        previous = row.hash
    if (len(rows), previous) == (head or (0, _GENESIS)):
        return None
    return len(rows) + 1 if head is None or len(rows) < head[0] else len(rows)


def _hash(row: access_log.AccessRow) -> str:
    body = canonical.dumps({"case": row.case_id, "seq": row.seq, "at": row.at, "account": row.account_id, "what": row.what,
                            "field_group": row.field_group, "purpose": row.purpose})
    try:
        previous = bytes.fromhex(row.prev_hash)
    except ValueError:
        return ""   # no hash of ours was ever spelt so
    return hashlib.sha256(previous + body).hexdigest()
