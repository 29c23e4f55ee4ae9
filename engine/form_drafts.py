"""The part of `engine.cases` that keeps what somebody typed into a form and has not sent: sealed, per person and form, until it is sent.

Drafts of tasks are with `engine.tasks`; a supervision note's and a partner's with theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from engine import actions, authorization, errors, facts
from engine.commands import form_drafts as commands
from engine.executor import Context, Executor
from engine.types import Actor, Value

#: What kinds of a case's forms have drafts, and what somebody must be allowed to do with the case who has one.
_MAY: Final = {commands.NOTE: "case.record", commands.ACTION: actions.ACT, commands.ANSWER: "case.refer",
               commands.CORRECTION: "case.correct"}
_START: Final = "case.start"
_LONGEST: Final = 200


class FormDrafts:
    """Drafts of start forms, which belong to no case yet, and of forms of a case. None of them is in any journal.

    A form of a case is named by its kind and what it is about: `note`, `note:<number>`, `action:<action>`, `answer:<task>`,
    `correction:<instance>:<entry>`.
    """

    _executor: Executor

    def save_start_draft(self, actor: Actor, key: str, submission: Mapping[str, Any]) -> datetime:
        """Keeps what was typed so far, unvalidated; when. It takes the place of what was kept before."""
        authorization.require(actor, _START)
        return self._executor.run(actor, lambda context: commands.keep(context, commands.own(context, commands.START, key), submission))

    def start_draft(self, actor: Actor, key: str) -> tuple[Mapping[str, Value], datetime | None]:
        """What the actor typed for this SOP and when it was kept; nothing, and None, where there is none."""
        authorization.require(actor, _START)
        return self._executor.read(actor, lambda context: commands.kept(context, commands.own(context, commands.START, key)))

    def drop_start_draft(self, actor: Actor, key: str) -> None:
        """Forgets it. Dropping what is not there changes nothing."""
        authorization.require(actor, _START)
        self._executor.run(actor, lambda context: commands.drop(context, commands.START, key))

    def save_form_draft(self, actor: Actor, case_id: str, form: str, submission: Mapping[str, Any]) -> datetime:
        """As `save_start_draft`, for a form of a case. Raises `NotFound` where the form is not the actor's to fill in."""
        return self._executor.run(actor, lambda context: commands.keep(context, _place(context, case_id, form), submission))

    def form_draft(self, actor: Actor, case_id: str, form: str) -> tuple[Mapping[str, Value], datetime | None]:
        """As `start_draft`, for a form of a case; nothing of one that was erased. Raises as `save_form_draft`."""

        def query(context: Context) -> tuple[Mapping[str, Value], datetime | None]:
            try:
                return commands.kept(context, _place(context, case_id, form))
            except errors.KeyDestroyed:
                return commands.NOTHING

        return self._executor.read(actor, query)

    def drop_form_draft(self, actor: Actor, case_id: str, form: str) -> None:
        """As `drop_start_draft`, for a form of a case."""

        def command(context: Context) -> None:
            place = _place(context, case_id, form)
            commands.drop(context, place.kind, place.about, case_id=case_id)

        self._executor.run(actor, command)


def _place(context: Context, case_id: str, form: str) -> commands.Place:
    kind, _, about = form.partition(":")
    if kind not in _MAY or len(form) > _LONGEST:
        raise errors.NotFound(form=kind)
    row, known = facts.seen_case(context, case_id, _MAY[kind])
    if kind == commands.ACTION:   # it may be named by its element, too
        about = actions.named(context, case_id, known, about).row.token_id
    return commands.in_case(context, row, kind, about)
