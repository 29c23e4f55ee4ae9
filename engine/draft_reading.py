"""A draft's files as its editing pages read them: while it may be edited, one file of a kind at a time."""

from __future__ import annotations

from engine import errors, resolving
from engine.commands import drafts as commands
from engine.editing_results import DraftFile
from engine.executor import Context
from engine.sop_refusals import DraftClosed
from engine.sop_results import DraftState
from engine.types import LintFinding, Text
from engine.versions import draft_findings
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


def findings_of(context: Context, row: drafts.DraftRow, file: DraftFile | None) -> tuple[LintFinding, ...]:
    """What the check said of one file of the draft's latest revision."""
    return tuple(one for one in draft_findings(context, row) if file is not None and one.file == file.path)
