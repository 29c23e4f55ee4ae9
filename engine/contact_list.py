"""F26, the list of providers as a paper: set by the template that the agency's own SOPs bring, else by a plain one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from engine import errors, letters
from engine.date_words import day_in_words
from engine.executor import Context
from engine.provider_results import KINDS, SERVICES, Provider
from engine.types import Value
from storage import agencies, deployments

CODE: Final = "F26"
TITLE: Final = "Daftar Kontak Penyelenggara"
_PLAIN: Final = Path(__file__).with_name("render") / "contact_list.typ"
_KINDS: Final = {value: text.id for value, text in KINDS}
_SERVICES: Final = {value: text.id for value, text in SERVICES}


def pdf(context: Context, providers: Sequence[Provider]) -> bytes:
    """The paper, in Indonesian."""
    agency = agencies.get(context.uow, context.actor.agency_id)
    if agency is None:
        raise errors.NotFound(agency_id=context.actor.agency_id)
    template, beside = _template(context)
    data: dict[str, Any] = {
        "code": CODE, "number": "", "title": TITLE, "date": day_in_words(context.local_day()), "line": None, "signatures": [],
        "release": None, "case": {"code": "", "risk": ""},
        "agency": {"code": agency.code, "name": agency.name, "region": agency.region,
                   "letterhead": (agency.profile or {}).get("letterhead", {})},
        "records": {"provider_directory": {"providers": [_stored(each) for each in providers]}},
        "words": {"provider_directory": {"providers": [_said(each) for each in providers]}}}
    return letters.LetterSource(template=template, data=data, files=beside).pdf({})


def _template(context: Context) -> tuple[bytes, dict[str, bytes]]:
    for row in deployments.all_in_force(context.uow, context.actor.agency_id, context.local_day()):
        found = letters.shelf(context.executor.definition(context.uow, row.id), CODE)
        if found is not None:
            return found
    return _PLAIN.read_bytes(), {}


def _stored(one: Provider) -> dict[str, Value]:
    return {"provider_name": one.values["name"], "provider_kind": one.values["kind"], "services": one.values["services"],
            "region": one.values["region"], "address": one.values["address"], "contact_person": one.values["contact_person"],
            "phone": one.values["phone"], "verified_at": one.checked_on.isoformat()}


def _said(one: Provider) -> dict[str, Value]:
    services = one.values["services"]
    listed = services if isinstance(services, list | tuple) else []
    return {**_stored(one), "provider_kind": _KINDS[str(one.values["kind"])], "verified_at": day_in_words(one.checked_on),
            "services": ", ".join(_SERVICES[str(each)] for each in listed)}
