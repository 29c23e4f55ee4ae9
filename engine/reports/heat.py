"""Where an SOP is late: its own diagram, tinted by how often each step was on time."""

from __future__ import annotations

from typing import Final

from engine import drawings, errors
from engine.executor import Context
from engine.report_results import Period
from engine.reports import times
from storage import deployments

#: Least share on time (percent) of each band of the drawing.
_BANDS: Final = ((95, "heat1"), (80, "heat2"), (60, "heat3"), (40, "heat4"), (0, "heat5"))


def drawing(context: Context, sop_key: str, period: Period, language: str) -> bytes:
    """The SOP in force as a heat map. A step that no standard judges has a number of times done and no tint.

    Raises:
        NotFound: no such SOP is in force.
        BundleRefused, DiagramWithoutLayout: it cannot be drawn.
    """
    row = deployments.in_force(context.uow, context.actor.agency_id, sop_key, context.local_day())
    if row is None:
        raise errors.NotFound(sop=sop_key)
    zone, classes = times.office_zone(context), times.known_classes(context)
    definition = context.executor.definition(context.uow, row.id)
    found = [step for step in times.step_times(context, period.begins(zone), period.ends(zone), classes) if step.sop_key == sop_key]
    return drawings.of_figures(
        definition, row.process_id, language=language,
        marks={step.element_id: band(step.on_time, step.judged) for step in found if step.judged},
        counts={step.element_id: f"{100 * step.on_time // step.judged} % · n {step.done}" if step.judged else f"n {step.done}"
                for step in found},
        hidden=lambda element_id: (definition.element(element_id).sensitivity or "C1") not in classes)


def band(on_time: int, judged: int) -> str:
    """The band of a share, rounded down: 94.9 % is not 95 %."""
    share = 100 * on_time // judged
    return next(name for least, name in _BANDS if share >= least)
