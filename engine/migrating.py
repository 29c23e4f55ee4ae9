"""The part of `engine.sops` that is about the cases which run: what a version would do to them, and having them go on by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from engine import authorization, effects, errors, reasons
from engine.commands import migrations as commands
from engine.executor import Executor
from engine.sop_results import EffectCount, EffectPage, Migrated, MigratedSome, MigrationOutcome
from engine.types import Actor

#: What becomes of a clock that runs: it stays as it is, or is worked out again from when it began, by the time that is drawn now.
CLOCKS: Final = frozenset({"keep", "anew"})


class Migrating:
    """Told before it is done, by the function that does it."""

    _executor: Executor

    def preview_migration(self, actor: Actor, version_id: str, *, after: str = "") -> EffectPage:
        """What a version or draft would do to the cases that run by others, page by page; nothing is written.

        Raises:
            BundleRefused: a draft that cannot run.
        """
        return self._executor.read(actor, lambda context: effects.page(context, version_id, after))

    def count_migration(self, actor: Actor, version_id: str, *, after: str = "") -> EffectCount:
        """How many of the next thousand of these cases after `after` could go on.

        Raises:
            BundleRefused: a draft that cannot run.
        """
        return self._executor.read(actor, lambda context: effects.count(context, version_id, after))

    def migrate(
        self, actor: Actor, version_id: str, instance_ids: Iterable[str], *, reason: str, mapping: Mapping[str, str] | None = None,
        clocks: str = "keep",
    ) -> tuple[Migrated, ...]:
        """Has running cases go on by the version in force, each in a transaction of its own, each judged anew in it; what came of each,
        in their order. Called twice, the second finds them there already. `mapping`: which element takes a removed one's place, by id.

        Raises:
            NotFound: the agency has no such version.
            NotInForce: new cases do not begin by it.
            ReasonWanted: nobody could judge that reason later.
            InvalidValue: no such rule for clocks.
        """
        authorization.require(actor, commands.MIGRATE)
        self._executor.read(actor, lambda context: commands.target(context, version_id))
        why = reasons.stated(reason)
        if clocks not in CLOCKS:
            raise errors.InvalidValue
        return tuple(self._migrated(actor, version_id, each, why, mapping or {}, clocks) for each in dict.fromkeys(instance_ids))

    def migrate_all(self, actor: Actor, version_id: str, *, reason: str, clocks: str = "keep", after: str = "") -> MigratedSome:
        """As `migrate`, every one of the next running cases after `after` that can go on; the others stay as they are.

        Raises:
            NotFound, NotInForce, ReasonWanted, InvalidValue: as `migrate`.
        """
        authorization.require(actor, commands.MIGRATE)
        ids, following = self._executor.read(actor, lambda context: commands.running(context, version_id, after))
        return MigratedSome(cases=self.migrate(actor, version_id, ids, reason=reason, clocks=clocks), following=following)

    def _migrated(self, actor: Actor, version_id: str, instance_id: str, why: str, mapping: Mapping[str, str], clocks: str) -> Migrated:
        try:
            return self._executor.run(actor, lambda context: commands.migrate(
                context, version_id, instance_id, reason=why, mapping=mapping, clocks=clocks))
        except errors.LostRace:
            return Migrated(instance_id=instance_id, outcome=MigrationOutcome.OVERTAKEN)
        except effects.UNREADABLE as refusal:
            found = refusal
            return self._executor.read(actor, lambda context: commands.unreadable(context, instance_id, found))
