"""Indonesian is the source, English the catalogue: nothing may be missing from it, and nothing idle in it."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages import extract, pofile

from webui import language

WEBUI = Path(language.__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
PLACEHOLDER = re.compile(r"%\(\w+\)s|%s")
WORD = re.compile(r"[^\W\d_]{3,}")
SAME_IN_BOTH = frozenset({"Kawal", "SOP", "SHA", "Plt", "Alt", "Enter", "lapor", "Bahasa", "Indonesia", "English"})


def catalogue():
    with language.CATALOGUE.open("rb") as file:
        return {message.id: message.string for message in pofile.read_po(file, locale="en") if message.id}


def source_texts():
    found = extract.extract_from_dir(WEBUI, METHODS, keywords={"_": None})
    return {message for _file, _line, message, _comments, _context in found}


def test_every_text_has_an_english_one():
    assert source_texts() - {text for text, english in catalogue().items() if english} == set()


def test_no_english_text_stands_idle():
    assert set(catalogue()) - source_texts() == set()


def test_both_languages_fill_in_the_same_values():
    wrong = [text for text, english in catalogue().items()
             if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(english))]
    assert wrong == []


def test_the_choice_is_kept_before_and_after_sign_in(visitor, engine):
    assert "Frasa sandi" in visitor.get("/masuk").text
    visitor.post("/bahasa", {"language": "en", "next": "/masuk"}, on="/masuk")
    assert "Passphrase" in visitor.get("/masuk").text
    visitor.sign_in("manajer")
    assert "Tugas saya" in visitor.get("/tugas").text, "the account's own language wins once it is known"
    visitor.post("/bahasa", {"language": "en", "next": "/tugas"})
    assert engine.accounts["acc-manajer"].language == "en"
    assert "My tasks" in visitor.get("/tugas").text


def test_a_language_that_is_not_ours_is_indonesian(visitor):
    visitor.post("/bahasa", {"language": "xx"}, on="/masuk")
    assert '<html lang="id">' in visitor.get("/masuk").text


def test_no_template_says_anything_past_the_catalogue():
    """Bare words of a template would stand in both languages as they are."""
    found = []
    for file in sorted((WEBUI / "templates").rglob("*.html")):
        source = re.sub(r"(?s)\{% block (?:page_class|robots) %\}.*?\{% endblock %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", file.read_text("utf-8"))
        spoken = re.findall(r'\b(?:title|aria-label|placeholder|alt)="([^"]*)"', source)
        spoken.append(re.sub(r'(?s)<(script|style|svg).*?</\1>|<[^>]*>|[\w-]+="[^"]*"', " ", source))
        found += [(file.name, word) for text in spoken for word in WORD.findall(text) if word not in SAME_IN_BOTH]
    assert found == []
