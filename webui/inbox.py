"""The inbox: what is mine, what my team may take, what is set aside, what is done. Late first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import EngineError
from engine.results import Colleague, InboxFilters, SopSummary
from engine.types import TaskSummary
from webui import access_words, context

pages = Blueprint("inbox", __name__)
BOXES = ("mine", "pool", "aside", "done")
SHORT = 5   # rows that are seen at a glance: no filters stand before them
RISKS = ("high", "medium", "low")
ID_LENGTH = 100
#: A filter as the address names it. The values are ids and enumerations, so that no address ever holds a person's words.
NAMES = {"box": "kotak", "risk": "risiko", "sop_key": "sop", "element_id": "langkah", "role": "peran", "case_id": "kasus",
         "late_only": "lewat"}


@pages.get("/")
def home() -> Response:
    """Where a person begins: whoever answers for decisions at the desk, others at the tasks, or at what else the role is for."""
    if context.may("desk.read"):
        return redirect(url_for("desk.show"), code=303)
    if context.may("task.list"):
        return redirect(url_for("inbox.show"), code=303)
    return redirect(url_for("cases.index" if context.may("case.list") else
                            "sops.index" if context.may("sop.list") else "notices.show"), code=303)


@pages.get("/tugas")
def show() -> str:
    """One box of the inbox."""
    filters = read_filters(request.args)
    number = max(1, min(10_000, request.args.get("hal", 1, type=int)))
    tasks = context.engine().tasks
    page = tasks.inbox(context.actor(), filters, number)
    narrowed = narrowing(filters)
    opened = request.args.get("saring") == "1"
    return render_template(
        "inbox.html", filters=filters, page=page, address=address(filters), narrowed=narrowed,
        counts=tasks.counts(context.actor()), boxes=BOXES, risks=RISKS, saved=tasks.saved_filters(context.actor()),
        choices=_choices(filters) if narrowed - {"risk", "late_only"} or opened else None,
        person_words=access_words.person, is_worth_filtering=bool(narrowed) or opened or page.total > SHORT,
        colleagues=who_may_take(page.rows) if filters.box in ("mine", "pool", "aside") else (),
        orphans=tasks.orphans(context.actor()) if context.may("task.assign") else {},
    )


def who_may_take(rows: Sequence[TaskSummary]) -> list[Colleague]:
    """Whom tasks of this page may be handed to: who holds a role of one, as far as the reader knows it; partners among themselves."""
    wanted = {row.role for row in rows}
    return [one for one in (context.engine().tasks.colleagues(context.actor()) if rows else ())
            if ("" in wanted or wanted & set(one.roles)) and one.is_outside == context.only_outside()]


@pages.post("/tugas/kasus")
def by_code() -> Response:
    """From a typed case code to the address of its tasks, which holds the case's id; a code of no task of theirs leads back."""
    filters = read_filters(request.form)
    case_id = context.engine().tasks.case_of_code(context.actor(), request.form.get("kode", "")[:ID_LENGTH])
    if case_id is None:
        flash("no-case", "warn")
        return redirect(url_for("inbox.show", **address(filters)), code=303)
    return redirect(url_for("inbox.show", **{**address(filters), "kasus": case_id}), code=303)


@pages.post("/tugas/saringan")
def save_filter() -> Response:
    """Keep the filters of the page under a name, for oneself or for a role's holders."""
    filters = read_filters(request.form)
    try:
        context.engine().tasks.save_filter(
            context.actor(), request.form.get("nama", "")[:ID_LENGTH], filters, role=request.form.get("untuk") or None)
        flash("filter-saved", "ok")
    except EngineError as refusal:
        flash(f"refused {refusal.code}", "warn")
    return redirect(url_for("inbox.show", **address(filters)), code=303)


@pages.post("/tugas/saringan/<filter_id>/hapus")
def remove_filter(filter_id: str) -> Response:
    """A saved filter nobody needs any more."""
    context.engine().tasks.remove_filter(context.actor(), filter_id)
    return redirect(url_for("inbox.show"), code=303)


def read_filters(given: Any) -> InboxFilters:
    """The filters in an address or a form; what is not one of ours is ignored."""
    box, risk, role = given.get("kotak", "mine"), given.get("risiko", ""), given.get("peran", "")
    return InboxFilters(
        box=box if box in BOXES else "mine",
        sop_key=(given.get("sop") or None) and given["sop"][:ID_LENGTH],
        element_id=(given.get("langkah") or None) and given["langkah"][:ID_LENGTH],
        case_id=(given.get("kasus") or None) and given["kasus"][:ID_LENGTH],
        risk=risk if risk in RISKS else None,
        role=role if role in context.actor().roles else None,
        late_only=given.get("lewat") == "1",
    )


def address(filters: InboxFilters) -> dict[str, Any]:
    """The filters as an address names them; nothing for those that are not set."""
    return {NAMES[name]: "1" if value is True else value for name, value in asdict(filters).items() if value}


def narrowing(filters: InboxFilters) -> frozenset[str]:
    """Which filters beside the box are set."""
    return frozenset(name for name, value in asdict(filters).items() if value and name != "box")


def _choices(filters: InboxFilters) -> dict[str, Any]:
    """What the selects of the filter offer: the SOPs in force, and the steps that people do of the chosen one."""
    sops: tuple[SopSummary, ...] = context.engine().sops.newest(context.actor()) if context.may("sop.list") else ()
    chosen = next((sop for sop in sops if sop.key == filters.sop_key), None)
    steps = context.engine().sops.steps(context.actor(), chosen.deployment_id) if chosen is not None else ()
    return {"sops": sorted(sops, key=lambda sop: sop.title), "steps": [step for step in steps if step.done_by == "people"]}
