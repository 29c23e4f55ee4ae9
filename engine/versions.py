"""Versions and drafts of an SOP as people look at them: found by id, told in full, held against each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from engine import authorization, comparing, comparing_marks, date_words, definitions, drawings, errors, time_edit
from engine.bundle import SopBundle
from engine.commands import drafts as commands
from engine.changes import Change
from engine.definitions import Definition
from engine.directory import agencies as agency_files
from engine.executor import Context
from engine.lint import guarded
from engine.matrix import Matrix, matrix_of
from engine.render import sop_ap
from engine.render.layout import DiagramWithoutLayout
from engine.results import SopStep
from engine.sop_results import (
    ComparedVersion, Comparison, Decision, DraftDetail, DraftRevision, DraftState, DraftSummary, MarkedDrawing, MarkedPlace, Proposal,
)
from engine.steps import steps_of
from engine.types import ClockKind, LintFinding, Severity, Text, TimeStandard
from storage import accounts, agencies, deployments, drafts, withdrawals


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version, or a draft's latest revision: what may be drawn, printed and compared."""

    id: str
    key: str
    number: int
    is_draft: bool
    effective_from: date | None
    digest: str
    title: Text
    process_id: str
    definition: Definition


def find(context: Context, version_id: str) -> Version:
    """The agency's version or draft of this id.

    Raises:
        NotFound: there is none that the actor may see.
        BundleRefused: a draft that cannot run.
    """
    draft = drafts.get(context.uow, version_id)
    if draft is not None and may_read(context, draft):
        return of_draft(context, draft)
    row = commands.own_version(context, version_id)
    return Version(id=row.id, key=row.key, number=row.version, is_draft=False, effective_from=row.effective_from, digest=row.digest,
                   title=title_of(row.title), process_id=row.process_id, definition=context.executor.definition(context.uow, row.id))


def may_read(context: Context, draft: drafts.DraftRow) -> bool:
    """Whether a draft is there for the actor."""
    return draft.agency_id == context.actor.agency_id and authorization.allows(context.actor, "sop.read_drafts")


def of_draft(context: Context, row: drafts.DraftRow) -> Version:
    """The latest revision of a draft. Raises `BundleRefused` where an error keeps it from running."""
    revision = drafts.revision(context.uow, row.id, row.revision)
    assert revision is not None
    findings = _findings(revision)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise errors.BundleRefused(findings, draft_id=row.id)
    definition = definitions.load(SopBundle.from_files(commands.files_of(context, row)))
    return Version(id=row.id, key=row.key, number=row.revision, is_draft=True, effective_from=None, digest=revision.digest,
                   title=title_of(row.title), process_id=definition.main_process or "", definition=definition)


def comparison(context: Context, old: Version, new: Version, language: str) -> Comparison:
    """What changes from `old` to `new`."""
    changes = changes_between(context, old.definition, new.definition)
    before = comparing_marks.marks(old.definition, new.definition, changes, lone=comparing_marks.REMOVED)
    after = comparing_marks.marks(new.definition, old.definition, changes, lone=comparing_marks.ADDED)
    return Comparison(title=new.title, old=_side(old, before, language), new=_side(new, after, language), changes=changes)


def changes_between(context: Context, old: Definition, new: Definition) -> tuple[Change, ...]:
    """The changes, with roles as the agency calls them."""
    agency = agencies.get(context.uow, context.actor.agency_id)
    assert agency is not None
    return comparing.compare(old, new, role_name=lambda role: agency_files.role_title(agency, role))


def printed(context: Context, version: Version) -> tuple[Matrix, sop_ap.Imprint]:
    """What the SOP-AP sheet says. Of a version that came by a decree, it names that, and the days it was approved and took effect."""
    agency = agencies.get(context.uow, context.actor.agency_id)
    assert agency is not None
    head = agency.profile.get("letterhead", {})
    matrix, number = matrix_of(version.definition), f"draf, revisi {version.number}" if version.is_draft else str(version.number)
    by = None if version.is_draft else drafts.proposal_of(context.uow, version.id)
    if by is not None:
        approved = max(each.decided_at for each in drafts.decisions(context.uow, by.id))
        days = {"revised": agency_files.local_day(agency, approved), "effective": by.effective_from}
        matrix, number = replace(matrix, identity={**matrix.identity, **days}), f"{number} · {by.decree}"
    ended = None if version.is_draft else withdrawals.approved(context.uow, version.id)
    if ended is not None:
        number = f"{number} · dicabut mulai {date_words.day_in_words(ended.withdrawn_from)}, {ended.decree}"
    return matrix, sop_ap.Imprint(agency=agency.name, unit=head.get("unit") or agency.name, letterhead=tuple(head.get("lines", ())),
                                  version=number, digest=version.digest)


def draft_summary(context: Context, row: drafts.DraftRow) -> DraftSummary:
    """A row of the list of drafts."""
    revision = drafts.revision(context.uow, row.id, row.revision)
    assert revision is not None
    base = None if row.based_on is None else deployments.get(context.uow, row.based_on)
    return DraftSummary(
        id=row.id, key=row.key, title=title_of(row.title), state=DraftState(row.state), revision=row.revision, based_on=row.based_on,
        based_on_version=None if base is None else base.version, saved_at=revision.saved_at,
        saved_by=_names(context, {revision.saved_by})[revision.saved_by],
        findings=sum(finding.severity is not Severity.ADVICE for finding in _findings(revision)), note=revision.note)


def roles_of_lanes(context: Context) -> Mapping[str, str]:
    """Lane name in small letters -> role, as the agency's SOPs in force say it."""
    in_force = deployments.all_in_force(context.uow, context.actor.agency_id, context.local_day())
    sheets = (context.executor.definition(context.uow, row.id).sheet for row in in_force)
    return {lane.casefold(): role for sheet in sheets for lane, role in sheet.lanes.items()}


def draft_findings(context: Context, row: drafts.DraftRow) -> tuple[LintFinding, ...]:
    """What the check said of a draft's latest revision when it was saved."""
    revision = drafts.revision(context.uow, row.id, row.revision)
    assert revision is not None
    return _findings(revision)


def draft_detail(context: Context, row: drafts.DraftRow) -> DraftDetail:
    """A draft in full."""
    revisions = drafts.revisions(context.uow, row.id)
    findings = _findings(revisions[-1])
    runs = not any(finding.severity is Severity.ERROR for finding in findings)
    definition = of_draft(context, row).definition if runs else None
    names = _names(context, {each.saved_by for each in revisions})
    changes = () if definition is None or row.based_on is None else changes_between(
        context, context.executor.definition(context.uow, row.based_on), definition)
    steps = () if definition is None else steps_of(definition, context.parameters_in_force())
    return DraftDetail(
        summary=draft_summary(context, row), steps=steps, times={} if definition is None else _times(definition, steps),
        findings=findings, changes=changes, file_names=tuple(drafts.files(context.uow, row.id, row.revision)),
        revisions=tuple(DraftRevision(revision=each.revision, saved_at=each.saved_at, saved_by=names[each.saved_by], note=each.note,
                                      digest=each.digest) for each in revisions),
        proposals=tuple(proposal(context, each, row) for each in drafts.proposals(context.uow, row.id)),
        overtaken_by=commands.overtaken_by(context, row) if row.state in (DraftState.DRAFT, DraftState.IN_REVIEW) else None,
        places={} if definition is None else _places(definition, {each.element_id for each in findings if each.element_id}))


def _places(definition: Definition, element_ids: Collection[str]) -> Mapping[str, str]:
    """What people call these elements, where they have a name at all."""
    nodes = {node.id: node for process in definition.processes.values() for node in definitions.nodes_of(process)}

    def called(element_id: str) -> str:
        node = nodes.get(element_id)
        return "" if node is None else called(node.attached_to) if node.attached_to else node.name

    joined = {flow.id: (called(flow.source), called(flow.target)) for node in nodes.values() for flow in node.outgoing}
    found = {each: " → ".join(joined[each]) if all(joined.get(each, ("",))) else called(each) for each in element_ids}
    return {each: name for each, name in found.items() if name}


def proposal(context: Context, row: drafts.ProposalRow, draft: drafts.DraftRow) -> Proposal:
    """A proposal with what was decided on it."""
    made = drafts.decisions(context.uow, row.id)
    names = _names(context, {row.proposed_by, *(each.account_id for each in made)})
    approved = {each.role for each in made if each.approved}
    return Proposal(
        id=row.id, draft_id=row.draft_id, revision=row.revision, decree=row.decree, effective_from=row.effective_from, reason=row.reason,
        weakens_consent=row.weakens_consent, proposed_at=row.proposed_at, proposed_by=names[row.proposed_by], state=row.state,
        deployment_id=row.deployment_id, accepted=row.accepted or {}, is_own=context.actor.account_id in commands.hands_in(context, draft),
        is_proposer=context.actor.account_id == row.proposed_by, taken_back_at=row.taken_back_at,
        waits_for=tuple(role for role in commands.needed(row) if role not in approved) if row.state == commands.IN_REVIEW else (),
        decisions=tuple(Decision(name=names[each.account_id], role=each.role, approved=each.approved, reason=each.reason,
                                 decided_at=each.decided_at) for each in made))


def _side(version: Version, marks: Mapping[str, str], language: str) -> ComparedVersion:
    """One side: the drawing of the SOP, and those of the processes it calls that have a mark."""
    processes = version.definition.processes
    beside = (key for key, process in processes.items() if key != version.process_id and drawings.is_marked(process, marks))
    return ComparedVersion(id=version.id, number=version.number, is_draft=version.is_draft, effective_from=version.effective_from,
                           digest=version.digest, drawing=_marked(version, version.process_id, marks, language),
                           beside=tuple(_marked(version, key, marks, language) for key in beside))


def _marked(version: Version, process_id: str, marks: Mapping[str, str], language: str) -> MarkedDrawing:
    anchors = f"{version.id}-{process_id}-"
    try:
        drawing = drawings.of_change(version.definition, process_id, marks, language=language, anchors=anchors)
    except (DiagramWithoutLayout, errors.NotFound):
        return MarkedDrawing(name=process_id, svg=None, places=())
    process = version.definition.processes[process_id]
    places = tuple(MarkedPlace(anchor=anchors + key, mark=marks[key], name=name)
                   for key, name in comparing_marks.names(version.definition, process).items() if key in marks)
    return MarkedDrawing(name=process.name or process_id, svg=drawing, places=places)


def _times(definition: Definition, steps: tuple[SopStep, ...]) -> Mapping[str, TimeStandard]:
    """The time standards that may be edited in the table, by step."""
    found: dict[str, TimeStandard] = {}
    for step in steps:
        timer = time_edit.standard_of(definition, step.element_id)
        if timer is not None and timer.standard is not None and timer.standard.clock in set(time_edit.COUNTED):
            found[step.element_id] = TimeStandard(
                duration=timer.events[0].timer_text or "", clock=ClockKind(timer.standard.clock), text=timer.standard.text)
    return found


def _findings(revision: drafts.RevisionRow) -> tuple[LintFinding, ...]:
    return tuple(guarded.from_json(each) for each in revision.findings or ())


def title_of(plain: Mapping[str, str]) -> Text:
    """A title as its row keeps it."""
    return Text(plain.get("id", ""), plain.get("en", ""))


def _names(context: Context, account_ids: set[str]) -> Mapping[str, str]:
    """account id -> name; the id of who has no account, such as the machine's operator."""
    return {**{one: one for one in account_ids}, **accounts.names(context.uow, account_ids)}
