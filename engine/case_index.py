"""The blind index that cases are found by: keyed digests of marks, under a key of the agency. A projection of the records."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping

from engine import seal
from engine.casefile import likeness
from engine.casefile.likeness import Mark
from engine.executor import Context
from engine.types import Value
from storage import case_search
from storage.case_search import Token

Records = Mapping[str, Mapping[str, Value]]


def follow(context: Context, case_id: str, agency_id: str, *, before: Records, after: Records) -> None:
    """Brings the index of a case from what its records said to what they say; asks nothing where neither names anybody."""
    old, new = (set(tokens(context, agency_id, likeness.marks_of(each))) for each in (before, after))
    case_search.change(context.uow, case_id, agency_id, gone=old - new, new=new - old)


def tokens(context: Context, agency_id: str, marks: Iterable[Mark]) -> dict[Token, Mark]:
    """What stands in the index for these marks. Who has the database alone can neither read nor guess them."""
    key = seal.derived(context.executor.master_key, f"search of {agency_id}")
    return {(kind, hmac.digest(key, f"{kind}:{value}".encode(), "sha256").hex()): (kind, value) for kind, value in marks}
