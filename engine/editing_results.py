"""What `engine.sops` tells of the forms, decision tables and documents of a draft, for the pages that edit them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from engine.draft_edits import FieldEdit, TableEdit
from engine.table_file import WrittenExpression, WrittenTable
from engine.task_results import FormView
from engine.types import LintFinding, Text


@dataclass(frozen=True, kw_only=True)
class FilesSummary:
    """The draft or version whose file a page shows. `version` is its number, None for a draft; `revision` is a draft's, 0 for a version;
    `is_editable`: the reader may change it now."""

    id: str
    key: str
    title: Text
    version: int | None
    revision: int
    is_editable: bool


@dataclass(frozen=True, kw_only=True)
class DraftFile:
    """A file of the draft to choose. `lender` is the folder it is borrowed from, "" for the SOP's own."""

    path: str
    title: Text
    lender: str


@dataclass(frozen=True, kw_only=True)
class IdentityBoard:
    """The printed identity of a draft: lines, days and lists by their names in the sheet, as `identity_sheet` has them."""

    summary: FilesSummary
    parts: Mapping[str, str | date | tuple[str, ...] | None]


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
    """One question as it stands in the file, its columns with it. `edit` has the words as written, English only where there is some;
    `label` and `heading` are for readers."""

    edit: FieldEdit
    label: Text
    heading: Text
    columns: tuple[AuthoredField, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FormBoard:
    """One form of a draft or version. `view` None: it cannot be read, and `findings` say why. `clauses` are ids and words."""

    summary: FilesSummary
    files: tuple[DraftFile, ...]
    file: DraftFile | None
    title: Text
    help: Text
    fields: tuple[AuthoredField, ...]
    view: FormView | None
    findings: tuple[LintFinding, ...]
    clauses: tuple[tuple[str, str], ...]
    uses: tuple[FieldUse, ...] = ()   # of the question that was asked for
    opened_by: tuple[str | Text, ...] = ()   # what people call the steps and forms that use it
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)   # by question: names its conditions read that nothing answers


@dataclass(frozen=True, kw_only=True)
class TableExample:
    """Inputs that show something: column and value, in words; a column it does not name may be anything. `rows` hit, counted from 1."""

    inputs: tuple[tuple[str, Text], ...]
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TableCheck:
    """Which inputs hit two rows where one may, and which hit none. `unsure` rows read more than their own column; `is_whole`: every
    combination was looked at, and every one found is told."""

    overlaps: tuple[TableExample, ...]
    gaps: tuple[TableExample, ...]
    unsure: tuple[int, ...]
    is_whole: bool


@dataclass(frozen=True, kw_only=True)
class AskedInput:
    """What a table is tried with: a name, FEEL's word for its kind ("" for unknown), its values where a question or the file lists them."""

    name: str
    label: Text
    kind: str
    options: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, kw_only=True)
class TriedTable:
    """What a table answers. `answer` is FEEL; `problems` say why there is none; `wrong` are inputs that could not be read, by name."""

    rows: tuple[int, ...]
    answer: str
    problems: tuple[Text, ...]
    wrong: Mapping[str, Text]


@dataclass(frozen=True, kw_only=True)
class TableBoard:
    """One decision table of a draft or version, as written or as typed. `decisions` are ids and names of the file's tables, `digest` is
    the file's.

    `wrong` are cells that cannot be read (`r0-i1`: row 0, input 1; `o` outputs, `n` notes), boxes, and "" for the table; then there is
    no `check`.
    """

    summary: FilesSummary
    files: tuple[DraftFile, ...]
    file: DraftFile | None
    decisions: tuple[tuple[str, str], ...]
    table: WrittenTable | None
    edit: TableEdit | None
    findings: tuple[LintFinding, ...]
    digest: str
    inputs: tuple[AskedInput, ...] = ()
    wrong: Mapping[str, Text] = field(default_factory=dict)
    check: TableCheck | None = None
    tried: TriedTable | None = None
    expression: WrittenExpression | None = None   # where the decision is no table; as written or as typed
    names: tuple[tuple[str, Text], ...] = ()      # questions that a column may read
    uses: tuple[str, ...] = ()                    # steps and other decisions that ask it


@dataclass(frozen=True, kw_only=True)
class DocumentBoard:
    """One document template of a draft or version, set with its made-up sample. `pages` 0: it cannot be, and `failure` says why, `line`
    of the template where, `said` in Typst's own words; `around` are the template's lines there, with their numbers."""

    summary: FilesSummary
    files: tuple[DraftFile, ...]
    file: DraftFile | None
    template: str = ""
    placeholders: tuple[tuple[Text, str], ...] = ()   # what a template may say of an answer, and how
    sample: str = ""
    pages: int = 0
    failure: Text | None = None
    line: int | None = None
    said: str = ""
    around: tuple[tuple[int, str], ...] = ()
