"""The files of a draft, or of a version, as their pages read them: one file of a kind at a time, to be edited while that may be."""

from __future__ import annotations

from dataclasses import dataclass

from engine import authorization, errors, resolving, sop_toml
from engine.bundle import SopBundle
from engine.commands import drafts as commands
from engine.editing_results import DraftFile, FilesSummary
from engine.executor import Context
from engine.sop_refusals import DraftClosed
from engine.sop_results import DraftState
from engine.types import LintFinding, Text
from engine.versions import draft_findings, draft_summary
from storage import drafts


def edited(context: Context, draft_id: str) -> drafts.DraftRow:
    """The agency's draft, while it may be edited. Raises `NotFound`, `DraftClosed`."""
    row = commands.own(context, draft_id)
    if row.state != DraftState.DRAFT:
        raise DraftClosed()
    return row


def listed(titles: dict[str, Text]) -> tuple[DraftFile, ...]:
    """Files by path, the SOP's own first."""
    found = [DraftFile(path=path, title=title, lender=resolving.folder_of(path).removeprefix("uses/").rstrip("/"))
             for path, title in titles.items()]
    return tuple(sorted(found, key=lambda one: (one.lender, one.path)))


def chosen_of(files: tuple[DraftFile, ...], path: str) -> DraftFile | None:
    """The file of that path, the first for ""; None where there is none at all. Raises `NotFound`."""
    if not path:
        return next(iter(files), None)
    found = next((one for one in files if one.path == path), None)
    if found is None:
        raise errors.NotFound(file=path)
    return found


def written(text: Text) -> Text:
    """The words as the file has them: English that only repeats the Indonesian was not written."""
    return Text(text.id, "" if text.en == text.id else text.en)


@dataclass(frozen=True, kw_only=True)
class Held:
    """The files that an id stands for; `findings` are what the check said of a draft when it was saved."""

    summary: FilesSummary
    bundle: SopBundle
    findings: tuple[LintFinding, ...] = ()

    def of(self, file: DraftFile | None) -> tuple[LintFinding, ...]:
        """The findings of one file."""
        return tuple(one for one in self.findings if file is not None and one.file == file.path)


def held(context: Context, files_id: str) -> Held:
    """The agency's draft of that id as it stands, whoever edits it, or else its version. Raises `NotFound`."""
    if drafts.get(context.uow, files_id) is None:
        version = commands.own_version(context, files_id)
        bundle = SopBundle.from_files(commands.files_of_version(context, version.id))
        return Held(bundle=bundle, summary=FilesSummary(
            id=version.id, key=version.key, title=sop_toml.read_folder(bundle.files, "").title, version=version.version, revision=0,
            is_editable=False))
    row = commands.own(context, files_id)
    said = draft_summary(context, row)
    return Held(
        bundle=SopBundle.from_files(commands.files_of(context, row)), findings=draft_findings(context, row),
        summary=FilesSummary(
            id=row.id, key=row.key, title=said.title, version=None, revision=row.revision,
            is_editable=row.state == DraftState.DRAFT and authorization.allows(context.actor, "sop.draft")))
