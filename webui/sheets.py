"""Small forms of the office (who is on duty, what a session said), drawn and read as task forms are: one look, one error summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import render_template

from engine.errors import InvalidSubmission
from engine.results import FormField, FormView
from engine.types import Text, Value
from webui import forms
from webui.versions import Line

NO_HELP = Text("", "")


def field(key: str, kind: str, label: Text, *, help: Text = NO_HELP, required: bool = False,
          options: Sequence[tuple[str, str]] = (), fields: Sequence[FormField] = ()) -> FormField:
    """One question; `options` are (value, words) of which the words are names or codes, the same in every language."""
    return FormField(key=key, type=kind, label=label, help=help, required=required, steering=False, sensitivity="C1",
                     options=tuple((value, Text(words, words)) for value, words in options), fields=tuple(fields))


def choice(key: str, label: Text, options: Sequence[tuple[str, Text]]) -> FormField:
    """A question with one answer of these, which is required."""
    return FormField(key=key, type="choice", label=label, help=NO_HELP, required=True, steering=False, sensitivity="C1",
                     options=tuple(options))


def sheet(key: str, title: Text, *fields: FormField, help: Text = NO_HELP) -> FormView:
    """A form of the office."""
    return FormView(key=key, title=title, help=help, clause="", fields=fields)


def draw(template: str, form: FormView, values: Mapping[str, Value], *, problems: Mapping[str, str] | None = None,
         add_row_to: str = "", beside: Sequence[Line] = (), **more: Any) -> str:
    """The page `template` with the form on it, filled and marked; `beside` are the answers of another version, where there is one: then
    nothing was kept of this one."""
    drawn = forms.controls(form, forms.without_files(form, values) if beside else values, problems, add_row_to=add_row_to)
    loose = forms.loose(drawn, problems)
    return render_template(template, form=form, controls=drawn, summary=forms.summary(drawn), loose=loose,
                           has_problems=bool(problems), beside=beside, **more)


def instants(typed: Mapping[str, Value], *keys: str) -> list[datetime]:
    """Dates with times as read. Raises `InvalidSubmission` that names every one that is none."""
    found, problems = [], {}
    for key in keys:
        try:
            found.append(datetime.fromisoformat(str(typed.get(key, ""))))
        except ValueError:
            problems[key] = ("Tulis tanggal dan jam, misalnya 24 November 2026 08.30.",
                             "Give a date and a time, such as 24 November 2026 08.30.")
    if problems:
        raise InvalidSubmission(problems)
    return found


def day(typed: Mapping[str, Value], key: str) -> date:
    """A date as read. Raises `InvalidSubmission` for one that is none."""
    try:
        return date.fromisoformat(str(typed.get(key, "")))
    except ValueError:
        raise InvalidSubmission({key: ("Tulis tanggal, misalnya 24 November 2026.", "Give a date, such as 24 November 2026.")}) from None
