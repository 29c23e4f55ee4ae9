"""Why somebody sees a task is the row of the policy that let them: against a separate reading of the table, for 10,000 random pairs.

And why it is due then: the instant that the explanation names is the one the slow oracle of calendars counts.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from engine import authorization, explanations
from engine.authorization import POLICY, ObjectFacts
from engine.types import Actor, StandIn, TaskSummary

ROLES = sorted(POLICY)
PEOPLE = ("me", "ani", "budi")
ACTIONS = ("task.read", "task.claim", "task.complete", "task.delegate", "task.assign", "task.take_back")
NOW = datetime(2026, 11, 10, tzinfo=UTC)


def told(actor: Actor, facts: ObjectFacts, action: str) -> str | None:
    """The table read aloud, scope by scope, without the code under test: the closest thing that connects the two, or nothing."""
    if facts.agency_id != actor.agency_id or actor.account_id in facts.conflicted or facts.is_elsewhere:
        return None
    scopes = [str(POLICY[role][action]) for role in actor.roles if role in POLICY and action in POLICY[role]]
    mine = facts.assignee_id == "me"
    stands_in = facts.is_open and any(one.account_id == facts.assignee_id and facts.role in one.roles for one in actor.stands_in_for)
    offered = facts.is_open and facts.assignee_id is None and facts.role in actor.roles
    asked, lent = facts.is_open and facts.asked, facts.is_open and facts.assignee_id is not None and facts.given_by == "me"
    owns, worked = facts.owner_id == "me", facts.worked_on
    order = [("held", mine, ("agency", "theirs", "offered", "waiting", "held")), ("stands_in", stands_in, ("agency", "offered", "waiting")),
             ("offered", offered, ("agency", "offered", "waiting")), ("asked", asked, ("agency", "offered")),
             ("lent", lent, ("agency", "offered", "lent")), ("owns", owns, ("agency", "theirs", "offered")),
             ("worked_on", worked, ("agency", "theirs", "offered")), ("agency", True, ("agency",))]
    return next((ground for ground, is_so, enough in order if is_so and any(scope in enough for scope in scopes)), None)


SENTENCES = {"held": ("Anda sudah mengambil", "menyerahkan tugas ini kepada Anda"), "stands_in": ("Anda pengganti (Plt.)",),
             "offered": ("Anda memegang peran",), "asked": ("meminta bantuan Anda",), "lent": ("Anda menyerahkan tugas ini kepada",),
             "owns": ("Anda ikut menangani",), "worked_on": ("Anda ikut menangani",), "agency": ("Anda berwenang melihat",)}


def pair(chance: random.Random) -> tuple[Actor, ObjectFacts]:
    own = frozenset(chance.sample(ROLES, chance.randint(0, 3)))
    stands: tuple[StandIn, ...] = tuple(
        StandIn(account_id=who, name=who, roles=frozenset(chance.sample(ROLES, chance.randint(1, 2))))
        for who in PEOPLE[1:] if chance.random() < 0.3)
    lent = frozenset(role for one in stands for role in one.roles)
    actor = Actor(account_id="me", agency_id="unit", name="Saya", roles=own | lent, stands_in_for=stands, deputy_roles=lent - own)
    likely = sorted(actor.roles) or ROLES
    facts: dict[str, Any] = {
        "agency_id": chance.choice(("unit", "unit", "unit", "unit", "another")), "role": chance.choice((chance.choice(likely), chance.choice(ROLES))),
        "assignee_id": chance.choice((None, *PEOPLE)), "is_open": chance.random() < 0.8, "owner_id": chance.choice((None, None, "me", "ani")),
        "worked_on": chance.random() < 0.3, "given_by": chance.choice((None, None, *PEOPLE)), "asked": chance.random() < 0.2,
        "conflicted": frozenset({"me"}) if chance.random() < 0.1 else frozenset(), "is_elsewhere": chance.random() < 0.05}
    return actor, ObjectFacts(**facts)


def test_the_reason_given_is_the_decision_for_ten_thousand_pairs():
    chance = random.Random(20261122)
    seen: set[str | None] = set()
    for _ in range(10_000):
        actor, facts = pair(chance)
        for action in ACTIONS:
            expected = told(actor, facts, action)
            reason = authorization.reason(actor, action, facts)
            assert (reason.ground if reason else None) == expected, (actor, facts, action)
            assert authorization.allows(actor, action, facts) is (expected is not None)
            seen.add(expected)
            if reason is not None and action == "task.read":
                task = TaskSummary(id="t", instance_id="i", element_id="e", name="n", lane="Pelaksana", role=facts.role, ready_at=NOW,
                                   assignee_name="Ani", given_by_name="Budi" if facts.given_by else "")
                words = explanations.why_mine(actor, reason, task).id
                assert any(words.startswith(each) or each in words for each in SENTENCES[str(reason.ground)]), words
    assert seen == {None, *SENTENCES}
