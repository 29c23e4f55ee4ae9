"""What `engine.sops` tells of the forms, decision tables and documents of a draft, for the pages that edit them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.draft_edits import FieldEdit
from engine.results import FormView
from engine.sop_results import DraftSummary
from engine.types import LintFinding, Text


@dataclass(frozen=True, kw_only=True)
class DraftFile:
    """A file of the draft to choose. `lender` is the folder it is borrowed from, "" for the SOP's own."""

    path: str
    title: Text
    lender: str


class UsedIn(StrEnum):
    """What kind of file names a question."""

    FORM = "form"          #: A condition or a rule of a question, or a form that shows it.
    DIAGRAM = "diagram"    #: A condition, a timer, a loop or an argument of a step.
    TABLE = "table"        #: A cell or an input of a decision.
    DOCUMENT = "document"  #: A letter's template.
    SCENARIO = "scenario"  #: A scenario answers it.


@dataclass(frozen=True, kw_only=True)
class FieldUse:
    """One place that names a question. `name` is what people call that place."""

    used_in: UsedIn
    file: str
    name: str | Text


@dataclass(frozen=True, kw_only=True)
class AuthoredField:
    """One question as it stands in the file, its columns with it."""

    edit: FieldEdit
    columns: tuple[FieldEdit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FormBoard:
    """One form of a draft, to be edited. `view` None: it cannot be read, and `findings` say why. `clauses` are ids and words."""

    summary: DraftSummary
    files: tuple[DraftFile, ...]
    file: DraftFile | None
    title: Text
    help: Text
    fields: tuple[AuthoredField, ...]
    view: FormView | None
    findings: tuple[LintFinding, ...]
    clauses: tuple[tuple[str, str], ...]
    uses: tuple[FieldUse, ...] = ()   # of the question that was asked for
