"""Who may do what: one table, role x action x scope. What is not in it is refused.

The roles are those of domain.md 2.4 and 5.1. Commands and queries ask `allows` about the object at hand; pages ask it
without an object, whether a role could do such a thing at all, to hide links that would only be refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from engine import errors
from engine.types import Actor


class Scope(StrEnum):
    """On which objects of the actor's own agency an action is allowed."""

    AGENCY = "agency"    #: Every one.
    THEIRS = "theirs"    #: Cases they work on: they own it, or hold or did a task of it. Of people: themselves.
    OPENED = "opened"    #: Theirs, and cases whose glass they broke, while that lasts.
    OFFERED = "offered"  #: Theirs, what waits for a role they hold, what they gave away, and what they are asked to help with.
    WAITING = "waiting"  #: Tasks that wait for a role they hold, or are held by whom they stand in for; and those they claimed.
    HELD = "held"        #: Tasks they claimed.
    LENT = "lent"        #: Tasks they gave to who holds them now.


class Ground(StrEnum):
    """What connects an actor with an object; the closest first. The reason people are told is one of these, so it is the decision."""

    HELD = "held"            #: They claimed it.
    STANDS_IN = "stands_in"  #: Held by a colleague who is away, in a role they hold in that colleague's place.
    OFFERED = "offered"      #: It waits for a role they hold.
    ASKED = "asked"          #: They were asked to help with it, and it is still open.
    LENT = "lent"            #: They gave it to who holds it.
    OWNS = "owns"            #: They answer for the case (of people: it is about themselves).
    WORKED_ON = "worked_on"  #: They hold or did a task of the case.
    OPENED = "opened"        #: They broke its glass, and the time is not over.
    AGENCY = "agency"        #: It is their agency's.


_THEIRS: Final = frozenset({Ground.HELD, Ground.OWNS, Ground.WORKED_ON})
_REACH: Final[Mapping[Scope, frozenset[Ground]]] = {
    Scope.AGENCY: frozenset(Ground),
    Scope.THEIRS: _THEIRS,
    Scope.OPENED: _THEIRS | {Ground.OPENED},
    Scope.OFFERED: _THEIRS | {Ground.OFFERED, Ground.STANDS_IN, Ground.ASKED, Ground.LENT},
    Scope.WAITING: frozenset({Ground.HELD, Ground.OFFERED, Ground.STANDS_IN}),
    Scope.HELD: frozenset({Ground.HELD}),
    Scope.LENT: frozenset({Ground.LENT}),
}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why something is allowed: the ground, and the roles of the actor whose rows of the table reach that far."""

    ground: Ground
    roles: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class ObjectFacts:
    """What the table needs to know of one object. Facts a caller does not give count against the actor."""

    agency_id: str
    role: str = ""                                      # the role a task waits for
    assignee_id: str | None = None                      # who claimed it
    is_open: bool = False                               # a task that still waits
    owner_id: str | None = None                         # who answers for the case
    worked_on: bool = False                             # the actor holds or did a task of the case
    given_by: str | None = None                         # who gave the task to who holds it
    asked: bool = False                                 # the actor was asked to help with the task
    conflicted: frozenset[str] = field(default_factory=frozenset)   # officers with a conflict of interest in the case
    is_elsewhere: bool = False                          # to a partner's person: no referral to the provider they answer for
    opened: bool = False                                # the actor broke its glass, and the time is not over
    names_shown: bool = False                           # the actor asked for its names, and the time is not over
    unmasked: frozenset[str] = field(default_factory=frozenset)     # fields (record.field) the actor may see for a while


PUSPAGA_LEADS: Final = ("puspaga_coordinator", "puspaga_head")
SERVICES: Final = ("shelter_officer", "psychologist", "mediator", "counsellor", "service_officer", "puspaga_receiver", *PUSPAGA_LEADS)
STAFF: Final = ("intake_operator", "companion", "case_manager", "supervisor", "head_of_unit", "data_staff", *SERVICES)
AUTHORITY: Final = ("case_manager", "supervisor", "head_of_unit")
PROVIDER: Final = "external_provider"
OUTSIDE: Final = (PROVIDER, "dinas_pppa")
OVERSIGHT: Final = ("process_owner", "auditor", "system_admin", "data_protection_officer")
KNOWN_ROLES: Final = frozenset((*STAFF, *OUTSIDE, *OVERSIGHT))

#: Who SOPs may name instead of one of these; the agency's parameter of the same name says who it is there.
ABSTRACT_ROLES: Final = frozenset({
    "case_authority", "companion_assigner", "conference_initiator", "conference_external_coordinator", "provider_coordinator",
    "handover_performer", "termination_proposer", "termination_approver", "transfer_approver", "reopen_approver",
    "plan_adaptation_approver", "family_skip_approver", "referral_letter_signer", "documenter", "complaint_closer"})

#: The machine itself: command line, worker, set-up. No account ever holds it (`people` refuses to grant it).
OPERATOR: Final = "operator"
#: Whoever has no account, on the public pages. No account ever holds it either.
PUBLIC: Final = "public"
#: Whoever came in by a referral partner's link: `partner:` and the link's id stand where an account would. No account holds it.
PARTNER: Final = "partner"
#: Who is no person: `people` refuses to grant these.
MACHINES: Final = frozenset({OPERATOR, PUBLIC, PARTNER})

_Rights = Mapping[str, Scope]


def _all(scope: Scope, *actions: str) -> dict[str, Scope]:
    return dict.fromkeys(actions, scope)


_TASKS = {
    **_all(Scope.AGENCY, "task.list"),
    **_all(Scope.OFFERED, "task.read"),
    **_all(Scope.WAITING, "task.claim"),
    **_all(Scope.HELD, "task.unclaim", "task.save_draft", "task.complete", "task.delegate", "task.hand_over", "task.set_aside",
           "task.ask_help"),
    **_all(Scope.LENT, "task.take_back"),
    **_all(Scope.THEIRS, "absence.record", "filter.save"),
}
_OWN_CASES = _all(Scope.THEIRS, "case.read", "case.read_document", "case.attach_document", "case.record", "case.act",
                  "case.correct", "case.show_names", "case.refer")
_UNIT_CASES = _all(Scope.AGENCY, "case.read", "case.read_document", "case.attach_document", "case.record", "case.act",
                   "case.correct", "case.consent_correction", "case.show_names", "case.refer", "case.unmask", "case.access_log",
                   "access.list", "access.review")
_READ_SOPS = _all(Scope.AGENCY, "sop.list", "sop.read", "calendar.read")

#: Of an office: who is on duty is everybody's to know; what a supervision session said is between two people.
_OFFICE = {**_all(Scope.AGENCY, "roster.read", "provider.read"), **_all(Scope.THEIRS, "supervision.read")}

_HELPS: Final = {**_TASKS, **_OWN_CASES, **_READ_SOPS, **_OFFICE, **_all(Scope.AGENCY, "case.list", "message.send", "survey.issue")}
_RECEIVES: Final = {**_HELPS, **_all(Scope.AGENCY, "case.start")}
#: Who documents (the parameter `documenter`) enters into Simfoni: data staff every case of the agency, who took it in their own.
_DOCUMENTS: Final = _all(Scope.THEIRS, "case.simfoni")
#: Whom a stranger's danger at night may meet. They read then; what is to be done is for who works on the case.
_EMERGENCY: Final = {**_all(Scope.AGENCY, "case.break_glass"), **_all(Scope.OPENED, "case.read", "case.read_document", "case.show_names")}

_LEADS: Final = {
    **_TASKS, **_UNIT_CASES, **_READ_SOPS, **_OFFICE,
    **_all(Scope.AGENCY, "case.list", "case.start", "survey.issue", "case.suspend", "case.resume", "case.cancel", "case.modify",
           "message.send", "task.read", "task.assign", "task.take_back", "absence.record", "filter.share", "task.accept_stated",
           "incident.list", "incident.resolve", "audit.history", "statistics.read", "statistics.export", "desk.read", "case.assign",
           "case.conflict", "supervision.write", "provider.change"),
}
_KEEPS_ROSTER: Final = {**_LEADS, **_all(Scope.AGENCY, "roster.change")}

#: role -> action -> where. One row of domain.md 5.1 each; whom 5.1 does not name does their own steps, on their own cases only.
POLICY: Final[Mapping[str, _Rights]] = {
    "intake_operator": {**_RECEIVES, **_EMERGENCY, **_DOCUMENTS},
    "companion": {**_RECEIVES, **_EMERGENCY},   # what she may begin, each SOP's start_roles say
    **dict.fromkeys(("shelter_officer", "psychologist"), {**_HELPS, **_EMERGENCY}),
    **dict.fromkeys(("mediator", "counsellor"), _HELPS),
    **dict.fromkeys(("service_officer", "puspaga_receiver"), _RECEIVES),
    **dict.fromkeys(PUSPAGA_LEADS, {**_RECEIVES, **_all(Scope.AGENCY, "statistics.read", "statistics.export")}),
    "case_manager": _LEADS,
    "supervisor": _KEEPS_ROSTER,
    "head_of_unit": {**_KEEPS_ROSTER, **_all(Scope.AGENCY, "supervision.read", "sop.read_drafts", "sop.approve", "sop.preview_migration",
                                                         "calendar.approve", "calendar.history")},
    "data_staff": {**_TASKS, **_READ_SOPS, **_OFFICE, **_all(Scope.AGENCY, "case.list", "case.read", "case.act", "survey.issue",
                                                                "statistics.read", "statistics.export", "provider.change",
                                                                "case.simfoni"),
                   **_all(Scope.THEIRS, "case.read_document", "case.show_names")},
    "external_provider": {**_TASKS},
    "dinas_pppa": {**_TASKS, **_all(Scope.AGENCY, "statistics.read")},
    "process_owner": {**_READ_SOPS, **_all(Scope.AGENCY, "sop.check", "sop.try", "sop.read_drafts", "sop.draft", "sop.propose",
                                           "sop.simulate", "sop.migrate", "sop.preview_migration", "calendar.change", "calendar.history",
                                           "statistics.read")},
    "auditor": {**_READ_SOPS, **_all(Scope.AGENCY, "sop.read_drafts", "calendar.history", "case.list", "case.read", "audit.history",
                                     "audit.replay", "audit.verify", "audit.export", "access_log.read", "case.access_log",
                                     "access.list", "case.unmask", "incident.list", "statistics.read", "statistics.export")},
    "system_admin": {**_READ_SOPS, **_all(Scope.AGENCY, "sop.check", "sop.try", "incident.list", "incident.resolve", "account.list",
                                          "account.create", "account.change", "agency.change")},
    "data_protection_officer": {**_READ_SOPS, **_all(Scope.AGENCY, "sop.read_drafts", "calendar.history", "sop.approve", "access_log.read",
                                                     "case.access_log", "access.list", "audit.verify")},
    PUBLIC: _all(Scope.AGENCY, "sop.read", *(f"public.{verb}" for verb in (
        "read", "report", "complaint", "follow_up", "status", "survey"))),
    # On the one referral of their link, as `engine.commands.partner` finds it; nothing else is there for them.
    PARTNER: _all(Scope.HELD, "partner.read", "partner.answer"),
    OPERATOR: _all(Scope.AGENCY, "sop.list", "sop.read", "sop.check", "sop.try", "sop.deploy", "incident.list", "audit.verify",
                   "audit.replay", "case.rebuild", "account.list", "account.create", "account.change", "agency.change"),
}

_C0_C1: Final = frozenset({"C0", "C1"})
_C0_C2: Final = _C0_C1 | {"C2"}
_C0_C3: Final = _C0_C2 | {"C3"}
_C0_C4: Final = _C0_C3 | {"C4"}

#: role -> classes seen (on cases they work on, on other cases of the agency). C4 of other people's cases needs a purpose.
_SEES: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "intake_operator": (_C0_C3, _C0_C1),
    **dict.fromkeys(("companion", "shelter_officer", "psychologist", "counsellor"), (_C0_C4, _C0_C1)),
    "service_officer": (_C0_C4, _C0_C1),  # whoever complains in secret tells it to them
    **dict.fromkeys(("mediator", "puspaga_receiver", *PUSPAGA_LEADS), (_C0_C3, _C0_C1)),
    **dict.fromkeys(AUTHORITY, (_C0_C4, _C0_C3)),
    "data_staff": (_C0_C3, _C0_C2),
    **dict.fromkeys(("external_provider", PARTNER), (_C0_C3, frozenset({"C0"}))),
    "dinas_pppa": (_C0_C2, frozenset({"C0"})),
    "auditor": (_C0_C1, _C0_C1),          # full replay, masked; unmasking is asked for with a reason, and logged
}
#: Of what they do not see anyway: C4 by purpose is for who answers for the case (5.1), never for the audit.
_UNMASKS: Final[Mapping[str, frozenset[str]]] = {**dict.fromkeys(AUTHORITY, _C0_C4), "auditor": _C0_C3}
_NOTHING = (frozenset({"C0"}), frozenset({"C0"}))


def allows(actor: Actor, action: str, obj: ObjectFacts | None = None) -> bool:
    """Whether one of the actor's roles allows `action` on `obj`; without `obj`, on anything at all.

    Rows of other agencies, cases in which the actor has a conflict of interest, and, to a partner's person, whatever is no referral to
    their provider are refused whatever the role.
    """
    if obj is None:
        return any(action in POLICY.get(role, ()) for role in actor.roles)
    return reason(actor, action, obj) is not None


def reason(actor: Actor, action: str, obj: ObjectFacts) -> Reason | None:
    """The closest ground on which the actor may do `action` to `obj`; None where they may not."""
    if obj.agency_id != actor.agency_id or actor.account_id in obj.conflicted or obj.is_elsewhere:
        return None
    rows = {role: _REACH[rights[action]] for role in actor.roles if (rights := POLICY.get(role)) is not None and action in rights}
    for ground in Ground:
        roles = frozenset(role for role, reach in rows.items() if ground in reach)
        if roles and _stands(ground, actor, obj):
            return Reason(ground=ground, roles=roles)
    return None


def require(actor: Actor, action: str, obj: ObjectFacts | None = None) -> None:
    """Raise unless `allows`.

    Raises:
        NotFound: the actor may do this in general but not see this object; it answers like one that does not exist.
        NotAllowed: no role of theirs allows such an action at all.
    """
    if allows(actor, action, obj):
        return
    if allows(actor, action):
        raise errors.NotFound()
    raise errors.NotAllowed(action=action)


def visible_sensitivity(actor: Actor, facts: ObjectFacts) -> frozenset[str]:
    """The sensitivity classes this actor sees of an object; the rest is masked, and limited steps show as such.

    Whoever holds a task, or is offered it by role, needs its content to decide and is on the case for that.
    """
    if facts.agency_id != actor.agency_id or actor.account_id in facts.conflicted or facts.is_elsewhere:
        return frozenset()
    works_on_it = any(_stands(ground, actor, facts) for ground in _REACH[Scope.OFFERED])
    seen: frozenset[str] = frozenset()
    for role in actor.roles:
        on_theirs, on_others = _SEES.get(role, _NOTHING)
        opened = facts.opened and "case.break_glass" in POLICY.get(role, {})
        seen |= on_theirs if works_on_it or opened else on_others
    return seen


def simfoni_sensitivity(actor: Actor, facts: ObjectFacts) -> frozenset[str]:
    """The classes this actor sees of what Simfoni asks for, on its sheet only: whoever enters it sees C2 to C3 of that (5.1), and of
    nothing else of the case more than `visible_sensitivity` says."""
    seen = visible_sensitivity(actor, facts)
    return seen | _C0_C3 if allows(actor, "case.simfoni", facts) else seen


def unmaskable(actor: Actor, facts: ObjectFacts) -> frozenset[str]:
    """The classes of which the actor may unmask one field of this object, with a reason and for a while."""
    if not allows(actor, "case.unmask", facts):
        return frozenset()
    return frozenset().union(*(_UNMASKS.get(role, frozenset()) for role in actor.roles))


def _stands(ground: Ground, actor: Actor, obj: ObjectFacts) -> bool:
    match ground:
        case Ground.HELD:
            return obj.assignee_id == actor.account_id
        case Ground.STANDS_IN:
            return obj.is_open and any(
                each.account_id == obj.assignee_id and obj.role in each.roles for each in actor.stands_in_for)
        case Ground.OFFERED:
            return obj.is_open and obj.assignee_id is None and obj.role in actor.roles
        case Ground.ASKED:
            return obj.is_open and obj.asked
        case Ground.LENT:
            return obj.is_open and obj.assignee_id is not None and obj.given_by == actor.account_id
        case Ground.OWNS:
            return obj.owner_id == actor.account_id
        case Ground.WORKED_ON:
            return obj.worked_on
        case Ground.OPENED:
            return obj.opened
        case Ground.AGENCY:
            return True
