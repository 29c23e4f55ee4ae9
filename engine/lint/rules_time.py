"""Timers and time standards: whether each can come due, and when it is a standard, count as the office counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, timedelta

from engine import calendars, durations, resolving, time_words
from engine.lint.registry import ADVICE, ERROR, RULE, Catalogue, Hit
from engine.lint.subject import Diagram, Placed, Sop
from engine.model import EventDefinition, Standard
from engine.types import ClockKind, TimeStandard

rules = Catalogue()


def is_expression(text: str) -> bool:
    """Design.md 6: text that begins with `=` is FEEL, everything else is a literal."""
    return text.lstrip().startswith("=")


def literal_duration(event: EventDefinition) -> durations.Duration | None:
    """The duration of a literal `timeDuration`; None for anything else, readable or not."""
    if event.timer_kind != "timeDuration" or not event.timer_text or is_expression(event.timer_text):
        return None
    try:
        return durations.parse_duration(event.timer_text)
    except durations.InvalidDuration:
        return None


@rules.diagram_rule(
    "timer-missing",
    ERROR,
    ("Pewaktu ini tidak menyebut kapan.", "This timer does not say when."),
    ("Isi timeDuration (PT40M), timeDate atau timeCycle.", "Give a timeDuration (PT40M), timeDate or timeCycle."),
)
def timer_missing(diagram: Diagram) -> Iterator[Hit]:
    """It would never come due, and the case would wait for ever."""
    return (
        diagram.hit(placed)
        for placed, event in diagram.events
        if event.kind == "timer" and (not event.timer_kind or not (event.timer_text or "").strip("= \t\r\n"))
    )


@rules.diagram_rule(
    "timer-fixed-date",
    ADVICE,
    ("Pewaktu ini menunggu satu tanggal yang sama untuk setiap kasus.", "This timer waits for one and the same date in every case."),
    ("Pakai lama waktu, atau tanggal yang dijawab di formulir.", "Use a length of time, or a date that a form asks for."),
)
def timer_fixed_date(diagram: Diagram) -> Iterator[Hit]:
    """Once that day is over, each case passes here at once."""
    for placed, event in diagram.events:
        if event.timer_kind == "timeDate" and event.timer_text and not is_expression(event.timer_text):
            with suppress(durations.InvalidDuration):   # said by `timer-unusable`
                durations.parse_instant(event.timer_text, zone=UTC)
                yield diagram.hit(placed)


@rules.diagram_rule(
    "timer-unusable",
    ERROR,
    ("Teks pewaktu ini tidak dapat dibaca sebagai waktu.", "This timer's text cannot be read as a time."),
    (
        "Tulis menurut ISO-8601: PT40M, P5D, 2026-11-10T08:30:00+07:00, R3/PT1H; ungkapan FEEL diawali =.",
        "Write ISO-8601: PT40M, P5D, 2026-11-10T08:30:00+07:00, R3/PT1H; begin FEEL with =.",
    ),
)
def timer_unusable(diagram: Diagram) -> Iterator[Hit]:
    """Found now, it costs a minute; found when the case reaches it, a victim waits."""
    for placed, event in diagram.events:
        text = event.timer_text or ""
        if event.kind != "timer" or not text or is_expression(text):
            continue
        try:
            if event.timer_kind == "timeDuration":
                durations.parse_duration(text)
            elif event.timer_kind == "timeDate":
                durations.parse_instant(text, zone=UTC)
            else:
                durations.parse_cycle(text, zone=UTC)
        except durations.InvalidDuration:
            yield diagram.hit(placed)


@rules.diagram_rule(
    "timer-months",
    RULE,
    ("Pewaktu ini memuat bulan atau tahun; P10M adalah sepuluh bulan.", "This timer holds months or years; P10M is ten months."),
    ("Bila yang dimaksud menit, tulis PT10M.", "If minutes are meant, write PT10M."),
)
def timer_months(diagram: Diagram) -> Iterator[Hit]:
    """The commonest slip of the pen in a duration turns ten minutes into ten months. A time standard in months is meant."""
    for placed, event in diagram.events:
        length = literal_duration(event)
        if length is not None and length.months and placed.node.standard is None:
            hit = diagram.hit(placed)
            yield hit if placed.node.type == "boundaryEvent" else replace(hit, severity=ADVICE)


@rules.diagram_rule(
    "timer-zero",
    ADVICE,
    ("Pewaktu ini habis seketika.", "This timer is due at once."),
    ("Isi lama waktunya.", "Give it a length."),
)
def timer_zero(diagram: Diagram) -> Iterator[Hit]:
    """It makes nobody wait; in a loop it would spin (see `runaway-loop`)."""
    for placed, event in diagram.events:
        length = literal_duration(event)
        if length is not None and length.is_zero:
            yield diagram.hit(placed)


@rules.diagram_rule(
    "cycle-outside-boundary",
    RULE,
    ("Pewaktu berulang hanya berlaku pada batas langkah.", "A repeating timer belongs on an activity's border."),
    ("Pakai timeDuration di sini.", "Use a timeDuration here."),
)
def cycle_outside_boundary(diagram: Diagram) -> Iterator[Hit]:
    """A case passes an intermediate event once: the repetitions would be lost."""
    for placed, event in diagram.events:
        if event.timer_kind == "timeCycle" and placed.node.type == "intermediateCatchEvent":
            yield Hit(element_id=placed.node.id, line=placed.node.line, file=diagram.file)


@rules.diagram_rule(
    "standard-clock",
    ERROR,
    ("Jenis jam baku waktu ini tidak dikenal.", "This time standard's clock is unknown."),
    ("Pakai elapsed, working_minutes, working_days atau same_day.", "Use elapsed, working_minutes, working_days or same_day."),
)
def standard_clock(diagram: Diagram) -> Iterator[Hit]:
    """Without it nobody could say when the step is late."""
    return (diagram.hit(p) for p in diagram.placed if p.node.standard is not None and p.node.standard.clock not in set(ClockKind))


@rules.diagram_rule(
    "standard-interrupting",
    ERROR,
    ("Baku waktu menghentikan langkahnya.", "The time standard interrupts its step."),
    (
        'Beri cancelActivity="false" (awal sub-proses peristiwa: isInterrupting="false"): tugas yang lewat waktu tetap terbuka.',
        'Set cancelActivity="false" (start of an event sub-process: isInterrupting="false"): an overdue task stays open.',
    ),
)
def standard_interrupting(diagram: Diagram) -> Iterator[Hit]:
    """An overdue task is never cancelled by its standard (design.md 3, 11)."""
    for placed in diagram.placed:
        interrupts = placed.node.is_interrupting if placed.node.type == "startEvent" else placed.node.cancel_activity
        if placed.node.standard is not None and interrupts:
            yield diagram.hit(placed)


@rules.diagram_rule(
    "standard-not-on-timer",
    ERROR,
    (
        "Baku waktu hanya berlaku pada pewaktu batas, atau awal sub-proses peristiwa, dengan lama waktu.",
        "A time standard belongs on a boundary timer, or the timer that starts an event sub-process, with a duration.",
    ),
    ("Letakkan sop:standard pada boundaryEvent dengan timeDuration.", "Put sop:standard on a boundaryEvent with a timeDuration."),
)
def standard_not_on_timer(diagram: Diagram) -> Iterator[Hit]:
    """Anywhere else it would measure nothing."""
    for placed in diagram.placed:
        starts_process = placed.node.type == "startEvent" and not (placed.holder and placed.holder.triggered_by_event)
        has_duration = any(e.timer_kind == "timeDuration" for e in placed.node.events)
        if placed.node.standard is not None and (starts_process or not has_duration):
            yield diagram.hit(placed)
    for unknown in diagram.model.unknown:
        if unknown.tag == "{urn:sop:bpmn:1}standard":
            yield Hit(element_id=unknown.parent_id, line=unknown.line, file=diagram.file)


@rules.diagram_rule(
    "standard-length",
    ERROR,
    ("Lama baku waktu ini tidak cocok dengan jenis jamnya.", "This standard's length does not fit its clock."),
    (
        "Menit kerja: PT40M; hari kerja: P5D; bulan hanya pada jam elapsed.",
        "Working minutes: PT40M; working days: P5D; months only on the elapsed clock.",
    ),
)
def standard_length(diagram: Diagram) -> Iterator[Hit]:
    """Five days are not 120 working hours, and a month has no working minutes."""
    for placed, event in diagram.events:
        standard = placed.node.standard
        if standard is None or literal_duration(event) is None or standard.clock not in set(ClockKind):
            continue
        try:
            calendars.read_standard(TimeStandard(duration=event.timer_text or "", clock=ClockKind(standard.clock)))
        except durations.InvalidDuration:
            yield diagram.hit(placed)


@rules.diagram_rule(
    "two-standards",
    RULE,
    ("Langkah ini mempunyai lebih dari satu baku waktu.", "This step has more than one time standard."),
    ("Sisakan satu; untuk beberapa langkah pakai sub-proses.", "Keep one; over several steps use a sub-process."),
)
def two_standards(diagram: Diagram) -> Iterator[Hit]:
    """Two due instants give two verdicts, and neither is the official one."""
    for events in diagram.attached.values():
        yield from (diagram.hit(p) for p in [p for p in events if p.node.standard is not None][1:])


@rules.diagram_rule(
    "time-contradictory",
    RULE,
    (
        "Baku waktu ini lain daripada bunyinya, atau lebih lama daripada baku waktu sub-proses di sekelilingnya.",
        "This standard is another time than its wording, or longer than that of the sub-process round it.",
    ),
    (
        "Samakan bunyi, lama dan jenis jamnya (30 menit: PT30M; 24 jam berjalan siang malam); tak lebih lama dari keseluruhannya.",
        "Make wording, length and clock one (30 menit: PT30M; 24 jam run day and night); a step takes no longer than the whole.",
    ),
)
def time_contradictory(diagram: Diagram) -> Iterator[Hit]:
    """People go by the wording, verdicts by the timer; and who keeps a step's time must not be late for the whole by it.

    A wording without a number, with several or with a least one is not read. Two standards are compared where the same clock counts
    both; advice where one of them counts from another instant than when its step began, or only what is drawn beside the timer is old.
    """
    for placed, event in diagram.events:
        standard, counted = placed.node.standard, literal_duration(event)
        if standard is None or counted is None or standard.clock not in set(ClockKind):
            continue
        printed, drawn = (time_words.read(words) for words in (standard.text, placed.node.name))
        if printed is not None and printed.contradicts(ClockKind(standard.clock), counted):
            yield diagram.hit(placed)
        elif drawn is not None and drawn.contradicts(ClockKind(standard.clock), counted):
            yield replace(diagram.hit(placed), severity=ADVICE)
        elif not counted.months:
            shorter = [whole for whole, length in _times_round(diagram, placed) if length < counted.exact]
            if shorter:
                other_start = standard.start_from or any(whole.start_from for whole in shorter)
                yield replace(diagram.hit(placed), severity=ADVICE if other_start else None)


def _times_round(diagram: Diagram, placed: Placed) -> Iterator[tuple[Standard, timedelta]]:
    """The standards on the same clock of the sub-processes that hold, and the calls that lead to, the step a standard is of, with their
    lengths."""
    own = placed.node.standard
    for where, holder in _round(diagram, placed) if placed.node.type == "boundaryEvent" else ():
        for edge in where.attached.get(holder.node.id, ()):
            whole = edge.node.standard
            if whole is not None and own is not None and whole.clock == own.clock:
                lengths = (literal_duration(event) for event in edge.node.events)
                yield from ((whole, length.exact) for length in lengths if length is not None and not length.months)


def _round(diagram: Diagram, placed: Placed) -> Iterator[tuple[Diagram, Placed]]:
    """Whatever holds a step, or calls what does."""
    waiting, seen = [(diagram, placed)], set[str]()
    while waiting:
        where, step = waiting.pop()
        found = [(where, where.by_id[step.holder.id])] if step.holder is not None else diagram.sop.calls_of(step.process)
        for each in found:
            if each[1].node.id not in seen:
                seen.add(each[1].node.id)
                waiting.append(each)
                yield each


@rules.sop_rule(
    "time-missing",
    ADVICE,
    ("Waktu yang dicetak di sumber tidak diukur oleh baku waktu mana pun.", "A time the source prints is measured by no time standard."),
    (
        "Beri langkah yang disebut klausul ini pewaktu batas dengan sop:standard.",
        "Give the step that this clause names a boundary timer with sop:standard.",
    ),
)
def time_missing(sop: Sop) -> Iterator[Hit]:
    """Nobody would be told in time, and no report could say that it was late. A clause without a number is not read."""
    measured = {one.id for diagram in sop.diagrams for placed in diagram.placed if placed.node.standard is not None
                for one in (placed.node, placed.scope.nodes.get(placed.node.attached_to or ""), placed.holder) if one is not None}
    drawn = {key for diagram in sop.diagrams for key in diagram.by_id}
    for folder, sheet in sop.sheets.items():
        for clause in sheet.clauses:
            named = drawn.intersection(clause.elements)
            if clause.kind == "time" and named and named.isdisjoint(measured) and time_words.read(clause.text) is not None:
                yield Hit(element_id=min(named), file=f"{folder}{resolving.SHEET}")
