"""Two languages: Indonesian is what the source says, English comes from the catalogue in `translations/`.

The `.po` file is read when the application starts, so no compiled catalogue has to be built, shipped or kept in step.
"""

from __future__ import annotations

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
    compiled = BytesIO()
    with CATALOGUE.open("rb") as file:
        mofile.write_mo(compiled, pofile.read_po(file, locale="en"))
    compiled.seek(0)
    with app.app_context():
        cache = get_domain().cache
    cache["en", "messages"] = Translations(compiled)
    cache["id", "messages"] = NullTranslations()
