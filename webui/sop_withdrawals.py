"""A version of an SOP is proposed to be withdrawn, on its own page, and another person approves that or sends it back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.errors import EngineError, InvalidSubmission, NotAllowed, NotFound
from webui import context, forms, limits, sop_drafts, sops

pages = Blueprint("sop_withdrawals", __name__, url_prefix="/sop/<deployment_id>/cabut")
_PLACE = "cabut"

Answer = str | Response | tuple[str, int]


@pages.post("")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def propose(deployment_id: str) -> Answer:
    """Lay it before those who approve."""
    def act() -> None:
        day = forms.typed_day(request.form, "withdrawn_from")
        if day is None:
            raise InvalidSubmission({"withdrawn_from": ("Isi tanggal mulai dicabut.", "Enter the day it is withdrawn from.")})
        context.engine().sops.propose_withdrawal(
            context.actor(), deployment_id, decree=request.form.get("decree", ""), withdrawn_from=day,
            reason=request.form.get("reason", ""))

    return _change(deployment_id, act)


@pages.post("/<withdrawal_id>/sahkan")
@limits.limiter.limit("10 per minute", key_func=limits.per_account)
def approve(deployment_id: str, withdrawal_id: str) -> Answer:
    """Withdraw the version; the passphrase is asked again."""
    return _change(deployment_id, lambda: context.engine().sops.approve_withdrawal(
        context.actor(), deployment_id, withdrawal_id, reason=request.form.get("reason", ""),
        passphrase=request.form.get("passphrase", ""), address=request.remote_addr or ""))


@pages.post("/<withdrawal_id>/kembalikan")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def send_back(deployment_id: str, withdrawal_id: str) -> Answer:
    """The version stays as it is."""
    return _change(deployment_id, lambda: context.engine().sops.send_back_withdrawal(
        context.actor(), deployment_id, withdrawal_id, reason=request.form.get("reason", "")))


@pages.post("/<withdrawal_id>/tarik")
@limits.limiter.limit("20 per minute", key_func=limits.per_account)
def take_back(deployment_id: str, withdrawal_id: str) -> Answer:
    """The viewer's own proposal is none any more."""
    return _change(deployment_id, lambda: context.engine().sops.take_back_withdrawal(context.actor(), deployment_id, withdrawal_id))


def _change(deployment_id: str, act: Callable[[], None]) -> Answer:
    try:
        act()
    except (NotFound, NotAllowed):
        raise
    except EngineError as refusal:
        return sops.version_page(deployment_id, problem=sop_drafts.why(refusal), place=_PLACE), 422
    return redirect(url_for("sops.show", deployment_id=deployment_id, _anchor=_PLACE), code=303)
