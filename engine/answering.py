"""A form that refuses what a story answers, asked again once for all stories: which questions, and how the answers are put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from engine.draft_edits import FormAnswer, StepAnswer
from engine.errors import EngineError, InvalidSubmission
from engine.results import FormView
from engine.types import Value


class AnswerRefused(Exception):
    """The form does not take the answers in this story; `problems` name the fields."""

    def __init__(self, problems: dict[str, tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__(sorted(problems))


def answered(
    answer: StepAnswer | FormAnswer | None, form: FormView | None, submission: Mapping[str, Value],
    send: Callable[[Mapping[str, Value]], Mapping[str, Value]],
) -> tuple[dict[str, Value], Mapping[str, Value]]:
    """Sends a submission of `form`, with the answers in the place of what it refuses, and of that only. The answers that were needed, and
    what `send` read of all of it. Raises `AnswerRefused`, and what `send` raises."""
    needed = dict[str, Value]()
    asked = answer.submission if isinstance(answer, FormAnswer) and form is not None and form.key == answer.form else {}
    while True:
        try:
            return needed, send({**submission, **needed})
        except InvalidSubmission as refused:
            if not asked or not refused.problems.keys() <= asked.keys():
                raise
            if refused.problems.keys() <= needed.keys():
                raise AnswerRefused(refused.problems) from None
            needed |= {key: asked[key] for key in refused.problems}


def said(refused: EngineError, form: FormView | None) -> dict[str, Any]:
    """A refusal in both languages; of a form also its key and title, and what of it was refused, with its labels where it is a question."""
    keys = list(refused.problems) if isinstance(refused, InvalidSubmission) else []
    found: dict[str, Any] = {"id": refused.message("id"), "en": refused.message("en"), "fields": keys}
    if form is None or not keys:
        return found
    labels = {field.key: field.label for field in form.fields}
    return {**found, "form": {"key": form.key, "id": form.title.id, "en": form.title.en}, "labels": {
        language: [getattr(labels[key], language) if key in labels else key for key in keys] for language in ("id", "en")}}


def asked_again(form: FormView, refused: Collection[str]) -> FormView:
    """Only the refused questions of a form, which apply, and the mandatory ones that their answers may bring up."""
    asked = set(refused)
    while more := {field.key for field in form.fields if field.required and asked & set(re.findall(r"\w+", field.show_if or ""))} - asked:
        asked |= more
    return replace(form, fields=tuple(
        replace(field, show_if=None) if field.key in refused else field for field in form.fields if field.key in asked))
