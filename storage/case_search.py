"""The blind index of cases: rows follow the records, are made again with them and die with the case key."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, delete, exists, insert, select, tuple_

from storage.schema.running import case_file
from storage.schema.search import case_search
from storage.unit_of_work import UnitOfWork

Token = tuple[str, str]  #: Kind and keyed digest.


def change(uow: UnitOfWork, case_id: str, agency_id: str, *, gone: Collection[Token], new: Collection[Token]) -> None:
    """Takes tokens of a case out of the index and puts others in; nothing is asked where nothing changes."""
    if gone or new:
        uow.execute(delete(case_search).where(case_search.c.case_id == case_id, _any_of({*gone, *new})))
    if new:
        uow.execute(insert(case_search), [
            {"case_id": case_id, "kind": kind, "token": token, "agency_id": agency_id} for kind, token in sorted(new)])


def found(uow: UnitOfWork, agency_id: str, tokens: Collection[Token], *, limit: int = 2000) -> Mapping[str, frozenset[Token]]:
    """Cases of the agency that have any of these tokens, with those they have."""
    hits: dict[str, set[Token]] = {}
    for case_id, kind, token in uow.execute(
            select(case_search.c.case_id, case_search.c.kind, case_search.c.token)
            .where(case_search.c.agency_id == agency_id, _any_of(tokens)).order_by(case_search.c.case_id).limit(limit)):
        hits.setdefault(case_id, set()).add((kind, token))
    return {case_id: frozenset(each) for case_id, each in hits.items()}


def not_indexed(uow: UnitOfWork, agency_id: str, *, after: str = "", limit: int = 100) -> list[tuple[str, bytes]]:
    """Cases of the agency with a key and nothing in the index, in order of their ids: id and wrapped key. Some name nobody."""
    found = uow.execute(
        select(case_file.c.id, case_file.c.wrapped_key)
        .where(case_file.c.agency_id == agency_id, case_file.c.id > after, case_file.c.wrapped_key.is_not(None),
               ~exists().where(case_search.c.case_id == case_file.c.id))
        .order_by(case_file.c.id).limit(limit))
    return [(row.id, row.wrapped_key) for row in found]


def delete_of_case(uow: UnitOfWork, case_id: str) -> int:
    """Drop the projection: to make it again, or for good after erasure."""
    return uow.execute(delete(case_search).where(case_search.c.case_id == case_id)).rowcount


def _any_of(tokens: Collection[Token]) -> ColumnElement[bool]:
    return tuple_(case_search.c.kind, case_search.c.token).in_(sorted(tokens))
