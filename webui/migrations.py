"""What a version does to the cases that run: counted with its progress, and having them go on by it, by choice or all that can."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidSubmission, NotAllowed, NotFound
from webui import context, limits, sop_drafts

pages = Blueprint("migrations", __name__, url_prefix="/sop/akibat")
_PLACE = "padanan."    # begins the name of the choice of what takes an element's place
_COUNTS = {"safe": "aman", "mapping": "padanan", "blocked": "terhalang"}
_LONGEST = 10_000_000

Answer = str | Response | tuple[str, int]


@pages.get("/<version_id>")
def show(version_id: str) -> Answer:
    """What a version or draft would do to each running case, and the choice of those that go on by it."""
    return _page(version_id, request.args.get("sesudah", "")[:100])


@pages.get("/<version_id>/hitung")
def count(version_id: str) -> Answer:
    """How many of all running cases could go on: a thousand more each time the page is asked for, with those before in its address."""
    sops, after = context.engine().sops, request.args.get("sesudah", "")[:100]
    found = sops.count_migration(context.actor(), version_id, after=after)
    before = {name: min(max(request.args.get(word, 0, type=int), 0), _LONGEST) if after else 0 for name, word in _COUNTS.items()}
    counts = {name: before[name] + getattr(found, name) for name in _COUNTS}
    return render_template(
        "sop_effects_counted.html", found=found, counts=counts, counted=sum(counts.values()), words=_COUNTS)


@pages.post("/<version_id>/pindahkan")
@limits.limiter.limit("60 per minute", key_func=limits.per_account)
def migrate(version_id: str) -> Answer:
    """Has the chosen cases go on by the version, or all of the next that can; what came of each. Sent twice, nothing happens twice."""
    sops, actor, typed = context.engine().sops, context.actor(), request.form
    given: dict[str, Any] = {"reason": typed.get("reason", ""), "clocks": typed.get("clocks", "")}
    following = None
    try:
        if typed.get("cara") == "semua":
            some = sops.migrate_all(actor, version_id, after=typed.get("dari", "")[:100], **given)
            cases, following = some.cases, some.following
        else:
            chosen = typed.getlist("kasus")[:1000]
            if not chosen:
                raise InvalidSubmission({"kasus": ("Pilih dulu kasus yang dipindahkan.", "First choose the cases to move.")})
            mapping = {name.removeprefix(_PLACE): place for name, place in typed.items() if name.startswith(_PLACE) and place}
            cases = sops.migrate(actor, version_id, chosen, mapping=mapping, **given)
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return _page(version_id, typed.get("sesudah", "")[:100], problem=sop_drafts.why(refusal)), 422
    return render_template(
        "sop_migrated.html", sop=sops.get(actor, version_id).summary, cases=cases, following=following, given=given,
        tally=Counter(one.outcome.value for one in cases))


def _page(version_id: str, after: str, *, problem: str = "") -> str:
    found = context.engine().sops.preview_migration(context.actor(), version_id, after=after)
    choices: dict[str, tuple[str, dict[str, str]]] = {}
    for one in (each for case in found.cases if case.verdict == "mapping" for each in case.in_the_way):
        if one.element_id and one.choices:
            choices.setdefault(one.element_id, (one.name, {}))[1].update(one.choices)
    # A step that a case has passed under its former id is no new one once somebody says which it took the place of.
    places = {place for _, offered in choices.values() for place in offered}
    return render_template(
        "sop_effects.html", found=found, after=after, choices=choices, places=places, problem=problem, typed=request.form)

