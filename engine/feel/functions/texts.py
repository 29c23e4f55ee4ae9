"""String functions (FEEL 10.3.4.3). Characters are code points."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.feel import regex
from engine.feel.functions.conversion import whole
from engine.feel.functions.signature import Registry
from engine.feel.runtime import Run

BUILTINS = Registry()


@BUILTINS.add("substring", "string: string", "start position: number", "length: number =")
def substring(run: Run, text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    position, count = whole(start), None if length is None else whole(length)
    if position is None or not 1 <= abs(position) <= len(text) or (length is not None and (count is None or count < 1)):
        return None
    first = position - 1 if position > 0 else len(text) + position
    return text[first:] if count is None else text[first:first + count]


@BUILTINS.add("string length", "string: string")
def string_length(run: Run, text: str) -> Decimal:
    return Decimal(len(text))


@BUILTINS.add("upper case", "string: string")
def upper_case(run: Run, text: str) -> str:
    run.spend_text(len(text))
    return text.upper()


@BUILTINS.add("lower case", "string: string")
def lower_case(run: Run, text: str) -> str:
    run.spend_text(len(text))
    return text.lower()


@BUILTINS.add("trim", "string: string")
def trim(run: Run, text: str) -> str:
    run.spend_text(len(text))
    return text.strip()


@BUILTINS.add("substring before", "string: string", "match: string")
def substring_before(run: Run, text: str, part: str) -> str:
    run.spend_text(len(text))
    return text.split(part, 1)[0] if part and part in text else ""


@BUILTINS.add("substring after", "string: string", "match: string")
def substring_after(run: Run, text: str, part: str) -> str:
    run.spend_text(len(text))
    if not part:
        return text
    return text.split(part, 1)[1] if part in text else ""


@BUILTINS.add("contains", "string: string", "match: string")
def contains(run: Run, text: str, part: str) -> bool:
    run.spend_text(len(text))
    return part in text


@BUILTINS.add("starts with", "string: string", "match: string")
def starts_with(run: Run, text: str, part: str) -> bool:
    return text.startswith(part)


@BUILTINS.add("ends with", "string: string", "match: string")
def ends_with(run: Run, text: str, part: str) -> bool:
    return text.endswith(part)


@BUILTINS.add("string join", "list: list", "delimiter: string? =", "prefix: string? =", "suffix: string? =")
def string_join(run: Run, parts: list[Any], delimiter: str | None = None, prefix: str | None = None,
                suffix: str | None = None) -> str | None:
    texts = [part for part in parts if part is not None]
    if not all(isinstance(part, str) for part in texts):
        return None
    run.spend_text(sum(map(len, texts)) + len(delimiter or "") * len(texts))
    return (prefix or "") + (delimiter or "").join(texts) + (suffix or "")


@BUILTINS.add("matches", "input: string", "pattern: string", "flags: string? =")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool | None:
    program = regex.compiled(run, pattern, flags or "")
    return None if program is None else regex.search(run, program, text, 0) is not None


@BUILTINS.add("replace", "input: string", "pattern: string", "replacement: string", "flags: string? =")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    program = regex.compiled(run, pattern, flags or "")
    return None if program is None else regex.replaced(run, program, text, replacement)


@BUILTINS.add("split", "string: string", "delimiter: string")
def split(run: Run, text: str, delimiter: str) -> list[str] | None:
    program = regex.compiled(run, delimiter, "")
    return None if program is None else regex.parted(run, program, text)
