"""How often the expensive doors may be tried. Counted per process, by account and address: nobody can lock another out."""

from __future__ import annotations

import hashlib

from flask import Flask, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)


def init_app(app: Flask) -> None:
    """Start counting for `app`."""
    app.config.setdefault("RATELIMIT_ENABLED", True)
    limiter.init_app(app)


def who_and_where() -> str:
    """Account tried and address, hashed: a wrong guess from one office never slows the owner elsewhere."""
    typed = request.form.get("sign_in", "").strip().casefold()[:200]
    return hashlib.sha256(f"{typed}\0{get_remote_address()}".encode()).hexdigest()


def per_account() -> str:
    """The signed-in account."""
    account = g.get("account")
    return account.id if account is not None else get_remote_address()
