"""Pages for people without an account: what holds for all of them, the front page of an agency, safety, and the way out.

They set no cookie and keep nothing in the browser: the language travels in the address, and a form carries a signed slip instead of
a token that a cookie would have to match. Nobody is signed in here, so another site can send nothing in anybody's name; the slip says
that the page was fetched from us, and when.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, current_app, g, make_response, render_template, request
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException

from engine.errors import EngineError, NotAllowed, NotFound
from webui import context

SLIP = "csrf_token"            # the name that every form of ours uses
SLIP_SECONDS = 12 * 3600
TRAP = "situs"                 # a field that people do not see and machines fill in
LANGUAGE = "bahasa"
Answer = str | tuple[str, int]


def blueprint(name: str) -> Blueprint:
    """Pages under /publik with the language in their address and error pages of their own."""
    made = Blueprint(name, __name__, url_prefix="/publik")
    made.url_value_preprocessor(_read_language)
    made.url_defaults(_keep_language)
    made.register_error_handler(EngineError, _refused)
    made.register_error_handler(HTTPException, _failed)
    made.context_processor(_of_every_page)
    return made


def _read_language(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    g.language = "en" if request.args.get(LANGUAGE) == "en" else "id"


def _keep_language(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("language") == "en":
        values.setdefault(LANGUAGE, "en")


def _of_every_page() -> dict[str, Any]:
    here = request.path.removesuffix("/pesan")  # the one address that only takes posts
    return {"agency": g.get("agency"), "exit_page": current_app.config["EXIT_HOST"], "trap": TRAP,
            "in_language": lambda language: f"{here}?{urlencode({LANGUAGE: language})}"}


def _refused(error: EngineError) -> Answer:
    return _error(404 if isinstance(error, NotFound | NotAllowed) else 409)


def _failed(error: HTTPException) -> Answer | HTTPException:
    if error.code is None or error.code < 400:
        return error
    return _error(404 if error.code in (401, 403, 405) else error.code)


def _error(status: int) -> Answer:
    g.is_error = True
    return render_template("public/error.html", status=status), status


def lost(status: int) -> Answer:
    """What is said below /publik where no page answers, and where one failed: the way out stays in sight."""
    _read_language(None, None)
    g.is_error = True
    return render_template("public/error.html", status=status, **_of_every_page()), status


pages = blueprint("public")


@dataclass(frozen=True)
class Slip:
    """What a posted form says of the page it came from. Without `text` the page was not ours."""

    text: str
    is_fresh: bool


def new_slip() -> str:
    """A slip for one drawing of a form."""
    return _signer().dumps(context.engine().public.slip())


def posted_slip() -> Slip:
    """The slip that came with this post."""
    given = request.form.get(SLIP, "")
    try:
        return Slip(str(_signer().loads(given, max_age=SLIP_SECONDS)), True)
    except SignatureExpired as old:
        return Slip(str(old.payload or ""), False)
    except BadData:
        return Slip("", False)


def fell_into_trap() -> bool:
    """Whether the field that people do not see was filled in."""
    return bool(request.form.get(TRAP, "").strip())


def page(template: str, code: str, **given: Any) -> str:
    """A page of one agency. Raises `NotFound` for an agency that is not here."""
    g.agency = context.engine().public.agency(code)
    return render_template(f"public/{template}", slip=new_slip(), **given)


@pages.get("")
def index() -> str:
    """The agencies."""
    return render_template("public/index.html", agencies=context.engine().public.agencies())


@pages.get("/keluar")
def quick_exit() -> Response:
    """Away from here at once: the browser forgets what it kept of us, and goes on to a page that tells nothing."""
    response = make_response(render_template("public/exit.html", away=current_app.config["EXIT_URL"]))
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@pages.get("/<code>")
def home(code: str) -> str:
    """What the agency does, and every way to it."""
    return page("home.html", code)


@pages.get("/<code>/aman")
def safety(code: str) -> str:
    """How to look at these pages without somebody else seeing that one did."""
    return page("safety.html", code)


def init_app(app: Any, *, exit_url: str) -> None:
    """Where the way out leads."""
    app.config["EXIT_URL"], app.config["EXIT_HOST"] = exit_url, urlsplit(exit_url).hostname or ""


def _signer() -> URLSafeTimedSerializer:
    key = current_app.secret_key
    assert key is not None
    return URLSafeTimedSerializer(key, salt="a page without an account")
