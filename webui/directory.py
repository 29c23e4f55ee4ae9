"""The directory of providers: whom an agency can send people to, when each was last checked, and the list as a paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, flash, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.errors import InvalidSubmission
from engine.provider_results import KINDS, SERVICES, Directory, Provider
from engine.results import FormField, FormView
from engine.types import Text, Value
from webui import context, forms, sheets

pages = Blueprint("directory", __name__, url_prefix="/penyelenggara")
_KINDS, _SERVICES = dict(KINDS), dict(SERVICES)


def init_app(app: Flask) -> None:
    """What forms offer where they ask for a provider."""
    app.jinja_env.globals.update(provider_names=provider_names)


def provider_names() -> tuple[str, ...]:
    """The providers the reader's agency knows, read once for a page."""
    if "provider_names" not in g:
        g.provider_names = context.engine().providers.names(context.actor()) if "actor" in g and g.actor is not None else ()
    found: tuple[str, ...] = g.provider_names
    return found


@pages.get("")
def index() -> str:
    """All of them."""
    directory: Directory = context.engine().providers.directory(context.actor())
    return sheets.draw("providers.html", _form(), {}, directory=directory, kinds=_KINDS, services=_SERVICES)


@pages.get("/daftar.pdf")
def contact_list() -> Response:
    """The list F26."""
    answer = make_response(context.engine().providers.contact_list(context.actor()))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = 'attachment; filename="F26.pdf"'
    return answer


@pages.get("/baru")
def new_page() -> str:
    """A sheet for one more."""
    return _page({}, None)


@pages.post("")
def add() -> Response | tuple[str, int]:
    """One more."""
    typed = forms.read(_form(), request.form)
    try:
        context.engine().providers.save(context.actor(), typed, idempotency_key=request.form.get("once"))
    except InvalidSubmission as refusal:
        return _page(typed, None, forms.problems_of(refusal)), 422
    flash("provider-kept", "ok")
    return redirect(url_for("directory.index"), code=303)


@pages.get("/<provider_id>")
def edit_page(provider_id: str) -> str:
    """One of them, to be written anew."""
    known: Provider = context.engine().providers.get(context.actor(), provider_id)
    return _page(_shown(known), known)


@pages.post("/<provider_id>")
def edit(provider_id: str) -> Response | tuple[str, int]:
    """Written anew."""
    engine, who = context.engine(), context.actor()
    known: Provider = engine.providers.get(who, provider_id)
    typed = forms.read(_form(), request.form)
    try:
        engine.providers.save(who, typed, provider_id=provider_id, expected_revision=request.form.get("revision", -1, type=int))
    except InvalidSubmission as refusal:
        return _page(typed, known, forms.problems_of(refusal)), 422
    flash("provider-kept", "ok")
    return redirect(url_for("directory.index"), code=303)


@pages.post("/<provider_id>/periksa")
def confirm(provider_id: str) -> Response:
    """All of it is still so."""
    context.engine().providers.confirm(context.actor(), provider_id)
    flash("provider-checked", "ok")
    return redirect(url_for("directory.index"), code=303)


@pages.post("/<provider_id>/hapus")
def remove(provider_id: str) -> Response:
    """Out of the directory."""
    context.engine().providers.remove(context.actor(), provider_id)
    flash("provider-removed", "ok")
    return redirect(url_for("directory.index"), code=303)


def _page(typed: Mapping[str, Value], known: Provider | None, problems: Mapping[str, str] | None = None) -> str:
    return sheets.draw("provider_form.html", _form(), typed, problems=problems, known=known,
                       once=request.form.get("once") or context.once())


def _shown(known: Provider) -> dict[str, Value]:
    """Its values as a form takes them."""
    return {key: value for key, value in known.values.items() if value not in ("", [], None)}


def _form() -> FormView:
    return sheets.sheet(
        "provider", Text("Penyelenggara", "Provider"),
        _field("name", Text("Nama lengkap", "Full name"), required=True),
        _field("display_name", Text("Nama yang tampil di kasus", "Name that cases show"), required=True,
               help=Text("Lembaganya saja. Nama klinik atau poli dapat membuka keadaan kesehatan.",
                         "The institution only. The name of a clinic may tell a health condition.")),
        _field("kind", Text("Jenis", "Kind"), kind="choice", required=True, options=KINDS),
        _field("services", Text("Layanan", "Services"), kind="choices", required=True, options=SERVICES),
        _field("region", Text("Wilayah", "Place")),
        _field("address", Text("Alamat", "Address"), help=Text("Letak rumah aman tidak dicatat.", "Where a shelter is, is not kept.")),
        _field("contact_person", Text("Narahubung", "Contact person")),
        _field("phone", Text("Telepon", "Telephone")),
        _field("hours", Text("Jam layanan", "Hours")),
        _field("always_open", Text("Darurat 24 jam", "Emergencies day and night"), kind="boolean"),
        _field("capacity", Text("Daya tampung hari ini", "Capacity today")),
        _field("stops", Text("Berhenti melayani (alasan, sampai kapan)", "Has stopped (why, until when)"),
               help=Text("Yang diisi di sini tidak ditawarkan di formulir.", "Whoever has this filled in is not offered in forms.")),
        _field("basis", Text("Dasar kerja sama", "Basis of cooperation")))


def _field(key: str, label: Text, *, kind: str = "text", options: tuple[tuple[str, Text], ...] = (), **more: Any) -> FormField:
    return FormField(key=key, type=kind, label=label, help=more.get("help", sheets.NO_HELP), required=more.get("required", False),
                     steering=False, sensitivity="C1", options=options, fields=())
