"""What people decide about a case outside its instances, as the chain of the case proves it: for a running system and a pack alike.

An entry says in clear when, by whom and of which kind; its content is sealed under the case key and named by its digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine import canonical, errors, journal, pack, seal

#: What may stand in such a chain. The module of `engine/commands` that writes a kind also retells it (`engine/rebuild.py`).
KINDS: Final = frozenset({"assign_owner", "declare_conflict", "lift_conflict", "note", "made_anew", "issue_partner_link",
                          "revoke_partner_link", "partner_progress", "simfoni_entry"})


def content(chain_id: str, entry: journal.Entry, sealed: bytes | None, key: bytes) -> Mapping[str, Any]:
    """What an entry says. Raises `StateCorrupt` unless it is, byte for byte, what was written there."""
    if sealed is None or hashlib.sha256(sealed).hexdigest() != entry.payload_digest:
        raise errors.StateCorrupt(case_id=chain_id)
    plain = seal.unseal(key, sealed, bound_to=pack.payload_binding(chain_id, entry.seq))
    try:
        told = canonical.loads(plain)
        is_whole = isinstance(told, dict) and journal.state_digest(seal.mac_key(key), told) == entry.state_digest
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ArithmeticError, errors.EngineError):
        is_whole = False   # whoever holds the key can seal anything
    if not is_whole:
        raise errors.StateCorrupt(case_id=chain_id)
    assert isinstance(told, dict)
    return told


def first_break(
    chain_id: str, recorded: Sequence[tuple[journal.Entry, bytes | None]], *, key: bytes | None, head: bytes | None = None,
    length: int | None = None,
) -> journal.Break | None:
    """The first entry that does not hold, or None. Without `key` only the chain and the digests of the contents are looked at."""
    found = journal.first_break(chain_id, (entry for entry, _ in recorded), head=head, length=length, kinds=KINDS)
    if found is not None:
        return found
    for entry, sealed in recorded:
        try:
            if key is not None:
                content(chain_id, entry, sealed, key)
            elif sealed is not None and hashlib.sha256(sealed).hexdigest() != entry.payload_digest:
                return journal.Break(entry.seq, "payload-altered")
        except errors.StateCorrupt:
            return journal.Break(entry.seq, "payload-missing" if sealed is None else "payload-altered")
    return None
