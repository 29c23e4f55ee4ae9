"""Two languages: Indonesian is what the source says, English comes from the catalogue in `translations/`.

The `.po` file is read when the application starts, so no compiled catalogue has to be built, shipped or kept in step.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages import mofile, pofile
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, get_domain

from webui import context

CATALOGUE = Path(__file__).parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def init_app(app: Flask) -> None:
    """Choose the language per request and load the English catalogue."""
    Babel(app, default_locale="id", locale_selector=context.language)
    with app.app_context():
        cache = get_domain().cache
    cache["en", "messages"] = _translations(CATALOGUE.read_bytes())
    cache["id", "messages"] = NullTranslations()


@lru_cache(maxsize=1)
def _translations(catalogue: bytes) -> Translations:
    """What a `.po` file says. Nobody changes it afterwards, and to read it takes half as long as to make an application."""
    compiled = BytesIO()
    mofile.write_mo(compiled, pofile.read_po(BytesIO(catalogue), locale="en"))
    compiled.seek(0)
    return Translations(compiled)
