"""One transaction. The only commit in the product stands here, in `transaction`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import DBAPIError

from storage import errors
from storage.prepared import Prepared, Reply
from storage.schema import metadata

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Answer = CursorResult[*tuple[Any, ...]]


class UnitOfWork:
    """What queries work on: it runs statements inside one transaction and counts them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.statements = 0
        self.dialect: str = connection.dialect.name

    def execute(self, statement: Executable, parameters: Parameters = None) -> Answer:
        """Run `statement`; a refusal comes back as a `StorageError`, without values."""
        self.statements += 1
        try:
            return self._connection.execute(statement, parameters)
        except DBAPIError as error:
            _raise(error)
        except UnicodeEncodeError:
            raise errors.UnstorableText from None  # the driver's error holds the text

    def run(self, statement: Prepared, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Reply:
        """Run a prepared statement; refusals as from `execute`."""
        self.statements += 1
        try:
            return statement.run(self._connection, parameters)
        except DBAPIError as error:
            _raise(error)
        except UnicodeEncodeError:
            raise errors.UnstorableText from None

    def commit(self) -> None:
        """Make it last. Called by `transaction` alone."""
        try:
            self._connection.commit()
        except DBAPIError as error:
            _raise(error)


@contextmanager
def transaction(connection: Connection, *, committed: Callable[[], None]) -> Iterator[UnitOfWork]:
    """Commit when the block ends well, else roll back and let the exception through."""
    try:
        connection.begin()
    except DBAPIError as error:
        _raise(error)
    uow = UnitOfWork(connection)
    try:
        yield uow
        uow.commit()
        committed()
    except BaseException:
        connection.rollback()
        raise


def _raise(error: DBAPIError) -> NoReturn:
    """Raise the storage error for `error`, without its chain: the driver's text holds field values."""
    storage_error = errors.translated(error, metadata)
    if storage_error is None:
        raise error
    raise storage_error from None
