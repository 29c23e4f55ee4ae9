"""Facts about this database, such as whether it is a demo."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select

from storage.schema import defined
from storage.unit_of_work import UnitOfWork

setting = defined.setting


def get(uow: UnitOfWork, key: str) -> Any:
    """The value, or None where nothing was set."""
    return uow.execute(select(setting.c.value).where(setting.c.key == key)).scalar_one_or_none()


def put(uow: UnitOfWork, key: str, value: Any) -> None:
    """Set or replace a value."""
    uow.execute(delete(setting).where(setting.c.key == key))
    uow.execute(insert(setting), {"key": key, "value": value})
