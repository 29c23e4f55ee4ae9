"""Task forms: from a `FormView` to controls on a page, and from a posted page to a submission.

Values leave here as the person typed them (text, lists of text, rows of such); types, rules and conditions are the
engine's to check. What cannot be read as a date stays in the text it was typed in, so that nothing is lost on the way
back to the page.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict

from engine.errors import InvalidSubmission
from engine.results import FormField, FormView
from engine.types import Text, Value
from webui import conditions, context, process_words, times

PREFIX = "f"
UNKNOWN_ANSWERS = ("not_asked", "declined", "unknown")
MAX_ROWS = 60
_CLAUSE = re.compile(r"^[\w-]+\.r(\d+)(?:\.(\w+))?$")


@dataclass(frozen=True, kw_only=True)
class Control:
    """One field as it is drawn. `parts` are the boxes of a date; `rows` the controls of a repeated group."""

    field: FormField
    name: str
    value: Value = None
    parts: tuple[str, ...] = ()
    unknown: str = ""
    problem: str = ""
    applies_if: str = ""                    # which answers decide whether this one applies, for the page's script
    condition: str = ""                     # the same in words, for pages without JavaScript
    row_may_stay_empty: bool = False        # it stands in a row that nobody need fill: then nothing in it is required
    rows: tuple[tuple[Control, ...], ...] = ()

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")


def controls(form: FormView, values: Mapping[str, Value], problems: Mapping[str, str] | None = None,
             *, add_row_to: str = "") -> tuple[Control, ...]:
    """The form's controls, filled with `values` (typed ones or a submission) and marked with `problems`."""
    return tuple(_control(f, f"{PREFIX}.{f.key}", f.key, values, problems or {}, form.fields, add_row_to)
                 for f in form.fields)


def known_values(form: FormView) -> dict[str, Value]:
    """What the engine already knows for this form."""
    return {f.key: f.value for f in form.fields if f.value is not None and not f.masked}


def read(form: FormView, posted: MultiDict[str, str], files: MultiDict[str, FileStorage] | None = None,
         *, remove_row: str = "") -> dict[str, Value]:
    """The submission in a posted page: only the form's own fields, whatever else was sent along."""
    values: dict[str, Value] = {}
    for f in form.fields:
        if f.masked:
            continue
        value = _read(f, f"{PREFIX}.{f.key}", posted, files, remove_row)
        if value not in (None, "", []):
            values[f.key] = value
    return values


def with_kept_files(form: FormView, typed: dict[str, Value], draft: Mapping[str, Value],
                    taken_out: Collection[str] = ()) -> dict[str, Value]:
    """A browser empties a file input when a page comes back; the file that the draft holds stands in for it, unless it was taken out."""
    kept = {f.key: draft[f.key] for f in form.fields
            if f.type == "file" and f.key in draft and f.key not in typed and f.key not in taken_out}
    for f in form.fields:
        now, before = typed.get(f.key), draft.get(f.key)
        if f.type == "signature" and isinstance(now, Mapping) and isinstance(before, Mapping) and not now.get("content"):
            if before.get("content") and before.get("method") == now.get("method"):
                kept[f.key] = {**now, "content": before["content"]}
    return {**typed, **kept}


def taken_out(form: FormView, posted: Mapping[str, str]) -> frozenset[str]:
    """The kept files that the person asked to be rid of."""
    return frozenset(f.key for f in form.fields if f.type == "file" and posted.get(f"{PREFIX}.{f.key}.drop"))


def without_refused_files(form: FormView, typed: Mapping[str, Value], problems: Collection[str],
                          draft: Mapping[str, Value]) -> dict[str, Value]:
    """What of a refused submission is kept: a file that was refused is not, or it would be refused at every later sending; the draft's own,
    where it is another one, stays."""
    refused = {f.key for f in form.fields if f.type == "file" and f.key in problems}
    stays = {key: draft[key] for key in refused if key in draft and draft[key] != typed.get(key)}
    return {**{key: value for key, value in typed.items() if key not in refused}, **stays}


def without_files(form: FormView, typed: Mapping[str, Value]) -> dict[str, Value]:
    """What a page that comes back can hold of a submission that was kept nowhere: a browser does not send a file again."""
    left = {f.key: typed[f.key] for f in form.fields if f.key in typed and f.type != "file"}
    signs = {f.key: {part: said for part, said in sign.items() if part != "content"} for f in form.fields
             if f.type == "signature" and isinstance(sign := typed.get(f.key), Mapping)}
    return {**left, **signs}


def grouped(drawn: Sequence[Control]) -> list[tuple[Text, list[Control]]]:
    """The controls of a form under its headings, in order; those before the first heading under an empty one."""
    return [(group, list(found)) for group, found in groupby(drawn, key=lambda control: control.field.group)]


def summary(drawn: Sequence[Control]) -> list[tuple[str, str, str]]:
    """The error summary: (anchor, label, what to do), in the order of the page."""
    found: list[tuple[str, str, str]] = []
    for control in drawn:
        if control.problem:
            found.append((control.id, context.say(control.field.label), control.problem))
        for number, row in enumerate(control.rows, start=1):
            place = f"{context.say(control.field.label)}, {_('Baris %(number)s', number=number)}"
            found += [(anchor, f"{place}, {label}", text) for anchor, label, text in summary(row)]
    return found


def problems_of(refusal: InvalidSubmission) -> dict[str, str]:
    """What to mend, by field, in the reader's language."""
    language = 1 if context.language() == "en" else 0
    return {key: texts[language] for key, texts in refusal.problems.items()}


def loose(drawn: Sequence[Control], problems: Mapping[str, str] | None, *, beside: Collection[str] = ()) -> list[str]:
    """Problems of no field that is drawn, here or `beside` the form: the page says them on top, so that none is lost."""
    known = {control.field.key for control in drawn} | set(beside)
    return [text for key, text in (problems or {}).items() if key.split(".")[0] not in known]


# --- reading ------------------------------------------------------------------------------------------------------


def _read(f: FormField, name: str, posted: MultiDict[str, str], files: MultiDict[str, FileStorage] | None,
          remove_row: str) -> Value:
    value = _read_value(f, name, posted, files, remove_row)
    if value in (None, "", []) and f.allow_unknown and posted.get(f"{name}.unknown") in UNKNOWN_ANSWERS:
        return posted.get(f"{name}.unknown")
    return value


def _read_value(f: FormField, name: str, posted: MultiDict[str, str], files: MultiDict[str, FileStorage] | None,
                remove_row: str) -> Value:
    if f.type == "rows":
        return _read_rows(f, name, posted, remove_row)
    if f.type == "choices":
        return posted.getlist(name)
    if f.type == "boolean":
        return {"true": True, "false": False}.get(posted.get(name, ""))
    if f.type in ("date", "datetime"):
        return _read_date(f.type, [posted.get(f"{name}.{part}", "").strip() for part in "dmyh"])
    if f.type == "file":
        return _read_file(name, posted, files)
    if f.type == "signature":
        return _read_signature(name, posted, files)
    return posted.get(name, "").replace("\r\n", "\n").strip()


def _read_rows(f: FormField, name: str, posted: MultiDict[str, str], remove_row: str) -> list[dict[str, Value]]:
    rows = []
    for index in range(min(_whole(posted.get(f"{name}.count", "0")), MAX_ROWS)):
        if remove_row == f"{name}.{index}":
            continue
        row = {sub.key: _read(sub, f"{name}.{index}.{sub.key}", posted, None, "") for sub in f.fields}
        row = {key: value for key, value in row.items() if value not in (None, "", [])}
        if row:
            rows.append(row)
    return rows


def _read_date(kind: str, parts: list[str]) -> str:
    day, month, year, hour = parts
    if not any(parts[:3]) and not hour:
        return ""
    number = _month_number(month)
    try:
        found = date(_whole(year), number, _whole(day))
        if kind == "date":
            return found.isoformat()
        clock = re.fullmatch(r"(\d{1,2})(?:[.:](\d{2}))?", hour)
        if clock is None:
            raise ValueError("no time of day")
        local = datetime(found.year, found.month, found.day, int(clock[1]), int(clock[2] or 0), tzinfo=context.zone())
        return local.isoformat()
    except ValueError:
        return "/".join(parts[:3]) + (f" {hour}" if kind == "datetime" else "")


def typed_day(posted: Mapping[str, str], name: str) -> date | None:
    """A day from the three boxes of a page that is no form of an SOP; None for none, or for one that no calendar has."""
    try:
        return date.fromisoformat(_read_date("date", [*(posted.get(f"{name}.{part}", "").strip() for part in "dmy"), ""]))
    except ValueError:
        return None


def _month_number(month: str) -> int:
    if month.isdecimal():
        return int(month)
    for names in times.MONTHS.values():
        for number, name in enumerate(names, start=1):
            if len(month) >= 3 and name.lower().startswith(month.lower()):
                return number
    return 0


def _read_file(name: str, posted: MultiDict[str, str], files: MultiDict[str, FileStorage] | None) -> Value:
    sent = files.get(name) if files is not None else None
    if sent is None or not sent.filename:
        return None
    content = sent.read()
    return {
        "media_type": sent.mimetype, "size": str(len(content)), "sha256": sha256(content).hexdigest(),
        "content": b64encode(content).decode("ascii"),
    }


def _read_signature(name: str, posted: MultiDict[str, str], files: MultiDict[str, FileStorage] | None) -> Value:
    """Who signed, and what was drawn on the page or uploaded; nothing where neither a name nor a sign was given."""
    given = {part: posted.get(f"{name}.{part}", "").strip() for part in ("name", "position", "method")}
    sent = _read_file(f"{name}.file", posted, files)
    drawn = posted.get(f"{name}.drawing", "").partition(",")[2]
    content = drawn if given["method"] == "drawn" else sent.get("content") if isinstance(sent, Mapping) else None
    return {**given, **({"content": content} if content else {})} if given["name"] or content else None


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


# --- drawing ------------------------------------------------------------------------------------------------------


def _control(f: FormField, name: str, path: str, values: Mapping[str, Value], problems: Mapping[str, str],
             siblings: Sequence[FormField], add_row_to: str, *, row_may_stay_empty: bool = False) -> Control:
    value = values.get(f.key)
    unknown = value if f.allow_unknown and isinstance(value, str) and value in UNKNOWN_ANSWERS else ""
    condition = conditions.read(f.show_if, siblings)
    return Control(
        field=f, name=name, value=None if unknown else _shown(f, value), parts=_parts(f, None if unknown else value),
        unknown=unknown, problem=problems.get(path, ""), applies_if=conditions.for_script(condition, name.rpartition(".")[0]),
        condition=conditions.in_words(condition, siblings), rows=_rows(f, name, path, value, problems, add_row_to),
        row_may_stay_empty=row_may_stay_empty,
    )


def _rows(f: FormField, name: str, path: str, value: Value, problems: Mapping[str, str],
          add_row_to: str) -> tuple[tuple[Control, ...], ...]:
    if f.type != "rows":
        return ()
    known: list[Any] = list(value) if isinstance(value, list | tuple) else []
    known = known or [{}]
    if add_row_to == name:
        known.append({})
    may_stay_empty = not f.required or len(known) > 1  # the one row of a group that must be filled is the only one that may not
    return tuple(
        tuple(_control(sub, f"{name}.{index}.{sub.key}", f"{path}.{index}.{sub.key}", row if isinstance(row, Mapping) else {}, problems,
                       f.fields, "", row_may_stay_empty=may_stay_empty) for sub in f.fields)
        for index, row in enumerate(known[:MAX_ROWS])
    )


def _shown(f: FormField, value: Value) -> Value:
    if f.type == "choices":
        return [str(v) for v in value] if isinstance(value, list | tuple) else []
    if f.type == "boolean":
        return "" if value is None else ("true" if value in (True, "true") else "false")
    if f.type == "file":
        return str(value.get("size", "")) if isinstance(value, Mapping) else ""
    if f.type == "signature":
        known = value if isinstance(value, Mapping) else {}
        return {**{part: str(known.get(part, "")) for part in ("name", "position", "method")},
                "is_kept": bool(known.get("content") or known.get("sha256"))}
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _parts(f: FormField, value: Value) -> tuple[str, ...]:
    if f.type not in ("date", "datetime"):
        return ()
    at = as_date(value, context.zone())
    if at is None:
        days, _space, hour = str(value or "").partition(" ")
        typed = (days.split("/") + ["", "", ""])[:3]
        return (*typed, hour)
    hour = f"{at.hour:02d}.{at.minute:02d}" if isinstance(at, datetime) else ""
    return (str(at.day), str(at.month), str(at.year), hour)


def as_date(value: Value, zone: ZoneInfo) -> date | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.astimezone(zone)
    return value if isinstance(value, date) else None


def clause_words(clause: str) -> str:
    """A clause id as people cite it: `kalbar.r3.output` is "SOP baris 3, output"; nothing for an id that no page prints."""
    match = _CLAUSE.match(clause)
    if match is None:
        return ""
    row = _("SOP baris %(number)s", number=match[1])
    columns = {"output": _("output"), "waktu": _("waktu"), "kelengkapan": _("kelengkapan"), "pelaksana": _("pelaksana")}
    return f"{row}, {columns.get(match[2], match[2])}" if match[2] else row


def shown_value(f: FormField) -> str:
    """A field's value in words, for records and replay; never called for a masked one by the templates."""
    value, labels = f.value, {v: context.say(t) for v, t in f.options}
    words = {"not_asked": _("belum ditanyakan"), "declined": _("tidak bersedia menjawab"), "unknown": _("tidak tahu")}
    if f.allow_unknown and isinstance(value, str) and value in words:
        return words[value]
    return in_words(value, labels)


def variable_words(name: str, value: Value, known: Mapping[str, FormField]) -> tuple[str, str]:
    """A variable's name and value as the SOP's forms word them; what no form asks for is the diagrams' own."""
    return _name_words(name, known), _value_words(name, value, known)


def _name_words(name: str, known: Mapping[str, FormField]) -> str:
    return context.say(known[name].label) if name in known else process_words.name_word(name)


def _value_words(name: str, value: Value, known: Mapping[str, FormField]) -> str:
    if isinstance(value, Mapping) and "sha256" not in value:
        return "; ".join(f"{_name_words(key, known)}: {_value_words(key, item, known)}" for key, item in value.items())
    if isinstance(value, list | tuple) and value:
        return ", ".join(_value_words(name, item, known) for item in value)
    if isinstance(value, str) and value and name not in known:
        return process_words.answer_word(name, value)
    options = known[name].options if name in known else ()
    return in_words(value, {option: context.say(text) for option, text in options})


def in_words(value: Value, labels: Mapping[str, str] | None = None) -> str:
    """Any variable in words of the reader's language."""
    labels = labels or {}
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("Ya") if value else _("Tidak")
    if isinstance(value, datetime):
        return times.exact(value, context.zone(), language=context.language(), now=context.now())
    if isinstance(value, date):
        return times.day(value, language=context.language())
    if isinstance(value, Mapping) and "method" in value and "sha256" in value:
        ways = {"drawn": _("tanda tangan di layar"), "thumbprint": _("cap jempol"), "scan": _("pindaian bertanda tangan")}
        signer = ", ".join(str(value[part]) for part in ("name", "position") if value.get(part))
        return f"{signer} · {ways.get(str(value['method']), value['method'])} · {value['sha256'][:16]}…"
    if isinstance(value, Mapping) and "sha256" in value:
        return f"{value.get('media_type', '')} · {value['sha256'][:16]}…"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {in_words(item, labels)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(in_words(item, labels) for item in value) or "—"
    return labels.get(str(value), str(value))
