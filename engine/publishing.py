"""The part of `engine.sops` that changes an SOP: drafts, what they change, proposals, approval by another person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from engine import (
    authorization, consent_gates, definitions, draft_files, draft_origin, drawing_board, errors, importing, lane_roles, scenario_check,
    sheet_names, time_edit, versions,
)
from engine.bundle import SopBundle
from engine.commands import drafts as commands
from engine.commands.drafts import Checked
from engine.commands.versions import unheard, without_people
from engine.definitions import Definition
from engine.directory import sign_in
from engine.executor import Context, Executor
from engine.lint import guarded
from engine.settings import Settings
from engine.sop_results import Comparison, DraftDetail, DraftSummary, DrawingBoard, ImportReport, Proposal
from engine.types import Actor, LintFinding, Severity, Text, TimeStandard
from storage import drafts


class Publishing:
    """Draft, compare, propose, approve. Whoever edits never approves."""

    def __init__(self, executor: Executor, settings: Settings) -> None:
        self._executor, self._settings = executor, settings

    # --- drafts ------------------------------------------------------------------------------------------------------

    def save_draft(
        self, actor: Actor, files: Mapping[str, bytes], *, draft_id: str | None = None, based_on: str | None = None,
        expected_revision: int = 0, note: str = "",
    ) -> DraftDetail:
        """The next revision of a draft, or a new draft: of the version `based_on`, else of the newest version of the SOP that the files
        are of, else of an SOP there is none of yet.

        `files` may be one diagram alone: it takes the place of the one there is. What is wrong with them is kept as findings, not refused.

        Raises:
            StaleRevision: somebody saved the draft since `expected_revision`.
            DraftClosed, AnotherSop, InvalidSubmission, BundleRefused: it cannot be saved at all.
        """
        authorization.require(actor, "sop.draft")
        given = SopBundle.from_files(files)
        if draft_id is None and based_on is None:
            based_on = self._executor.read(actor, lambda context: commands.newest_of(context, given))
        before = self._executor.read(actor, lambda context: _files(context, draft_id, based_on))
        return self._saved(actor, draft_files.completed(given, before), draft_id=draft_id, based_on=based_on,
                           expected_revision=expected_revision, note=note)

    def draft_of(self, actor: Actor, deployment_id: str) -> DraftDetail:
        """A new draft that still says what that version says."""
        authorization.require(actor, "sop.draft")
        before = self._executor.read(actor, lambda context: _files(context, None, deployment_id))
        return self._saved(actor, SopBundle.from_files(before), draft_id=None, based_on=deployment_id, expected_revision=0, note="")

    def copy_of(self, actor: Actor, deployment_id: str, *, key: str, title: str) -> DraftDetail:
        """A draft of another SOP, there is none of yet, that says what that version says under a key and a title of its own.

        Raises:
            InvalidSubmission: the key or the title may not be, or the key is another SOP's.
        """
        authorization.require(actor, "sop.draft")
        row, before = self._executor.read(actor, lambda context: (
            commands.own_version(context, deployment_id), _files(context, None, deployment_id)))
        bundle = sheet_names.renamed(SopBundle.from_files(before), key=key.strip(), title=" ".join(title.split()))
        self._refuse_taken(actor, bundle)
        return self._saved(actor, bundle, draft_id=None, based_on=None, expected_revision=0, note=f"{row.key}, {row.version}")

    def restore_revision(self, actor: Actor, draft_id: str, number: int, *, expected_revision: int) -> DraftDetail:
        """The next revision of a draft, with the files of its revision `number`, and of the version that one changed; what was saved
        since stays readable.

        Raises:
            NotFound: the draft has no such revision.
            StaleRevision, DraftClosed: as `save_draft`.
        """
        authorization.require(actor, "sop.draft")

        def query(context: Context) -> tuple[dict[str, bytes], str | None]:
            row = commands.own(context, draft_id)
            earlier = drafts.revision(context.uow, row.id, number)
            if earlier is None:
                raise errors.NotFound(draft_id=draft_id)
            return commands.files_of(context, row, number), earlier.based_on

        files, based_on = self._executor.read(actor, query)
        checked = self._checked(actor, SopBundle.from_files(files), based_on=based_on)
        self._executor.run(actor, lambda context: commands.restore(
            context, draft_id, number, checked, expected_revision=expected_revision, note=f"Kembali ke revisi {number}"))
        return self.draft(actor, draft_id)

    def set_time(
        self, actor: Actor, draft_id: str, element_id: str, standard: TimeStandard, *, expected_revision: int,
    ) -> DraftDetail:
        """The next revision of a draft, with another time standard on one step and nothing else changed.

        Raises:
            UnknownElement: no such step, or it has no time standard to change.
            InvalidSubmission: the length does not fit its clock, or there is no wording.
            BundleRefused: the draft cannot run as it is; mend that first.
            StaleRevision, DraftClosed: as `save_draft`.
        """
        authorization.require(actor, "sop.draft")

        found = self._executor.read(actor, lambda context: versions.of_draft(context, commands.own(context, draft_id)).definition)
        bundle, step = SopBundle.from_files(found.files), found.element(element_id)
        return self._saved(actor, time_edit.with_time(bundle, element_id, standard), draft_id=draft_id, based_on=None,
                           expected_revision=expected_revision, note=f"{step.name or step.id}: {standard.text}")

    def drawing_board(self, actor: Actor, draft_id: str, *, file: str = "") -> DrawingBoard:
        """One diagram of a draft, to be drawn on, with what its steps may be given.

        Raises:
            DraftClosed: nobody edits the draft now.
            BundleRefused: the diagram is none that may be handed to a browser.
        """
        authorization.require(actor, "sop.draft")
        return self._executor.read(actor, lambda context: drawing_board.board(context, draft_id, file))

    def check_drawing(
        self, actor: Actor, draft_id: str, files: Mapping[str, bytes], *, lanes: Mapping[str, str] = {},
    ) -> tuple[LintFinding, ...]:
        """What the check would say if the draft were saved with this diagram and these roles of lanes; nothing is."""
        authorization.require(actor, "sop.draft")
        return tuple(self._checked(actor, self._drawn(actor, draft_id, files, lanes), draft_id=draft_id).findings)

    def save_drawing(
        self, actor: Actor, draft_id: str, files: Mapping[str, bytes], *, lanes: Mapping[str, str] = {}, expected_revision: int,
        note: str = "",
    ) -> DraftDetail:
        """The next revision of a draft, with this diagram in the place of the one of its name, and the roles of these lanes.

        Raises:
            StaleRevision, DraftClosed, InvalidSubmission, BundleRefused: as `save_draft`; or a lane's role is none.
        """
        authorization.require(actor, "sop.draft")
        return self._saved(actor, self._drawn(actor, draft_id, files, lanes), draft_id=draft_id, based_on=None,
                           expected_revision=expected_revision, note=note)

    def branch_drawing(
        self, actor: Actor, draft_id: str, files: Mapping[str, bytes], *, lanes: Mapping[str, str] = {}, note: str = "",
        at_revision: int = 0,
    ) -> DraftDetail:
        """Another draft with this diagram: for what was drawn while somebody else saved the draft. It goes on from the revision that the
        drawing was opened at (0: from the latest), with all that was saved before.

        Raises:
            NotFound: the draft has no such revision.
            InvalidSubmission, BundleRefused: as `save_drawing`.
        """
        authorization.require(actor, "sop.draft")

        def query(context: Context) -> tuple[dict[str, bytes], drafts.RevisionRow]:
            row = commands.own(context, draft_id)
            opened = drafts.revision(context.uow, row.id, at_revision or row.revision)
            if opened is None:
                raise errors.NotFound(draft_id=draft_id)
            return commands.files_of(context, row, opened.revision), opened

        before, opened = self._executor.read(actor, query)
        bundle = lane_roles.with_lanes(draft_files.completed(SopBundle.from_files(files), before), lanes)
        checked = self._checked(actor, bundle, based_on=opened.based_on)
        return self.draft(actor, self._executor.run(actor, lambda context: commands.branch(
            context, draft_id, checked, at_revision=opened.revision,
            note=note or f"Gambar yang didahului perubahan lain, dari revisi {opened.revision}")))

    def check_expression(self, actor: Actor, draft_id: str, source: str) -> Text | None:
        """Why a text is no FEEL expression, or which names in it nothing of the draft gives a value to; None where it may stand."""
        authorization.require(actor, "sop.draft")
        bundle = SopBundle.from_files(self._executor.read(actor, lambda context: _files(context, draft_id, None)))
        return drawing_board.problem_of(source, bundle)

    def read_import(self, actor: Actor, files: Mapping[str, bytes]) -> ImportReport:
        """What a diagram drawn with any tool would be as a draft, element by element; nothing is stored.

        Raises:
            BundleRefused: it cannot be read; its findings say why.
            InvalidSubmission: it is not one diagram.
        """
        authorization.require(actor, "sop.draft")
        file, data = importing.only_diagram(files)
        found = importing.adapted(data, file)
        findings = self._linted(SopBundle.from_files({file: found.content}))
        return importing.report(found, findings, roles=self._executor.read(actor, versions.roles_of_lanes))

    def import_draft(
        self, actor: Actor, files: Mapping[str, bytes], *, key: str, title: str, kind: str, lanes: Mapping[str, str],
    ) -> DraftDetail:
        """A draft of an SOP there is none of yet, from such a diagram. `lanes` says which role a lane stands for.

        Raises:
            BundleRefused, InvalidSubmission: as `read_import`; or the key is another SOP's, or none.
        """
        report = self.read_import(actor, files)
        key, title = key.strip(), " ".join(title.split())
        sheet = importing.sheet(report, agency=self._executor.read(actor, commands.agency_of), key=key, title=title, kind=kind, lanes=lanes)
        bundle = SopBundle.from_files({"sop.toml": sheet, f"{key}.bpmn": report.content})
        self._refuse_taken(actor, bundle)
        return self._saved(actor, bundle, draft_id=None, based_on=None, expected_revision=0, note=report.file)

    def drafts(self, actor: Actor) -> tuple[DraftSummary, ...]:
        """The drafts of the agency, the newest first."""
        authorization.require(actor, "sop.read_drafts")
        return self._executor.read(actor, lambda context: tuple(
            versions.draft_summary(context, row) for row in drafts.of_agency(context.uow, actor.agency_id)))

    def draft(self, actor: Actor, draft_id: str) -> DraftDetail:
        """One draft with all that was done with it."""
        authorization.require(actor, "sop.read_drafts")
        return self._executor.read(actor, lambda context: versions.draft_detail(context, commands.own(context, draft_id)))

    def withdraw_draft(self, actor: Actor, draft_id: str) -> None:
        """Gives a draft up; it stays readable. Raises `DraftClosed` for one that was approved or given up."""
        authorization.require(actor, "sop.draft")
        self._executor.run(actor, lambda context: commands.withdraw(context, draft_id))

    # --- proposals ---------------------------------------------------------------------------------------------------

    def propose(
        self, actor: Actor, draft_id: str, *, decree: str, effective_from: date, reason: str, expected_revision: int,
        accepted: Mapping[str, str] = {},
    ) -> Proposal:
        """Lays a draft before those who approve. `decree` is the number of the decision letter (SK).

        Its scenarios are played where nobody did yet. `accepted`: scenario -> why it may go otherwise than it is written.

        Raises:
            BundleRefused: a finding is an ERROR or a RULE.
            ScenarioUnaccepted: a scenario does not go as written, or there was no time to play it, and no reason is given.
            NothingChanged, DraftOutdated, DraftClosed, StaleRevision, InvalidSubmission: what else keeps it from being proposed.
        """
        authorization.require(actor, "sop.propose")
        checked, definition = self._runnable(actor, draft_id)
        reasons = commands.reasons_given(accepted)
        hindering = scenario_check.of_proposal(self._executor, actor, draft_id, reasons)

        def command(context: Context) -> str:
            row = commands.own(context, draft_id)
            origin = draft_origin.of(context, row.based_on, definition)
            return commands.propose(
                context, draft_id, checked, expected_revision=expected_revision, decree=decree, effective_from=effective_from,
                reason=reason, accepted=scenario_check.reasons_of(hindering, reasons),
                weakens_consent=origin is not None and bool(consent_gates.weakened(origin, definition)))

        return self._proposal(actor, self._executor.run(actor, command))

    def approve(
        self, actor: Actor, proposal_id: str, *, reason: str, passphrase: str, address: str = "", draft_id: str | None = None,
    ) -> Proposal:
        """One approval, confirmed by the passphrase. With the last one that is needed the draft becomes the next version.

        Risks that the check only advises of are thereby accepted, for this reason; scenarios that go otherwise, for those of the
        proposal. `address` slows down guessing, as at sign-in. `draft_id` is the draft that the approver
        looks at, if any.

        Raises:
            NotFound: it is none of the agency's, of another draft, or not the actor's to decide.
            SignInRefused, TooManyAttempts: the passphrase is not the actor's.
            OwnApproval: they edited or proposed it.
            ScenarioUnaccepted: by today's tables one goes otherwise that the proposal gives no reason for.
            EffectivePast, DraftOutdated, StaleRevision, InvalidSubmission, BundleRefused: it cannot come into force like this.
        """
        found, reasons = self._to_decide(actor, proposal_id, draft_id)
        sign_in.confirm(self._executor, self._settings, actor.account_id, passphrase, address=address)
        checked, definition = self._runnable(actor, found)
        hindering = scenario_check.of_proposal(self._executor, actor, found, reasons)
        checked = replace(checked, findings=(*checked.findings, *scenario_check.accepted(hindering, reasons)))
        self._executor.run(actor, lambda context: commands.approve(context, proposal_id, checked, definition, reason=reason))
        return self._proposal(actor, proposal_id)

    def send_back(self, actor: Actor, proposal_id: str, *, reason: str, draft_id: str | None = None) -> Proposal:
        """Back to its editors. Raises `NotFound`, `OwnApproval`, `StaleRevision`, `InvalidSubmission` as `approve` does."""
        self._to_decide(actor, proposal_id, draft_id)
        self._executor.run(actor, lambda context: commands.send_back(context, proposal_id, reason=reason))
        return self._proposal(actor, proposal_id)

    def take_back(self, actor: Actor, proposal_id: str, *, draft_id: str | None = None) -> Proposal:
        """The actor's own proposal is a draft again; it stays in the draft's history. `draft_id` is the draft they look at, if any.

        Raises:
            NotFound: they proposed none of that id, or not of that draft.
            StaleRevision: it is in review no more.
        """
        authorization.require(actor, "sop.propose")
        self._executor.run(actor, lambda context: commands.take_back(context, proposal_id, draft_id=draft_id))
        return self._proposal(actor, proposal_id)

    # --- comparison --------------------------------------------------------------------------------------------------

    def compare(self, actor: Actor, old: str, new: str, *, language: str = "id") -> Comparison:
        """What changes from one version or draft to another, in words and on both drawings.

        Raises:
            BundleRefused: one of them is a draft that cannot run; its findings say why.
        """
        authorization.require(actor, "sop.list")
        return self._executor.read(actor, lambda context: versions.comparison(
            context, versions.find(context, old), versions.find(context, new), language))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _saved(self, actor: Actor, bundle: SopBundle, *, draft_id: str | None, based_on: str | None, expected_revision: int,
               note: str) -> DraftDetail:
        checked = self._checked(actor, bundle, draft_id=draft_id, based_on=based_on)

        def command(context: Context) -> str:
            if draft_id is None:
                return commands.begin(context, checked, based_on=based_on, note=note)
            commands.save(context, draft_id, checked, expected_revision=expected_revision, note=note)
            return draft_id

        return self.draft(actor, self._executor.run(actor, command))

    def _refuse_taken(self, actor: Actor, bundle: SopBundle) -> None:
        """A new SOP takes no key that another has. Raises `InvalidSubmission`."""
        if self._executor.read(actor, lambda context: commands.newest_of(context, bundle)) is not None:
            raise errors.InvalidSubmission({"key": ("Kunci itu sudah dipakai SOP lain instansi ini.",
                                                    "Another SOP of this agency has that key.")})

    def _drawn(self, actor: Actor, draft_id: str, files: Mapping[str, bytes], lanes: Mapping[str, str]) -> SopBundle:
        before = self._executor.read(actor, lambda context: _files(context, draft_id, None))
        return lane_roles.with_lanes(draft_files.completed(SopBundle.from_files(files), before), lanes)

    def _linted(self, bundle: SopBundle) -> list[LintFinding]:
        return guarded.lint_guarded(bundle, operations=frozenset(self._executor.operations))

    def _checked(self, actor: Actor, bundle: SopBundle, *, draft_id: str | None = None, based_on: str | None = None) -> Checked:
        """What lint says of the bundle and, where it could run, whether the agency has people for it and what it takes from the consent
        gates of the version, or the other SOP, that it begins from."""
        findings = self._linted(bundle)
        if not any(finding.severity is Severity.ERROR for finding in findings):
            definition = definitions.load(bundle)

            def query(context: Context) -> list[LintFinding]:
                base = commands.own(context, draft_id).based_on if draft_id is not None else based_on
                origin = draft_origin.of(context, base, definition)
                gates = [] if origin is None else consent_gates.findings(origin, definition)
                return [*without_people(context, definition), *unheard(context, definition), *gates]

            findings = [*findings, *self._executor.read(actor, query)]
        return Checked(bundle=bundle, findings=tuple(findings))

    def _runnable(self, actor: Actor, draft_id: str) -> tuple[Checked, Definition]:
        """The draft's latest revision, checked again by today's rules."""
        files = self._executor.read(actor, lambda context: _files(context, draft_id, None))
        checked = self._checked(actor, SopBundle.from_files(files), draft_id=draft_id)
        if any(finding.severity is not Severity.ADVICE for finding in checked.findings):
            raise errors.BundleRefused(checked.findings)
        return checked, definitions.load(checked.bundle)

    def _to_decide(self, actor: Actor, proposal_id: str, draft_id: str | None) -> tuple[str, Mapping[str, str]]:
        """The draft of a proposal that is the actor's to decide on, and the reasons it accepts scenarios for."""
        authorization.require(actor, commands.APPROVE)
        proposal, draft = self._executor.read(actor, lambda context: commands.own_proposal(context, proposal_id))
        if draft_id not in (None, draft.id):
            raise errors.NotFound(proposal_id=proposal_id)
        return draft.id, proposal.accepted or {}

    def _proposal(self, actor: Actor, proposal_id: str) -> Proposal:
        return self._executor.read(actor, lambda context: versions.proposal(context, *commands.own_proposal(context, proposal_id)))


def _files(context: Context, draft_id: str | None, based_on: str | None) -> Mapping[str, bytes]:
    """The bytes of a draft's latest revision, or of a version; {} of neither."""
    if draft_id is not None:
        return commands.files_of(context, commands.own(context, draft_id))
    return {} if based_on is None else commands.files_of_version(context, based_on)
