"""Where an auditor finds otherwise than a story is written (`engine.scenario_audit`).

Everything goes through the front door, as the roles named; evidence is altered in an exported copy only, never in the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from engine import canonical, errors
from engine.replay import replay_pack
from engine.results import FormField
from engine.scenario_audit import Audit
from engine.types import Actor


def problems(audit: Audit, engine: Any, actor_of: Callable[[str], Actor], *, case_id: str, instance_id: str) -> list[str]:
    """What differs; nothing: as written."""
    look = _Look(engine, actor_of, actor_of(audit.role), case_id, instance_id)
    return [*look.act(audit), *look.masked(audit.masked), *look.readable(audit.readable), *look.acts(audit.acts),
            *look.replay(audit.replay), *look.altered(audit.altered)]


@dataclass(frozen=True)
class _Look:
    engine: Any
    actor_of: Callable[[str], Actor]
    actor: Actor
    case_id: str
    instance_id: str

    def act(self, audit: Audit) -> list[str]:
        if audit.unmask is None:
            return []
        (record, _, field), asked = audit.unmask["field"].partition("."), audit.unmask
        refusal, before = None, {role: self._told(role) for role in audit.told}
        try:
            self.engine.cases.unmask(self.actor, self.case_id, record, field, purpose=asked["purpose"], reason=asked["reason"])
        except errors.EngineError as refused:
            refusal = refused.code
        found = [] if refusal == audit.refuse else [f"unmask: {refusal or 'done'} instead of {audit.refuse or 'done'}"]
        return found + [f"unmask: {role} was not told" for role in audit.told if self._told(role) <= before[role]]

    def masked(self, names: Collection[str]) -> list[str]:
        found = [] if not names else self._readable_in_replay(names)
        answered = _answered(self.engine.cases.get(self.actor_of("case_manager"), self.case_id)) if names else frozenset()
        shown = self._shown() if names else frozenset()
        for name in names:
            if name not in answered:
                found.append(f"masked: nobody answered {name}")
            if name in shown:
                found.append(f"masked: {name} can be read")
        return found

    def readable(self, names: Collection[str]) -> list[str]:
        shown = self._shown() if names else frozenset()
        return [f"readable: {name} is masked" for name in names if name not in shown]

    def acts(self, wanted: tuple[str, ...] | None) -> list[str]:
        found = None if wanted is None else tuple(each.what for each in self.engine.audit.acts(self.actor, self.case_id))
        return [] if found == wanted else [f"acts: {found} instead of {wanted}"]

    def replay(self, wanted: str | None) -> list[str]:
        if wanted is None:
            return []
        report = self.engine.audit.replay(self.actor, self.instance_id)
        found = [] if report.verdict == wanted else [f"replay: {report.verdict} instead of {wanted}"]
        log = self.engine.audit.access_log(self.actor, self.case_id)
        return found if log.first_bad is None else [*found, f"replay: the access log breaks at entry {log.first_bad}"]

    def altered(self, seq: int | None) -> list[str]:
        if seq is None:
            return []
        report = replay_pack(_with_another_actor(self.engine.audit.export_pack(self.actor, self.instance_id), seq))
        if (report.verdict, report.first_bad_seq) == ("broken", seq):
            return []
        return [f"altered: {report.verdict} at entry {report.first_bad_seq} instead of broken at {seq}"]

    def _told(self, role: str) -> int:
        return sum(notice.case_id == self.case_id and notice.code == "field_unmasked"
                   for notice in self.engine.people.notices(self.actor_of(role)))

    def _shown(self) -> frozenset[str]:
        return frozenset(f"{record.record}.{field.key}" for record in self.engine.cases.get(self.actor, self.case_id).records
                         for field in record.fields if not field.masked)

    def _readable_in_replay(self, names: Collection[str]) -> list[str]:
        keys = {name.partition(".")[2] for name in names}
        return [f"masked: {key} can be read at entry {state.seq} of the replay"
                for state in self.engine.audit.steps(self.actor, self.instance_id)
                for key in sorted(keys & {*state.variables, *(field.key for field in state.submission if not _is_hidden(field))})]


def _answered(detail: Any) -> frozenset[str]:
    return frozenset(f"{record.record}.{field.key}" for record in detail.records for field in record.fields)


def _is_hidden(field: FormField) -> bool:
    return field.masked or field.value in (None, "", [])


def _with_another_actor(pack: bytes, seq: int) -> bytes:
    """The pack as a forger would leave it: one entry says another actor, and the last line's sum is right again."""
    lines = [_forged(line) if _is_entry(line, seq) else line for line in pack.split(b"\n")[:-2]]
    body = b"\n".join(lines) + b"\n"
    return body + canonical.dumps({"line": "end", "sha256": hashlib.sha256(body).hexdigest()}) + b"\n"


def _is_entry(line: bytes, seq: int) -> bool:
    item = canonical.loads(line)
    return bool(item["line"] == "entry" and item["seq"] == seq)


def _forged(line: bytes) -> bytes:
    return canonical.dumps({**canonical.loads(line), "actor_id": "somebody-else"})
