"""The part of `engine.cases` that keeps what somebody typed into a start form: per person and SOP, sealed, until it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine import authorization, canonical, seal
from engine.executor import Context, Executor
from engine.types import Actor, Value
from storage import randomness, start_drafts


class StartDrafts:
    """Drafts of start forms. There is no case yet: they are sealed under a key of their own per person."""

    _executor: Executor

    def save_start_draft(self, actor: Actor, key: str, submission: Mapping[str, Any]) -> datetime:
        """Keeps what was typed so far, unvalidated; when. It takes the place of what was kept before."""
        authorization.require(actor, "case.start")

        def command(context: Context) -> datetime:
            sealed = seal.seal(_key(context), canonical.dumps(dict(submission)), nonce=randomness.random_bytes(seal.NONCE_BYTES),
                               bound_to=_binding(actor, key))
            start_drafts.put(context.uow, start_drafts.StartDraftRow(
                account_id=actor.account_id, sop_key=key, agency_id=actor.agency_id, ciphertext=sealed, saved_at=context.now))
            return context.now

        return self._executor.run(actor, command)

    def start_draft(self, actor: Actor, key: str) -> tuple[Mapping[str, Value], datetime | None]:
        """What the actor typed for this SOP and when it was kept; nothing, and None, where there is none."""
        authorization.require(actor, "case.start")

        def query(context: Context) -> tuple[Mapping[str, Value], datetime | None]:
            row = start_drafts.get(context.uow, actor.account_id, key)
            if row is None or row.agency_id != actor.agency_id:
                return {}, None
            return canonical.loads(seal.unseal(_key(context), row.ciphertext, bound_to=_binding(actor, key))), row.saved_at

        return self._executor.read(actor, query)

    def drop_start_draft(self, actor: Actor, key: str) -> None:
        """Forgets it. Dropping what is not there changes nothing."""
        authorization.require(actor, "case.start")
        self._executor.run(actor, lambda context: start_drafts.drop(context.uow, actor.account_id, key))


def _key(context: Context) -> bytes:
    return seal.derived(context.executor.master_key, f"start drafts of {context.actor.account_id}")


def _binding(actor: Actor, key: str) -> str:
    return f"start draft:{actor.account_id}:{key}"
