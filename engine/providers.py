"""`engine.providers`: whom an agency can send people to, kept by those who answer for its cases or its data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from engine import authorization, contact_list, errors, idempotency, proposals
from engine.authorization import ObjectFacts
from engine.directory import providers as sheets
from engine.executor import Context, Executor
from engine.provider_results import Directory, Provider
from engine.types import Actor, Value
from storage import agencies, providers, randomness


class Providers:
    """The directory of one agency. What is asked of each stands in `engine.directory.providers`."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def directory(self, actor: Actor) -> Directory:
        """Every provider, by name."""
        authorization.require(actor, "provider.read")
        return self._executor.read(actor, _directory)

    def names(self, actor: Actor) -> tuple[str, ...]:
        """The names that forms offer where they ask for a provider: without those that have stopped. Nobody else's are given: empty for
        who may not read the directory."""
        if not authorization.allows(actor, "provider.read"):
            return ()
        found = self._executor.read(actor, _directory).providers
        return tuple(dict.fromkeys(each.display_name for each in found if not each.values["stops"]))

    def get(self, actor: Actor, provider_id: str) -> Provider:
        """One of them. Raises `NotFound` for one of another agency too."""
        return self._executor.read(actor, lambda context: _one(context, provider_id, "provider.read")[1])

    def save(self, actor: Actor, values: Mapping[str, Value], *, provider_id: str | None = None, expected_revision: int = 0,
             idempotency_key: str | None = None) -> str:
        """A new provider, or a known one written anew; its id. Whoever writes it has checked it. Sent twice is once.

        Raises:
            InvalidSubmission: what is wrong with the values, by key.
            NotFound: no such provider of this agency.
            StaleRevision: somebody else wrote it since.
        """

        def command(context: Context) -> str:
            authorization.require(actor, "provider.change", ObjectFacts(agency_id=actor.agency_id))
            kept, problems = sheets.checked(values)
            if problems:
                raise errors.InvalidSubmission(problems)
            own = provider_id or randomness.new_id()
            row = providers.ProviderRow(
                id=own, agency_id=actor.agency_id, revision=expected_revision + 1, checked_on=context.local_day(),
                changed_by=actor.account_id, changed_at=context.now, ciphertext=sheets.sealed(context, own, kept))
            if provider_id is None:
                providers.add(context.uow, row)
            else:
                _one(context, provider_id, "provider.change")
                if not providers.put(context.uow, row, expected_revision=expected_revision):
                    raise errors.StaleRevision()
            return own

        return self._executor.run(actor, lambda context: idempotency.once(
            context, idempotency_key, ["provider", provider_id, expected_revision, dict(values)], lambda: command(context),
            lambda plain: str(plain["id"]), lambda kept: {"id": kept}))

    def confirm(self, actor: Actor, provider_id: str) -> None:
        """Somebody asked, and all of it is still so today. Twice is once."""

        def command(context: Context) -> None:
            row, known = _one(context, provider_id, "provider.change")
            providers.put(context.uow, providers.ProviderRow(
                **{**vars(row), "revision": row.revision + 1, "checked_on": context.local_day(), "changed_by": actor.account_id,
                   "changed_at": context.now}), expected_revision=known.revision)

        self._executor.run(actor, command)

    def remove(self, actor: Actor, provider_id: str) -> None:
        """Takes it out of the directory; cases that name it keep the name. Raises `NotFound`."""

        def command(context: Context) -> None:
            _one(context, provider_id, "provider.change")
            providers.remove(context.uow, provider_id)

        self._executor.run(actor, command)

    def contact_list(self, actor: Actor) -> bytes:
        """The directory as the paper F26, a PDF."""
        authorization.require(actor, "provider.read")
        return self._executor.read(actor, lambda context: contact_list.pdf(context, _directory(context).providers))


def _directory(context: Context) -> Directory:
    rows = providers.of_agency(context.uow, context.actor.agency_id)
    span = _span(context)
    due_before = context.local_day() - span.length
    found = sorted((sheets.opened(context, row, due_before=due_before) for row in rows),
                   key=lambda each: (str(each.values["name"]).casefold(), each.id))
    return Directory(providers=tuple(found), check_days=span.length // timedelta(days=1), is_proposed=span.proposed)


def _one(context: Context, provider_id: str, action: str) -> tuple[providers.ProviderRow, Provider]:
    row = providers.get(context.uow, provider_id)
    if row is None:
        authorization.require(context.actor, action)
        raise errors.NotFound(provider_id=provider_id)
    authorization.require(context.actor, action, ObjectFacts(agency_id=row.agency_id))
    return row, sheets.opened(context, row, due_before=context.local_day() - _span(context).length)


def _span(context: Context) -> proposals.Span:
    agency = agencies.get(context.uow, context.actor.agency_id)
    return proposals.span(agency.profile if agency is not None and agency.profile else {}, "provider_check_after")
