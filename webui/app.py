"""The composition root of the pages: one Flask application over one engine."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from webui import (
    absences,
    access,
    access_overview,
    account,
    actions,
    agency_drafts,
    agency_tables,
    answered_steps,
    carry_over,
    case_file,
    case_search,
    case_staff,
    cases,
    context,
    desk,
    directory,
    corrections,
    dual_roles,
    document_previews,
    identity_editor,
    errors,
    form_editor,
    handling,
    imports,
    inbox,
    incidents,
    keys,
    language,
    limits,
    migrations,
    notes,
    notices,
    papers,
    partner,
    partner_accounts,
    public,
    public_reading,
    public_sending,
    referrals,
    replay,
    reports,
    roster,
    runs,
    scenarios,
    security,
    settings as settings_pages,
    simfoni,
    sop_drafts,
    sop_withdrawals,
    sops,
    status,
    studio,
    supervision,
    survey_codes,
    table_editor,
    table_shape,
    task,
    templating,
    trials,
    words,
)

FORM_BYTES = 2 * 1024 * 1024  # of text fields held in memory; Flask's own default would cut a long report off


def create_app(engine: Any, *, settings: Any) -> Flask:
    """The application over `engine` (an `engine.Engine`, or a test double with its signatures) and its `Settings`."""
    app = Flask("webui")
    secure = bool(settings.uses_tls)
    app.config.update(
        SECRET_KEY=_secret(settings),
        SESSION_COOKIE_NAME="__Host-kawal-web" if secure else "kawal-web",
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=secure,
        MAX_CONTENT_LENGTH=settings.upload_bytes + FORM_BYTES, MAX_FORM_MEMORY_SIZE=FORM_BYTES, MAX_FORM_PARTS=4000,
        WTF_CSRF_TIME_LIMIT=12 * 3600, WTF_CSRF_SSL_STRICT=False,  # no Referer is ever sent (Referrer-Policy)
        IDLE_LOCK_SECONDS=int(settings.idle_lock_after.total_seconds()),
        DRAFT_SECONDS=int(settings.draft_saved_every.total_seconds()),
    )
    app.jinja_environment = templating.Templates
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions[context.EXTENSION] = engine
    language.init_app(app)
    security.init_app(app)
    # After the guard: a page that is not there answers the same with and without a token.
    csrf = CSRFProtect(app)
    limits.init_app(app)
    errors.init_app(app)
    words.init_app(app)
    desk.init_app(app)
    directory.init_app(app)
    for module in (account, inbox, task, cases, case_search, case_file, notes, actions, access, access_overview, corrections, replay,
                   dual_roles, sops, sop_drafts, sop_withdrawals, migrations, studio, form_editor, table_editor, table_shape,
                   document_previews, identity_editor, answered_steps,
                   imports, trials, scenarios, notices, settings_pages, incidents, papers, status, survey_codes, desk, case_staff, roster,
                   supervision, handling, absences, keys, reports, directory, partner, partner_accounts, referrals, runs, simfoni,
                   agency_tables, agency_drafts, carry_over):
        app.register_blueprint(module.pages)
    public.init_app(app, exit_url=settings.exit_url)
    app.config["BASE_URL"] = str(settings.base_url).rstrip("/")  # as people type it, whatever a request calls this host
    for module in (public, public_sending, public_reading):
        csrf.exempt(module.pages)  # their forms carry a slip instead, which needs no cookie
        app.register_blueprint(module.pages)
    return app


def _secret(settings: Any) -> bytes:
    """The key of the signed browser cookie, derived from the product's key so that it never is that key."""
    key: bytes = settings.key
    if len(key) < 32:
        raise ValueError("the settings hold no key; `kawal init` makes one")
    return hmac.digest(key, b"kawal browser cookie", "sha256")
