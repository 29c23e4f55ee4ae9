"""The access log: who read what of a case, hash-chained per case."""

from __future__ import annotations

import hashlib

from engine import canonical
from engine.executor import Context
from storage import access_log


DUAL_ROLE = "dual_role"      # somebody approved what they had proposed themselves, and said why


def log(context: Context, case_id: str, *, what: str, field_group: str, purpose: str = "") -> None:
    """Adds an entry. `what` is read | unmask | print | export | replay | resolve | break_glass | dual_role; `field_group` holds ids
    only, never values."""
    head = access_log.head(context.uow, case_id)
    seq, previous = (head[0] + 1, head[1]) if head else (1, "0" * 64)
    body = canonical.dumps({"case": case_id, "seq": seq, "at": context.now, "account": context.actor.account_id, "what": what,
                            "field_group": field_group, "purpose": purpose})
    access_log.append(context.uow, access_log.AccessRow(
        case_id=case_id, seq=seq, agency_id=context.actor.agency_id, at=context.now, account_id=context.actor.account_id, what=what,
        field_group=field_group, purpose=purpose, prev_hash=previous,
        hash=hashlib.sha256(bytes.fromhex(previous) + body).hexdigest()))
