"""How an office is led: who is on duty, who has a conflict of interest, what supervision sessions said, how far a late task was told.

Indexes of the desk stand here too: each of its lists reads one in order and stops at a page.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from storage.schema.columns import Instant, metadata
from storage.schema.running import case_file, task

conflict = Table(
    "conflict_of_interest", metadata,
    Column("case_id", Text, ForeignKey("case_file.id"), primary_key=True),
    Column("account_id", Text, ForeignKey("account.id"), primary_key=True),
    Column("declared_by", Text, nullable=False),
    Column("declared_at", Instant, nullable=False),       # why stands in the case's own chain, under its key
    Index("ix_conflict_of_interest_account", "account_id", "case_id"),
)

duty_shift = Table(
    "duty_shift", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("account_id", Text, ForeignKey("account.id"), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("phone", LargeBinary, nullable=False),         # sealed under a key of the agency
    Column("set_by", Text, nullable=False),
    Column("set_at", Instant, nullable=False),
    Index("ix_duty_shift_agency", "agency_id", "ends_at", "starts_at"),
)

supervision_session = Table(
    "supervision_session", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("supervisor_id", Text, ForeignKey("account.id"), nullable=False),
    Column("worker_id", Text, ForeignKey("account.id"), nullable=False),
    Column("held_on", Date, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),    # sealed under a key of the agency: never in a case file
    Index("ix_supervision_session_agency", "agency_id", "held_on", "id"),
)

escalation = Table(
    "escalation", metadata,
    Column("task_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("told", Integer, nullable=False),              # how many of the chain were told
    Column("next_at", Instant),                           # when the next one is; NULL: nobody is left, or the task waits no longer
    Index("ix_escalation_next", "next_at", "task_id"),
)

_OPEN = text("state = 'open'")
_DONE = text("state = 'completed'")
_CASE_OPEN = text("closed_at IS NULL")
_UNOWNED = text("closed_at IS NULL AND owner_id IS NULL")
Index("ix_task_agency_due", task.c.agency_id, task.c.due_sort, task.c.id, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("ix_task_agency_element", task.c.agency_id, task.c.element_id, task.c.ready_at, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("ix_task_agency_done", task.c.agency_id, task.c.completed_at, sqlite_where=_DONE, postgresql_where=_DONE)
Index("ix_case_file_quiet", case_file.c.agency_id, case_file.c.acted_at, case_file.c.id,
      sqlite_where=_CASE_OPEN, postgresql_where=_CASE_OPEN)
Index("ix_case_file_unowned", case_file.c.agency_id, case_file.c.opened_at, case_file.c.id,
      sqlite_where=_UNOWNED, postgresql_where=_UNOWNED)
Index("ix_case_file_owner", case_file.c.agency_id, case_file.c.owner_id, sqlite_where=_CASE_OPEN, postgresql_where=_CASE_OPEN)
