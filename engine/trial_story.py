"""A trial that remembers what was done in it, as a story: steps with the inbox that stood before each (docs/scenarios.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from engine import errors
from engine.bundle import SopBundle
from engine.calendars import WorkCalendar
from engine.results import FormView
from engine.scenario_file import Expected, Scenario, Step
from engine.staffed_trial import StaffedTrial
from engine.trial_desk import TrialDesk
from engine.types import InstanceStatus, LintFinding, Text, Value

FIRST = "COBA"
#: What a submission keeps as it was sent: what is read of it is a digest.
_AS_SENT = frozenset({"file", "signature"})


class StoryUntellable(errors.EngineError):
    """This trial cannot be saved as a scenario: no case was begun with the start form, or something was done without a form."""

    code = "story-untellable"
    indonesian = ("Percobaan ini belum dapat disimpan sebagai skenario: mulai dengan formulir mulainya, dan kerjakan setiap langkah dengan "
                  "formulirnya, bukan dengan variabel.")


@dataclass(frozen=True, kw_only=True)
class TrialOrigin:
    """What is tried: a version or a draft's revision, by id."""

    version_id: str
    is_draft: bool
    number: int     # the version, or the revision of the draft
    title: Text

    def at(self, number: int) -> TrialOrigin:
        """The same draft at another revision."""
        return replace(self, number=number)


class ToldTrial(StaffedTrial):
    """As `StaffedTrial`. Open it with `ToldTrial.staged`."""

    desk: TrialDesk
    zone: ZoneInfo
    origin: TrialOrigin | None = None

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._began: tuple[str, datetime, Mapping[str, Value]] | None = None
        self._steps: list[Step] = []
        self._cases: dict[str, str] = {}                    # instance -> what the story calls its case
        self._seen: tuple[Expected, ...] | None = None      # the inbox when the clock first moved since the last step
        self._is_told = True

    @classmethod
    def staged(
        cls, bundle: SopBundle, *, now: datetime, operations: Iterable[str] = (), calendar: WorkCalendar | None,
        parameters: Mapping[str, Value] | None, findings: Sequence[LintFinding] | None = None, origin: TrialOrigin | None = None,
    ) -> Self:
        """As `Trial.open`, with a desk that answers what service tasks ask for; `operations` it does not know answer nothing."""
        desk = TrialDesk(parameters or {})
        trial = cls.open(bundle, now=now, operations={**dict.fromkeys(operations, _silent), **desk.operations()}, calendar=calendar,
                         parameters=parameters, findings=findings)
        trial.desk, trial.origin, trial.zone = desk, origin, calendar.zone if calendar is not None else ZoneInfo("UTC")
        return trial

    @property
    def steps_told(self) -> int:
        """How many steps the story has so far."""
        return len(self._steps)

    def begin(self, submission: Mapping[str, Any], *, business_key: str = "") -> str:
        """As `StaffedTrial.begin`; the first case is the story's own."""
        beginning = self.beginning()
        number = len(self._cases) + 1
        instance_id = super().begin(submission, business_key=business_key or f"{FIRST}-{number}")
        assert beginning is not None  # or it were refused
        role = (*beginning.roles, "intake_operator")[0]
        kept = self.as_told(beginning.form, submission, self.answered(submission).submission)
        if self._began is None:
            self._cases[instance_id], self._began = "", (role, self._local(), kept)
        else:
            name = f"kasus-{number}"
            self._cases[instance_id] = name
            self._steps.append(Step(start=name, case=name, role=role, at=self._local(), submission=kept))
        self._seen = None
        return instance_id

    def submit(self, work_id: str, submission: Mapping[str, Any]) -> Mapping[str, Value]:
        """As `StaffedTrial.submit`."""
        work = next((each for each in self.waiting() if each.id == work_id), None)
        before = () if work is None else self.inbox(work.instance_id)
        read = super().submit(work_id, submission)
        if work is None or work.instance_id not in self._cases or work.form is None and submission:
            self._is_told = False
            return read
        if self._waited(before):
            self._steps.append(Step(wait_until=self._local()))
        self._seen = None
        self._steps.append(Step(
            expected=before, complete=None if work.is_action else work.element_id, act=work.element_id if work.is_action else None,
            role=work.role or None, at=self._local(), item=telling(work.item), submission=self.as_told(work.form, submission, read),
            case=self._cases[work.instance_id]))
        return read

    def advance(self, by: timedelta) -> None:
        """As `Trial.advance`."""
        if self._seen is None and self._began is not None:
            self._seen = self.inbox(self._newest())
        super().advance(by)

    def start(self, process_id: str | None = None, variables: Mapping[str, Value] = {}, *, business_key: str = "") -> str:
        """As `Trial.start`; what begins without the start form is no story."""
        self._is_told = self._is_told and bool(business_key)
        return super().start(process_id, variables, business_key=business_key)

    def send_message(self, name: str, variables: Mapping[str, Value] = {}, *, keys: Mapping[str, Value] = {}) -> list[str]:
        """As `Trial.send_message`."""
        self._sent(Step(message=name, submission=variables, keys=keys, at=self._local()))
        return super().send_message(name, variables, keys=keys)

    def send_signal(self, name: str, variables: Mapping[str, Value] = {}) -> list[str]:
        """As `Trial.send_signal`."""
        self._sent(Step(signal=name, submission=variables, at=self._local()))
        return super().send_signal(name, variables)

    def told(self, source: str) -> Scenario:
        """The story so far, as it stands now. Raises `StoryUntellable`."""
        if self._began is None or not self._is_told:
            raise StoryUntellable()
        role, at, submission = self._began
        first = next(instance_id for instance_id, name in self._cases.items() if not name)
        ended, inbox, steps = self.outcome(first).status is InstanceStatus.COMPLETED, self.inbox(first), list(self._steps)
        if self._waited(inbox):
            steps.append(Step(wait_until=self._local()))
        if not ended:
            steps.append(Step(expected=inbox, at=self._local()))
        return Scenario(source=source, role=role, at=at, submission=submission, business_key=None, steps=tuple(steps),
                        end={"completed": ended, "documents": list(self.desk.documents)})

    def inbox(self, instance_id: str) -> tuple[Expected, ...]:
        """What waits in a case, as a story tells it."""
        return tuple(Expected(task=task.element_id, role=task.role, due=None if task.due_at is None else task.due_at.astimezone(self.zone),
                              item=telling(task.item if isinstance(task.item, Mapping) else {}))
                     for task in self.open_tasks(instance_id))

    def as_told(self, form: FormView | None, sent: Mapping[str, Any], read: Mapping[str, Value]) -> dict[str, Value]:
        """What was answered; of a file or a signature what was sent, since what is read of it is a digest."""
        as_sent = {field.key for field in form.fields if field.type in _AS_SENT} if form is not None else set()
        return {key: sent[key] if key in as_sent else self._here(value) for key, value in read.items()}

    # --- inside ------------------------------------------------------------------------------------------------------

    def _local(self) -> datetime:
        return self.now.astimezone(self.zone)

    def _newest(self) -> str:
        return list(self._cases)[-1]

    def _sent(self, step: Step) -> None:
        if self._began is None:
            self._is_told = False
        self._steps.append(step)

    def _waited(self, inbox: tuple[Expected, ...]) -> bool:
        """Whether time changed what waits: then it is a step of its own, and a reader sees why the next inbox is another one."""
        return self._seen is not None and self._seen != inbox

    def _here(self, value: Value) -> Value:
        """Instants as the agency's clock shows them."""
        if isinstance(value, datetime):
            return value.astimezone(self.zone)
        if isinstance(value, Mapping):
            return {key: self._here(one) for key, one in value.items() if one is not None}
        return [self._here(one) for one in value] if isinstance(value, list | tuple) else value


def telling(item: Mapping[str, Value]) -> Mapping[str, Value]:
    """What tells one child of a loop from the others."""
    if "line_no" in item:
        return {"line_no": item["line_no"]}
    return {name: value for name, value in item.items() if isinstance(value, str | bool | int) or name.endswith("_no")}


def _silent(_: object) -> Mapping[str, Any]:
    return {}
