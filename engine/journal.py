"""The journal of one instance: its stimuli in order, hash-chained (design.md 3).

An entry says in clear when and by whom a stimulus came, of which kind; what it carried is in a ciphertext under the case key,
of which the entry holds the digest. So whoever has no key can still verify that no entry was changed, dropped, swapped or
added, and whoever has it can replay the content.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engine import canonical, transition

#: The interpreter's meaning. A change that would move a golden digest raises it, and the old behaviour stays.
SEMANTICS = 1

#: In an entry's note: it was made by the same command as the one before, so nobody ever saw the instance between the two.
SAME_COMMAND = "same_command"
#: In the note of an act that needs one: why.
REASON = "reason"
#: In the note of a completed task: since when its holder had claimed it.
CLAIMED_AT = "claimed_at"
#: In the note of what a substitute did: the accounts in whose place; absent from everybody else's.
ACTING_FOR = "acting_for"
#: In the note of what a provider without an account did, or a companion in its place: the provider by name. Absent from all others.
PROVIDER = "provider"

#: In the note of a migration: the numbers of the versions the instance ran by before and from then on.
VERSIONS = "versions"

GENESIS = bytes(32)  # what the first entry of every chain points at

KINDS: Mapping[str, type] = {
    "start": transition.Start,
    "complete_task": transition.CompleteTask,
    "fire_timer": transition.FireTimer,
    "complete_operation": transition.CompleteOperation,
    "fail_operation": transition.FailOperation,
    "receive_message": transition.ReceiveMessage,
    "receive_signal": transition.ReceiveSignal,
    "retry_element": transition.RetryElement,
    "change_tables": transition.ChangeTables,
    "suspend": transition.Suspend,
    "resume": transition.Resume,
    "cancel": transition.Cancel,
    "accept_stated_time": transition.AcceptStatedTime,
    "correct": transition.Correct,
    "ask_correction": transition.AskCorrection,
    "answer_correction": transition.AnswerCorrection,
    "migrate": transition.Migrate,
    "ask_modify": transition.AskModify,
    "refuse_modify": transition.RefuseModify,
    "modify": transition.Modify,
}
_NAMES = {stimulus: kind for kind, stimulus in KINDS.items()}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One journal entry. `definition` is the digest of what the instance runs by once it is written: a migration names the new one.
    `payload_digest` is SHA-256 of the ciphertext, `state_digest` an HMAC under the case key, in hex."""

    chain_id: str
    seq: int
    at: datetime
    recorded_at: datetime
    actor_id: str
    kind: str
    payload_digest: str
    state_digest: str
    definition: str
    semantics: int
    prev_hash: bytes
    hash: bytes


def kind_of(stimulus: transition.Stimulus) -> str:
    """The word the journal uses for a stimulus."""
    return _NAMES[type(stimulus)]


def content_bytes(stimulus: transition.Stimulus, submission: Mapping[str, Any] | None, note: Mapping[str, Any] | None) -> bytes:
    """What is encrypted for one entry: the stimulus, what the form sent, and what belongs to the act (reason, task id)."""
    fields = {field.name: getattr(stimulus, field.name) for field in dataclasses.fields(stimulus)
              if getattr(stimulus, field.name) is not None or not field.metadata}
    return canonical.dumps({"stimulus": fields, "submission": submission, "note": note})


def read_content(kind: str, content: bytes) -> tuple[transition.Stimulus, Mapping[str, Any] | None, Mapping[str, Any]]:
    """The stimulus, submission and note that `content_bytes` wrote."""
    read = canonical.loads(content)
    return KINDS[kind](**read["stimulus"]), read["submission"], read["note"] or {}


def next_entry(
    previous: bytes, *, chain_id: str, seq: int, at: datetime, recorded_at: datetime, actor_id: str, kind: str,
    payload_digest: str, state_digest: str, definition: str, semantics: int = SEMANTICS,
) -> Entry:
    """The entry that follows `previous` (the hash of the one before, `GENESIS` for the first)."""
    entry = Entry(
        chain_id=chain_id, seq=seq, at=at.astimezone(UTC), recorded_at=recorded_at.astimezone(UTC), actor_id=actor_id, kind=kind,
        payload_digest=payload_digest, state_digest=state_digest, definition=definition, semantics=semantics,
        prev_hash=previous, hash=b"",
    )
    return dataclasses.replace(entry, hash=hash_of(entry))


def hash_of(entry: Entry) -> bytes:
    """SHA-256 over the previous hash and the entry's canonical bytes."""
    return hashlib.sha256(entry.prev_hash + body_bytes(entry)).digest()


def body_bytes(entry: Entry) -> bytes:
    """The canonical bytes of an entry, without the two hashes."""
    return canonical.dumps(
        {
            "instance": entry.chain_id, "seq": entry.seq, "at": entry.at, "recorded_at": entry.recorded_at, "actor": entry.actor_id,
            "kind": entry.kind, "payload": entry.payload_digest, "state": entry.state_digest, "definition": entry.definition,
            "semantics": entry.semantics,
        }
    )


def state_digest(mac_key: bytes, meaning: Mapping[str, Any]) -> str:
    """HMAC-SHA-256 of the canonical bytes of a transition's meaning, in hex."""
    return hmac.new(mac_key, canonical.dumps(meaning), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Break:
    """The first entry at which a chain does not hold, and why, in a word."""

    seq: int
    reason: str


def first_break(
    chain_id: str, entries: Iterable[Entry], *, head: bytes | None = None, length: int | None = None, kinds: Collection[str] = KINDS.keys(),
) -> Break | None:
    """Where the chain breaks first, or None; `kinds` are those that may stand in it.

    `head` and `length` are what the instance row (or an anchor kept elsewhere) says: without them a cut-off tail is invisible.
    """
    previous, seq = GENESIS, 0
    for entry in entries:
        seq += 1
        if entry.seq != seq:
            return Break(seq, "missing-or-out-of-order")
        if entry.chain_id != chain_id:
            return Break(seq, "foreign-entry")
        if entry.prev_hash != previous:
            return Break(seq, "chain-broken")
        if entry.kind not in kinds:
            return Break(seq, "unknown-kind")
        if hash_of(entry) != entry.hash:
            return Break(seq, "entry-altered")
        previous = entry.hash
    if length is not None and seq != length:
        return Break(min(seq, length) + 1, "tail-missing" if seq < length else "tail-added")
    if head is not None and previous != head:
        return Break(max(seq, 1), "head-differs")
    return None


def spoiled(entry: Entry) -> Entry:
    """The entry, made so that it cannot verify: its stored body and its columns tell different stories."""
    return dataclasses.replace(entry, hash=bytes(32))
