"""Regular expressions in linear time: the XPath subset without back-references, run by Pike's method.

Every character is looked at once per state of the program, each such look is paid for, and programs are capped, so no
pattern can run away. A pattern outside the subset is None, FEEL's null.
"""

from __future__ import annotations

from engine.feel.regex_reader import Program, Refused, Step, read
from engine.feel.runtime import Run


def compiled(run: Run, pattern: str, flags: str) -> Program | None:
    """The program of `pattern`, or None when pattern or flags are not understood."""
    if not set(flags) <= set("smixq"):
        return None
    run.spend_text(len(pattern))
    try:
        return read(run, pattern, flags)
    except Refused:
        return None


def search(run: Run, program: Program, text: str, start: int) -> list[int] | None:
    """The leftmost match at or after `start` as offsets, two for the whole and two per group (-1: took no part)."""
    best: list[int] | None = None
    threads: list[tuple[int, list[int]]] = []
    width = 2 * (program.groups + 1)
    for position in range(start, len(text) + 1):
        if best is None:
            threads = _follow(run, program, threads, (0, [position] + [-1] * (width - 1)), text, position)
        elif not threads:
            break
        moved: list[tuple[int, list[int]]] = []
        seen: set[int] = set()
        for at, saved in threads:
            run.spend()
            step = program.steps[at]
            if step.kind == "match":
                best = [saved[0], position, *saved[2:]]
                break  # threads after this one are less preferred
            if position < len(text) and step.accepts is not None and step.accepts(text[position]):
                _enter(run, program, moved, seen, step.next, saved, text, position + 1)
        threads = moved
    return best


def replaced(run: Run, program: Program, text: str, replacement: str) -> str | None:
    """Every match replaced; `$1` is a group, `$$`-less dollars and unknown escapes are None, as XPath has it."""
    if search(run, program, "", 0) is not None:
        return None  # XPath: a pattern that matches nothing at all cannot be replaced
    parts: list[str] = []
    made = position = 0
    while (found := search(run, program, text, position)) is not None:
        filled = _filled(program, replacement, text, found)
        if filled is None:
            return None
        parts += [text[position:found[0]], filled]
        made += len(parts[-1]) + len(parts[-2])
        run.spend_text(len(parts[-1]) + len(parts[-2]))
        position = found[1]
    run.spend_text(made + len(text) - position)
    return "".join(parts) + text[position:]


def parted(run: Run, program: Program, text: str) -> list[str] | None:
    """The text between matches."""
    if search(run, program, "", 0) is not None:
        return None
    parts: list[str] = []
    position = 0
    while (found := search(run, program, text, position)) is not None:
        run.spend_list(len(parts) // 8)
        parts.append(text[position:found[0]])
        position = found[1]
    return [*parts, text[position:]]


def _filled(program: Program, replacement: str, text: str, found: list[int]) -> str | None:
    filled, index = [], 0
    while index < len(replacement):
        char, after = replacement[index], replacement[index + 1:index + 2]
        if char == "$":
            if not ("0" <= after <= "9"):
                return None
            group = int(after)
            if group <= program.groups and found[2 * group] >= 0:
                filled.append(text[found[2 * group]:found[2 * group + 1]])
            index += 2
        elif char == "\\":
            if after not in {"\\", "$"}:
                return None
            filled.append(after)
            index += 2
        else:
            filled.append(char)
            index += 1
    return "".join(filled)


def _follow(run: Run, program: Program, threads: list[tuple[int, list[int]]], fresh: tuple[int, list[int]], text: str,
            position: int) -> list[tuple[int, list[int]]]:
    """`threads` with a fresh one of lowest preference added."""
    seen = {at for at, _ in threads}
    _enter(run, program, threads, seen, fresh[0], fresh[1], text, position)
    return threads


def _enter(run: Run, program: Program, threads: list[tuple[int, list[int]]], seen: set[int], at: int, saved: list[int],
           text: str, position: int) -> None:
    """Add the thread at `at`, following the steps that consume nothing, in order of preference."""
    waiting = [(at, saved)]
    while waiting:
        at, saved = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        run.spend()
        step = program.steps[at]
        match step.kind:
            case "split":
                waiting += [(step.other, saved), (step.next, saved)]
            case "save":
                waiting.append((step.next, [*saved[:step.other], position, *saved[step.other + 1:]]))
            case "edge":
                if _edge_holds(step, text, position):
                    waiting.append((step.next, saved))
            case _:
                threads.append((at, saved))


def _edge_holds(step: Step, text: str, position: int) -> bool:
    """`other` is 0 for the start, 1 for the end, 2 and 3 for those of a line."""
    if step.other % 2 == 0:
        return position == 0 or (step.other == 2 and text[position - 1] == "\n")
    return position == len(text) or (step.other == 3 and text[position] == "\n")
