"""What a directory says of a provider: checked, sealed under a key of the agency, opened again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from engine import canonical, seal
from engine.executor import Context
from engine.provider_results import KINDS, SERVICES, Provider
from engine.types import Value
from storage import randomness
from storage.providers import ProviderRow

#: Key -> most characters; 0: a list or a yes and no.
FIELDS: Final[Mapping[str, int]] = {
    "name": 200, "display_name": 120, "kind": 40, "services": 0, "region": 120, "address": 300, "contact_person": 120, "phone": 60,
    "hours": 200, "always_open": 0, "capacity": 200, "stops": 200, "basis": 200}
REQUIRED: Final = ("name", "display_name", "kind", "services")
_LISTED: Final = {"services": frozenset(value for value, _ in SERVICES), "kind": frozenset(value for value, _ in KINDS)}
_HEALTH: Final = re.compile(r"\b(hiv|aids|vct|arv|odha|odhiv|ims|jiwa|napza|narkoba|kusta|tbc?)\b", re.IGNORECASE)
Problems = dict[str, tuple[str, str]]


def checked(given: Mapping[str, Value]) -> tuple[dict[str, Value], Problems]:
    """What may be kept of what was typed, and what is wrong with it."""
    values: dict[str, Value] = {}
    problems: Problems = {}
    for key, most in FIELDS.items():
        value = given.get(key)
        if key == "services":
            values[key] = [each for each in value if each in _LISTED[key]] if isinstance(value, list | tuple) else []
        elif key == "always_open":
            values[key] = value is True or value == "true"
        else:
            values[key] = text = " ".join(str(value or "").split())
            if len(text) > most:
                problems[key] = (f"Paling banyak {most} huruf.", f"At most {most} characters.")
    if values["kind"] not in _LISTED["kind"]:
        values["kind"] = ""
    for key in REQUIRED:
        if not values[key]:
            problems[key] = ("Isian ini perlu diisi.", "This is needed.")
    if _HEALTH.search(str(values["display_name"])):
        problems["display_name"] = ("Nama yang tampil di kasus tidak boleh membuka keadaan kesehatan: sebut lembaganya saja.",
                                    "The name that cases show may not tell a health condition: name the institution only.")
    if values["kind"] == "shelter" and values["address"]:
        problems["address"] = ("Letak rumah aman tidak dicatat di direktori.", "Where a shelter is stands in no directory.")
    return values, problems


def sealed(context: Context, provider_id: str, values: Mapping[str, Value]) -> bytes:
    """The values, for storage."""
    return seal.seal(_key(context), canonical.dumps(dict(values)), nonce=randomness.random_bytes(seal.NONCE_BYTES),
                     bound_to=_binding(provider_id))


def opened(context: Context, row: ProviderRow, *, due_before: date) -> Provider:
    """The provider again; one last checked before `due_before` is to be checked."""
    values = canonical.loads(seal.unseal(_key(context), row.ciphertext, bound_to=_binding(row.id)))
    assert isinstance(values, Mapping)
    return Provider(id=row.id, revision=row.revision, checked_on=row.checked_on, is_due=row.checked_on < due_before,
                    display_name=str(values["display_name"]), values=values)


def _key(context: Context) -> bytes:
    return seal.derived(context.executor.master_key, f"providers of {context.actor.agency_id}")


def _binding(provider_id: str) -> str:
    return f"provider:{provider_id}"
