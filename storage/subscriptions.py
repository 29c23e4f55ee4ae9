"""Which element of which instance waits for which message or signal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import Text, and_, bindparam, delete, func, insert, or_, select, type_coerce

from storage import rows
from storage.prepared import Prepared
from storage.schema import running
from storage.unit_of_work import UnitOfWork

subscription = running.subscription
instance = running.instance

_MOST_KEYS = 5  # 2**5 combinations are looked up by index; a message with more keys is matched by its caller


@dataclass(frozen=True, kw_only=True)
class SubscriptionRow:
    """One waiting element; `keys` are the correlation values it insists on, as plain JSON."""

    instance_id: str
    token_id: str
    kind: str
    name: str
    agency_id: str
    element_id: str
    keys: Mapping[str, Any]


_COLUMNS = rows.columns(SubscriptionRow, subscription)
_OF_INSTANCE = Prepared(
    select(*_COLUMNS).where(subscription.c.instance_id == bindparam("instance_id"))
    .order_by(subscription.c.element_id, subscription.c.token_id, subscription.c.kind, subscription.c.name))


def of_instance(uow: UnitOfWork, instance_id: str) -> list[SubscriptionRow]:
    """What an instance waits for; bounded by its open elements."""
    return rows.all_of(SubscriptionRow, uow.run(_OF_INSTANCE, {"instance_id": instance_id}))


def replace(uow: UnitOfWork, instance_id: str, wanted: Sequence[SubscriptionRow], *,
            known: Sequence[SubscriptionRow] | None = None) -> None:
    """Make the instance wait for exactly `wanted`, by difference: a write only where something changed.

    What stands now is read, unless the caller knows it: from the view before the command, while it holds the instance.
    """
    present = {_identity(row): row for row in (of_instance(uow, instance_id) if known is None else known)}
    asked = {_identity(row): row for row in wanted}
    gone = [key for key, row in present.items() if asked.get(key) != row]
    fresh = [row for key, row in asked.items() if present.get(key) != row]
    if gone:
        uow.execute(delete(subscription).where(
            subscription.c.instance_id == instance_id,
            or_(*(and_(subscription.c.token_id == token_id, subscription.c.kind == kind, subscription.c.name == name)
                  for token_id, kind, name in gone))))
    if fresh:
        uow.execute(insert(subscription), rows.values_of_all(fresh))


def waiting(uow: UnitOfWork, agency_id: str, kind: str, name: str, *, keys: Mapping[str, Any] | None = None,
            business_key: str | None = None, limit: int = 1000) -> list[SubscriptionRow]:
    """Who waits for `name`: the instance that started first comes first, its tokens in the order they came into being.

    With `keys`: only those whose every key is among them with the same value. With `business_key`: only instances of that
    key, unless the element insists on a key of that name itself.

    With more than five keys the database does not narrow; compare `keys` of the answer.
    """
    chosen = [subscription.c.agency_id == agency_id, subscription.c.kind == kind, subscription.c.name == name]
    if keys is not None and len(keys) <= _MOST_KEYS:
        chosen.append(subscription.c["keys"].in_(_parts(keys)))
    if business_key is not None:
        theirs = select(instance.c.id).where(instance.c.agency_id == agency_id, instance.c.business_key == business_key)
        chosen.append(or_(subscription.c.instance_id.in_(theirs), type_coerce(subscription.c["keys"], Text).contains('"business_key":')))
    found = rows.all_of(SubscriptionRow, uow.execute(
        select(*_COLUMNS).join(instance, instance.c.id == subscription.c.instance_id).where(*chosen)
        .order_by(instance.c.started_at, subscription.c.instance_id, func.length(subscription.c.token_id), subscription.c.token_id)
        .limit(limit)))
    return [row for row in found if keys is None or row.keys.items() <= keys.items()]


def _identity(row: SubscriptionRow) -> tuple[str, str, str]:
    return row.token_id, row.kind, row.name


def _parts(keys: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = sorted(keys)
    return [{name: keys[name] for name in some} for size in range(len(names) + 1) for some in combinations(names, size)]
