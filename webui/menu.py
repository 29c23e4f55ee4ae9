"""The main menu: what a role does every day stands in it, at most three entries and the notices; everything else is one press away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import g, request, url_for
from flask_babel import gettext as _

from webui import context

DAILY = 3


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry as it is drawn."""

    words: str
    address: str
    is_here: bool


@dataclass(frozen=True, kw_only=True)
class Menu:
    """`first` stands in the bar; `more` behind its last entry."""

    first: tuple[Entry, ...]
    more: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where an entry leads, for whom, and of which pages it is the entry."""

    words: Callable[[], str]
    endpoint: str
    action: str = ""         # "" for everybody who is signed in
    unless: str = ""         # an action whose entry leads there, too
    pages: frozenset[str] = frozenset()


def _place(words: Callable[[], str], endpoint: str, action: str = "", *, unless: str = "", pages: str = "") -> _Place:
    return _Place(words=words, endpoint=endpoint, action=action, unless=unless,
                  pages=frozenset({endpoint.partition(".")[0], *pages.split()}))


_WORK = (
    _place(lambda: _("Meja"), "desk.show", "desk.read", pages="roster supervision"),
    _place(lambda: _("Rujukan") if context.only_outside() else _("Tugas"), "inbox.show", "task.list", pages="task handling"),
    _place(lambda: _("Kasus"), "cases.index", "case.list",
           pages="case_search case_file case_staff notes actions corrections referrals replay access"),
    _place(lambda: _("Akses"), "access.reviews", "access.list", unless="case.list"),
    _place(lambda: "SOP", "sops.index", "sop.list",
           pages="sop_drafts sop_withdrawals trials scenarios answered_steps studio form_editor table_editor table_shape document_previews "
                 "identity_editor imports"),
    _place(lambda: _("Laporan"), "reports.show", "statistics.read"),
)
_BESIDE = (
    _place(lambda: _("Piket"), "roster.show", "roster.read", unless="desk.read"),
    _place(lambda: _("Supervisi"), "supervision.index", "supervision.read", unless="desk.read"),
    _place(lambda: _("Ketidakhadiran dan pengganti"), "absences.show", "absence.record"),
    _place(lambda: _("Direktori penyelenggara"), "directory.index", "provider.read"),
    _place(lambda: _("Kode survei kepuasan"), "survey_codes.show", "survey.issue"),
    _place(lambda: _("Kalender dan parameter"), "agency_tables.show", "calendar.read"),
    _place(lambda: _("Log akses"), "access_overview.show", "access_log.read"),
    _place(lambda: _("Rangkap peran"), "dual_roles.show", "access_log.read"),
    _place(lambda: _("Akun mitra"), "partner_accounts.show", "account.change"),
    _place(lambda: _("Kendala"), "incidents.show", "incident.list"),
    _place(lambda: _("Setelan saya"), "settings.show"),
    _place(lambda: _("Daftar tombol"), "keys.show"),
)


def menu() -> Menu:
    """The menu of whoever is signed in, on this page."""
    work, beside = ([_entry(place) for place in places if _is_for_them(place)] for places in (_WORK, _BESIDE))
    return Menu(first=tuple(work[:DAILY]), more=tuple(work[DAILY:] + beside))


def _is_for_them(place: _Place) -> bool:
    return (not place.action or context.may(place.action)) and not (place.unless and context.may(place.unless))


def _entry(place: _Place) -> Entry:
    return Entry(words=place.words(), address=url_for(place.endpoint), is_here=not g.get("is_error") and request.blueprint in place.pages)
