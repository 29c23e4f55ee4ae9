"""The part of `engine.sops` that is about a draft's scenarios: how they go, and what becomes of those that go otherwise."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Collection, Mapping

from engine import answering, authorization, errors, forms, rehearsal, scenario_board, scenario_check, scenario_names, versions
from engine.bundle import SopBundle
from engine.commands import drafts as commands
from engine.draft_edits import FormAnswer, StepAnswer
from engine.executor import Context
from engine.rehearsal import OutOfTime
from engine.scenario_file import read_scenario
from engine.scenario_results import PlayedScenario, ScenarioBoard, UnansweredForm, UnansweredStep, Went
from engine.sop_results import DraftState
from engine.staffed_trial import EVERY_CLASS
from engine.trial_story import StoryUntellable
from engine.trying import Trying
from engine.types import Actor
from storage import drafts


class Rehearsing(Trying):
    """Scenarios are files of the draft: what changes one is the draft's next revision, and the comparison tells of it."""

    def scenarios(self, actor: Actor, draft_id: str, *, language: str = "id") -> ScenarioBoard:
        """The scenarios of a draft's latest revision, with how they went if they were played on it, and what the check says of them.

        Raises:
            NotFound: the agency has no such draft.
            BundleRefused: it cannot run.
        """
        authorization.require(actor, "sop.read_drafts")

        def query(context: Context) -> ScenarioBoard:
            row = commands.own(context, draft_id)
            definition, found = versions.of_draft(context, row).definition, scenario_check.known(context, row)
            board = ScenarioBoard(summary=versions.draft_summary(context, row), scenarios=found.scenarios, played_at=found.played_at,
                                  findings=scenario_check.findings(found.scenarios))
            if board.waiting or found.played_at is None:
                return board
            return scenario_board.covered(board, definition, found.taken, language=language)

        return self._executor.read(actor, query)

    def scenario_tallies(self, actor: Actor) -> Mapping[str, Counter[Went]]:
        """By id of each draft that is being edited: how many of its scenarios went how on its latest revision."""
        authorization.require(actor, "sop.read_drafts")
        return self._executor.read(actor, lambda context: {
            row.id: Counter(one.state for one in scenario_check.known(context, row).scenarios)
            for row in drafts.of_agency(context.uow, actor.agency_id) if row.state == DraftState.DRAFT})

    def play_scenarios(self, actor: Actor, draft_id: str) -> None:
        """Plays those of a draft's scenarios that were not played on its files and the agency's tables yet, for a while; called again,
        it goes on.

        Raises:
            NotFound: the agency has no such draft.
            BundleRefused: it cannot run.
        """
        authorization.require(actor, "sop.try")
        authorization.require(actor, "sop.read_drafts")
        scenario_check.play(self._executor, actor, draft_id, begin_within=scenario_board.A_WHILE)

    def unanswered_step(self, actor: Actor, draft_id: str, element_id: str) -> UnansweredStep:
        """A step at which stories stop that never do it, for somebody to answer it once for all of them.

        Raises:
            NotFound: the agency has no such draft, or none of its stories stops there.
            BundleRefused: it cannot run.
        """
        authorization.require(actor, "sop.draft")

        def query(context: Context) -> UnansweredStep:
            row = commands.own(context, draft_id)
            definition, known = versions.of_draft(context, row).definition, scenario_check.known(context, row).scenarios
            stopped = tuple(one for one in known if one.state.hinders and element_id in one.waits_for)
            if not stopped:
                raise errors.NotFound(draft_id=draft_id)
            form = definition.forms.get(definition.element(element_id).form or "")
            return UnansweredStep(
                summary=versions.draft_summary(context, row), element_id=element_id, name=stopped[0].waits_for[element_id],
                role=definition.role_of(element_id, context.parameters_in_force()), scenarios=stopped,
                form=None if form is None else forms.to_fill(form, {}, EVERY_CLASS))

        return self._executor.read(actor, query)

    def unanswered_form(self, actor: Actor, draft_id: str, form_key: str) -> UnansweredForm:
        """What a form refuses in stories that stop there, for somebody to answer it once for all of them.

        Raises:
            NotFound: the agency has no such draft, or none of its stories is refused by that form.
            BundleRefused: it cannot run.
        """
        authorization.require(actor, "sop.draft")

        def query(context: Context) -> UnansweredForm:
            row = commands.own(context, draft_id)
            definition, known = versions.of_draft(context, row).definition, scenario_check.known(context, row).scenarios
            found = [(one, one.refused_form) for one in known if one.state.hinders]
            stopped = {one.name: (one, form.fields) for one, form in found if form is not None and form.key == form_key}
            if not stopped:
                raise errors.NotFound(draft_id=draft_id)
            return UnansweredForm(
                summary=versions.draft_summary(context, row), scenarios=tuple(one for one, _ in stopped.values()),
                form=answering.asked_again(forms.to_fill(definition.forms[form_key], {}, EVERY_CLASS),
                                           {key for _, fields in stopped.values() for key in fields}))

        return self._executor.read(actor, query)

    def _stopped(self, actor: Actor, draft_id: str, answer: StepAnswer | FormAnswer) -> tuple[PlayedScenario, ...]:
        """The stories that such an answer is for."""
        if isinstance(answer, FormAnswer):
            return self.unanswered_form(actor, draft_id, answer.form).scenarios
        return self.unanswered_step(actor, draft_id, answer.element_id).scenarios

    def play_with_answer(self, actor: Actor, draft_id: str, names: Collection[str], answer: StepAnswer | FormAnswer) -> ScenarioBoard:
        """Plays these scenarios with a step put in wherever they leave it undone, or with the answers in the place of what a form refuses,
        for a while; called again, it goes on. How they went so far: nothing of the draft changes.

        Raises:
            NotFound: the agency has no such draft, or one of them does not stop at that step or form.
            InvalidSubmission: the form does not take the answers.
            BundleRefused: it cannot run.
        """
        authorization.require(actor, "sop.try")
        if not names or set(names) - {one.name for one in self._stopped(actor, draft_id, answer)}:
            raise errors.NotFound(draft_id=draft_id)
        every = self._executor.read(actor, lambda context: [
            one.name for one in scenario_check.known(context, commands.own(context, draft_id)).scenarios])
        scenario_check.play(self._executor, actor, draft_id, but=set(every) - set(names), answer=answer,
                            begin_within=scenario_board.A_WHILE)

        def query(context: Context) -> ScenarioBoard:
            row = commands.own(context, draft_id)
            found = scenario_check.known(context, row, answer)
            return ScenarioBoard(summary=versions.draft_summary(context, row), played_at=found.played_at,
                                 scenarios=tuple(one for one in found.scenarios if one.name in set(names)))

        return self._executor.read(actor, query)

    def write_scenarios_anew(
        self, actor: Actor, draft_id: str, names: Collection[str], *, answer: StepAnswer | FormAnswer | None = None, expected_revision: int,
    ) -> int:
        """These scenarios as they went, in the place of what is written; the draft's next revision. With an `answer`, as they went with it.

        Raises:
            NotFound: one of them was not played, goes as written, or cannot be written anew.
            StaleRevision, DraftClosed: as `save_draft`.
        """
        authorization.require(actor, "sop.draft")
        bundle = self._bundle(actor, draft_id, expected_revision)
        known = self._executor.read(actor, lambda context: scenario_check.known(context, commands.own(context, draft_id), answer))
        anew = {one.name: one.anew for one in known.scenarios if one.anew is not None}
        if not names or set(names) - anew.keys():
            raise errors.NotFound(draft_id=draft_id)
        files = {scenario_names.path_of(name): anew[name] for name in sorted(set(names))}
        return self._next(actor, draft_id, SopBundle.from_files({**bundle.files, **files}), f"Tulis ulang: {', '.join(files)}",
                          expected_revision)

    def drop_scenario(self, actor: Actor, draft_id: str, name: str, *, expected_revision: int) -> int:
        """The draft's next revision, without this scenario. Raises `NotFound`, `StaleRevision`, `DraftClosed`."""
        authorization.require(actor, "sop.draft")
        bundle = self._bundle(actor, draft_id, expected_revision)
        path = scenario_names.path_of(name)
        if path not in bundle.files:
            raise errors.NotFound(draft_id=draft_id)
        left = {each: data for each, data in bundle.files.items() if each != path}
        return self._next(actor, draft_id, SopBundle.from_files(left), f"- {path}", expected_revision)

    def take_up_scenario(self, actor: Actor, draft_id: str, name: str) -> str:
        """Opens a trial of the draft in which this scenario was played as far as it goes, for somebody to go on from there; its id.

        Raises:
            NotFound: the agency has no such draft, or it no such scenario.
            BundleRefused: the draft cannot run.
            ScenarioUnreadable, StoryUntellable: it is no story that a person begins.
        """
        authorization.require(actor, "sop.try")
        authorization.require(actor, "sop.read_drafts")
        data = self._executor.read(actor, lambda context: _file(context, draft_id, scenario_names.path_of(name)))
        told = read_scenario(data)
        if told.message is not None or told.timer is not None:
            raise StoryUntellable()
        trial_id = self._opened(actor, draft_id, starts_at=rehearsal.opening(told))
        began = self._executor.clock.now()
        with contextlib.suppress(OutOfTime):
            rehearsal.rehearse_in(self.trial(actor, trial_id), told,
                                  is_over=lambda: self._executor.clock.now() - began > scenario_board.LONGEST)
        return trial_id


def _file(context: Context, draft_id: str, path: str) -> bytes:
    row = commands.own(context, draft_id)
    found = drafts.files(context.uow, row.id, row.revision).get(path)
    if found is None:
        raise errors.NotFound(draft_id=draft_id)
    return found
