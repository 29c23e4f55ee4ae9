"""What runs: cases, instances, tasks, drafts, jobs, subscriptions, buffered messages. History never points here."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from storage.schema.columns import Instant, Json, metadata

case_file = Table(
    "case_file", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("business_key", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("risk", Text, nullable=False),
    Column("owner_id", Text),
    Column("wrapped_key", LargeBinary),                   # NULL: the key of this case was destroyed
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("updated_at", Instant, nullable=False),
    Column("came_from", Json),                            # another agency's code and its reference, for a case it handed over
    Column("entries", Integer, nullable=False, server_default="0"),  # how many its journals have: the place of the last
    Column("acted_at", Instant),                          # when a person last did something on it: timers and operations are no news
    UniqueConstraint("agency_id", "business_key"),
    Index("ix_case_file_list", "agency_id", "status", "opened_at", "id"),
)

case_record = Table(
    "case_record", metadata,
    Column("case_id", Text, ForeignKey("case_file.id"), primary_key=True),
    Column("record", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("chain_id", Text, nullable=False),             # the journal entry it was projected from
    Column("seq", Integer, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
)

instance = Table(
    "instance", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, ForeignKey("agency.id"), nullable=False),
    Column("case_id", Text, ForeignKey("case_file.id")),
    Column("deployment_id", Text, ForeignKey("deployment.id"), nullable=False),
    Column("former_deployments", Json),                   # those it ran by before, oldest first; NULL: it was never migrated
    Column("process_id", Text, nullable=False),
    Column("business_key", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("outcome_kind", Text, nullable=False),
    Column("outcome_code", Text),
    Column("seq", Integer, nullable=False),               # of its last journal entry
    Column("head_hash", Text, nullable=False),
    Column("last_at", Instant, nullable=False),           # time inside an instance never runs backwards
    Column("state", LargeBinary),                         # NULL once ended
    Column("calendar_digest", Text),
    Column("parameters_digest", Text),
    Column("risk", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("suspended_at", Instant),
    Index("ix_instance_case", "case_id", "started_at"),
    Index("ix_instance_deployment", "deployment_id", "status"),
    Index("ix_instance_agency", "agency_id", "business_key"),
)

_IS_OPEN = "state = 'open'"
_IN_POOL = "state = 'open' AND assignee_id IS NULL"
_IS_HELD = "state = 'open' AND assignee_id IS NOT NULL"  # else an index of holders would also offer itself for the pool
_IS_DONE = "state = 'completed'"
_TO_WARN = "state = 'open' AND warned_at IS NULL"
_IS_MEASURED = "verdict IN ('on_time', 'late')"

task = Table(
    "task", metadata,
    Column("id", Text, primary_key=True),
    Column("instance_id", Text, ForeignKey("instance.id"), nullable=False),
    Column("token_id", Text, nullable=False),
    Column("agency_id", Text, nullable=False),
    Column("case_id", Text),
    Column("sop_key", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("form_key", Text),
    Column("sensitivity", Text, nullable=False),          # C0..C4
    Column("state", Text, nullable=False),                # open | completed | cancelled
    Column("ready_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("due_sort", Instant, nullable=False),          # due_at, or far in the future: none last, in one index
    Column("warn_at", Instant),
    Column("warned_at", Instant),
    Column("standard", Json),
    Column("standard_from", Instant),
    Column("assignee_id", Text),
    Column("claimed_at", Instant),
    Column("completed_at", Instant),
    Column("completed_by", Text),
    Column("revision", Integer, nullable=False),
    Column("risk_rank", Integer, nullable=False),         # smaller comes first
    Column("verdict", Text, nullable=False),
    Column("overrun_seconds", Integer),
    Column("handling_verdict", Text, nullable=False),
    Column("handling_seconds", Integer),
    Column("item", LargeBinary),                          # the multi-instance item, encrypted
    Column("aside_until", Instant),                       # its holder does not want to see it before
    Column("given_by", Text),                             # who gave it to its holder; NULL: the holder took it
    Column("stated_at", Instant),                         # when it was done, as its performer says who wrote it down afterwards
    Column("stated_verdict", Text, nullable=False, server_default=""),   # the official one if that is accepted
    Column("accepted_at", Instant),                       # the supervisor took the stated instant for the official one
    Column("accepted_by", Text),
    # The inbox reads from these in order and stops at a page: its cost does not grow with the table.
    # The last three are for conflicts of interest and for filters: what is left out is not looked up in the table.
    Index("ix_task_pool", "agency_id", "role", "risk_rank", "due_sort", "ready_at", "id", "case_id", "sop_key", "element_id",
          sqlite_where=text(_IN_POOL), postgresql_where=text(_IN_POOL)),
    Index("ix_task_mine", "assignee_id", "agency_id", "risk_rank", "due_sort", "ready_at", "id",
          sqlite_where=text(_IS_HELD), postgresql_where=text(_IS_HELD)),
    Index("ix_task_done", "completed_by", "agency_id", "completed_at", "id",
          sqlite_where=text(_IS_DONE), postgresql_where=text(_IS_DONE)),
    Index("ix_task_mine_due", "assignee_id", "agency_id", "due_sort",
          sqlite_where=text(_IS_HELD), postgresql_where=text(_IS_HELD)),
    Index("ix_task_to_warn", "warn_at", sqlite_where=text(_TO_WARN), postgresql_where=text(_TO_WARN)),
    Index("ix_task_measured", "agency_id", "completed_at", sqlite_where=text(_IS_MEASURED), postgresql_where=text(_IS_MEASURED)),
    Index("uq_task_open_token", "instance_id", "token_id", unique=True,
          sqlite_where=text(_IS_OPEN), postgresql_where=text(_IS_OPEN)),
    Index("ix_task_instance", "instance_id", "ready_at"),
    Index("ix_task_case", "case_id", "ready_at"),
)

draft = Table(
    "draft", metadata,
    Column("task_id", Text, ForeignKey("task.id"), primary_key=True),
    Column("account_id", Text, primary_key=True),
    Column("ciphertext", LargeBinary, nullable=False),
    Column("saved_at", Instant, nullable=False),
)

form_draft = Table(
    "form_draft", metadata,                               # of forms that are no tasks
    Column("case_id", Text, primary_key=True),            # "": the form belongs to no case
    Column("form", Text, primary_key=True),
    Column("account_id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Column("saved_at", Instant, nullable=False),
)

task_handling = Table(
    "task_handling", metadata,                            # who gave a task to whom, set it aside, asked for help; only ever added to
    Column("task_id", Text, primary_key=True),
    Column("n", Integer, primary_key=True),               # counts from 1 within the task
    Column("agency_id", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("verb", Text, nullable=False),                 # claim | unclaim | delegate | assign | hand_over | set_aside | ...
    Column("from_id", Text),                              # who held it before
    Column("to_id", Text),                                # who holds it now, or was asked for help
    Column("until", Instant),
    Column("note", LargeBinary),                          # encrypted under the case key
    Index("ix_task_handling_to", "to_id", "verb", "task_id"),
)

task_look = Table(
    "task_look", metadata,
    Column("account_id", Text, primary_key=True),
    Column("task_id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),          # of the task when this person last looked
    Column("at", Instant, nullable=False),
)

job = Table(
    "job", metadata,
    Column("id", Text, primary_key=True),
    Column("instance_id", Text, ForeignKey("instance.id")),   # NULL: work that belongs to no instance
    Column("deployment_id", Text, ForeignKey("deployment.id")),   # of a timer that starts instances
    Column("agency_id", Text, nullable=False),
    Column("kind", Text, nullable=False),                 # timer | operation | message | signal | incident | start | mail
    Column("token_id", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("due_at", Instant, nullable=False),            # when it ought to happen; never moved by a retry
    Column("available_at", Instant),                      # from when a worker may take it; NULL: only a person can move it
    Column("state", Text, nullable=False),                # waiting | locked | incident
    Column("locked_by", Text),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error_code", Text),
    Column("payload", LargeBinary),                       # the operation's arguments, encrypted
    UniqueConstraint("instance_id", "token_id", "kind"),
    Index("ix_job_available", "available_at", "id"),
    Index("uq_job_apart", "agency_id", "token_id", "kind", unique=True,
          sqlite_where=text("instance_id IS NULL"), postgresql_where=text("instance_id IS NULL")),
    Index("ix_job_incident", "agency_id", "due_at", "id",
          sqlite_where=text("state = 'incident'"), postgresql_where=text("state = 'incident'")),
)

subscription = Table(
    "subscription", metadata,
    Column("instance_id", Text, ForeignKey("instance.id"), primary_key=True),
    Column("token_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),               # message | signal
    Column("name", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("element_id", Text, nullable=False),
    Column("keys", Json, nullable=False),                 # correlation values it insists on; equal values are equal texts
    Index("ix_subscription_name", "agency_id", "kind", "name", "keys"),
)

message = Table(
    "message", metadata,
    Column("id", Text, primary_key=True),
    Column("agency_id", Text, nullable=False),
    Column("kind", Text, nullable=False),                 # message | signal
    Column("name", Text, nullable=False),
    Column("keys", Json, nullable=False),
    Column("payload", LargeBinary),                       # variables, encrypted
    Column("source_instance", Text),
    Column("to_agency", Text),                            # code of whom it is for; NULL: its own agency
    Column("at", Instant, nullable=False),
    Column("delivered_at", Instant),
    Index("ix_message_waiting", "agency_id", "name", "at",
          sqlite_where=text("delivered_at IS NULL"), postgresql_where=text("delivered_at IS NULL")),
)

idempotency = Table(
    "idempotency", metadata,
    Column("account_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),              # digest of what was asked: a key belongs to one request
    Column("at", Instant, nullable=False),
    Column("result", Json),
    Index("ix_idempotency_at", "at"),
)

number_series = Table(
    "number_series", metadata,
    Column("agency_id", Text, ForeignKey("agency.id"), primary_key=True),
    Column("series", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)
