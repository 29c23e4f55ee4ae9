"""Error pages: what happened, in both languages, with an id to quote and no data. A refusal looks like a missing page."""

from __future__ import annotations

import hashlib
import traceback

from flask import Flask, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import BundleRefused, EngineError, LostRace, NotAllowed, NotFound, StateCorrupt
from webui import context, public, sops

Page = tuple[str, int]


def init_app(app: Flask) -> None:
    """Every way a request can fail ends in one of these pages."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(EngineError, _refused)
    app.register_error_handler(Exception, _failed)


def _texts(status: int) -> tuple[str, str]:
    if status == 400:
        return _("Halaman ini kedaluwarsa"), _(
            "Kembali ke halaman sebelumnya, muat ulang, lalu kirim sekali lagi. Draf yang sudah tersimpan tidak hilang.")
    if status in (403, 404, 405):
        return _("Tidak ditemukan"), _("Halaman ini tidak ada, atau bukan kewenangan Anda.")
    if status == 409:
        return _("Didahului perubahan lain"), _("Sesuatu berubah pada saat yang sama. Muat ulang, lihat keadaan "
                                                "terbaru, lalu ulangi.")
    if status == 413:
        return _("Berkas terlalu besar"), _("Berkas paling besar 10 MB; satu diagram BPMN paling besar 2 MB.")
    if status == 429:
        return _("Terlalu banyak percobaan"), _("Tunggu satu menit, lalu coba lagi. Akun Anda tidak dikunci.")
    return _("Ada gangguan pada sistem"), _("Yang sudah tersimpan tidak hilang. Coba lagi; bila berulang, sampaikan "
                                            "nomor di bawah kepada pengelola sistem.")


def page(status: int) -> Page:
    """The page for `status`. Nothing on it comes from the request or from the error."""
    g.is_error = True  # the frame of the page then asks the engine nothing more
    if f"{request.path}/".startswith("/publik/"):
        return public.lost(status)
    title, advice = _texts(status)
    return render_template("error.html", title=title, advice=advice, status=status, error_id=error_id()), status


def error_id() -> str:
    """A number a person can read out; it also stands in the log. It says nothing about who or what."""
    if "error_id" not in g:
        seed = f"{context.engine().clock.now().isoformat()} {id(g._get_current_object())}"
        digest = hashlib.sha256(seed.encode()).hexdigest()[:8].upper()
        g.error_id = f"{digest[:4]}-{digest[4:]}"
    found: str = g.error_id
    return found


def _http(error: HTTPException) -> Page | HTTPException:
    if error.code is None or error.code < 400:
        return error  # the router's redirect
    return page(404 if error.code in (401, 403, 405) else error.code)


def _csrf(_error: CSRFError) -> Page:
    return page(400)


def _refused(error: EngineError) -> Page:
    if isinstance(error, NotFound | NotAllowed):
        return page(404)
    if isinstance(error, LostRace):
        return page(409)
    if isinstance(error, BundleRefused) and error.draft_id:
        return render_template("sop_refused.html", draft_id=error.draft_id, findings=sops.by_severity(error.findings)), 422
    current_app.logger.warning("refused %s %s %s", error_id(), error.code, request.endpoint)
    return page(500 if isinstance(error, StateCorrupt) else 409)   # nobody else's change: what is stored was altered or damaged


def _failed(error: Exception) -> Page:
    # The exception's text may carry a field value, so the log gets its class and the lines, never its words.
    frames = " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in
                        reversed(traceback.extract_tb(error.__traceback__)[-6:]))
    current_app.logger.error("failed %s %s %s at %s", error_id(), type(error).__name__, request.endpoint, frames)
    return page(500)
