"""The Simfoni part of `engine.cases`: the sheet a case is entered from, and the mark that it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine import case_parts, facts, simfoni
from engine.commands import access, leave
from engine.commands import simfoni as commands
from engine.executor import Context, Executor
from engine.results import CasePart, SimfoniMark, SimfoniSheet
from engine.settings import Settings
from engine.types import Actor
from storage import accounts

_ENTER = "case.simfoni"


class CaseSimfoni:
    """Simfoni PPA has no door for programs: people copy, and say that they did."""

    _executor: Executor
    _settings: Settings

    def simfoni(self, actor: Actor, case_id: str) -> CasePart[SimfoniSheet]:
        """What Simfoni asks, answered from the case, with who said that it was entered; its reading stands in the access log."""

        def command(context: Context) -> CasePart[SimfoniSheet]:
            row, about = facts.seen_case(context, case_id, "case.read")
            access.log(context, case_id, what=access.READ, field_group="part.simfoni")
            known = case_parts.known(context, row, about)
            told = commands.marks(context, row)
            names = accounts.names(context.uow, {each.actor_id for each in told}) if told else {}
            marks = tuple(SimfoniMark(
                at=each.at, by=names.get(each.actor_id, ""), is_entered=each.content["entered"], entered_at=each.content["entered_at"],
                reference=each.content["reference"], reason=each.content.get("reason", "")) for each in reversed(told))
            sees_marks = "C2" in known.sight.classes
            return CasePart(head=case_parts.head(known), content=replace(simfoni.sheet(known), marks=marks if sees_marks else ()))

        return self._executor.run(actor, command)

    def show_simfoni_names(self, actor: Actor, case_id: str) -> datetime:
        """Shows the names on the sheet to who enters it, for a minute (a setting); until when. Stands in the access log each time."""

        def command(context: Context) -> datetime:
            row, _ = facts.seen_case(context, case_id, _ENTER)
            return leave.show_names(context, row, lasts=self._settings.names_shown_for)

        return self._executor.run(actor, command)

    def mark_simfoni(self, actor: Actor, case_id: str, *, is_entered: bool = True, entered_at: datetime | None = None,
                     reference: str = "", reason: str = "") -> None:
        """Marks the case as entered into Simfoni PPA by the actor, or corrects the mark that stands, for which a reason is wanted. Twice
        the same is once.

        Raises:
            InvalidSubmission, ReasonWanted: as `commands.simfoni.mark`.
        """
        self._executor.run(actor, lambda context: commands.mark(
            context, facts.seen_case(context, case_id, _ENTER)[0], is_entered=is_entered, entered_at=entered_at, reference=reference,
            reason=reason))
