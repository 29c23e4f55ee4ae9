"""What every view needs of the request: the engine, who asks, the instant, the office's zone, the language."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g, session

from engine.results import Account
from engine.types import Actor, Text

EXTENSION = "kawal"


def engine() -> Any:
    """The engine behind this application (duck-typed: `engine.Engine` or a test double with its signatures)."""
    return current_app.extensions[EXTENSION]


def actor() -> Actor:
    """Who asks. Only valid behind a route that the policy table does not call public."""
    found: Actor = g.actor
    return found


def account() -> Account | None:
    """The signed-in account, or None on public pages."""
    found: Account | None = g.get("account")
    return found


def now() -> datetime:
    """The instant of this request, read once, so that every time left on a page is counted from the same moment."""
    if "now" not in g:
        g.now = engine().clock.now()
    found: datetime = g.now
    return found


def zone() -> ZoneInfo:
    """The zone of the actor's office; Jakarta's before anyone signed in."""
    if "zone" not in g:
        who = g.get("actor")
        name = engine().people.zone(who) if who is not None else "Asia/Jakarta"
        g.zone = name if isinstance(name, ZoneInfo) else ZoneInfo(name)
    found: ZoneInfo = g.zone
    return found


def language() -> str:
    """`"id"` or `"en"`: on a public page what its address says, else the account's choice, the browser session's, Indonesian."""
    if "language" in g:
        return "en" if g.language == "en" else "id"
    who = account()
    chosen = who.language if who is not None else session.get("language", "id")
    return "en" if chosen == "en" else "id"


def once(session: str | None = None) -> str:
    """A key for one drawing of a form by one person (a partner without an account: by their `session`), so that a double click is one
    act; not a secret."""
    return hashlib.sha256(f"{actor().account_id if session is None else session} {now().isoformat()}".encode()).hexdigest()[:32]


def say(text: Text) -> str:
    """A two-language text of the engine in the reader's language; the Indonesian one where English is missing."""
    return text.in_language(language()) or text.id


def only_outside() -> bool:
    """Whether who asks works for a partner and not for the unit: what waits for them are referrals, not a team's queue."""
    who = g.get("actor")
    return who is not None and who.provider_id is not None


def may(action: str) -> bool:
    """Whether the actor's roles allow `action` at all; used to hide links that would only be refused."""
    who = g.get("actor")
    return who is not None and bool(engine().allows(who, action))
