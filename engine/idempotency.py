"""Commands that may be asked twice: the second time gets the first answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from engine import canonical, errors
from engine.executor import Context
from storage import idempotency

T = TypeVar("T")
_OF_A_FILE = frozenset({"content", "media_type", "size", "sha256"})


class KeyReused(errors.EngineError):
    """This idempotency key was used for a different request."""

    code = "idempotency-key-reused"
    indonesian = "Kunci idempotensi ini sudah dipakai untuk permintaan lain."


def once(
    context: Context, key: str | None, request: Any, command: Callable[[], T], answer: Callable[[Mapping[str, Any]], T],
    plain: Callable[[T], Mapping[str, Any]],
) -> T:
    """Carries out `command`, or answers as it was answered under `key` before. A refusal is never kept: it may be mended.

    `request` is what was asked (kept as a digest only, without the files in it); another request under the same key raises `KeyReused`.
    """
    if key is None:
        return command()
    asked = hashlib.sha256(canonical.dumps(_without_files(request))).hexdigest()
    kept = idempotency.get(context.uow, context.actor.account_id, key)
    if kept is not None:
        if kept.request != asked:
            raise KeyReused()
        return answer(kept.result)
    result = command()
    if context.refusal is None:
        idempotency.add(context.uow, idempotency.IdempotencyRow(
            account_id=context.actor.account_id, key=key, request=asked, at=context.now, result=dict(plain(result))))
    return result


def answered(context: Context, key: str) -> Mapping[str, Any]:
    """What the actor was answered under `key`, as it is kept; nothing where nothing was."""
    kept = idempotency.get(context.uow, context.actor.account_id, key)
    return kept.result if kept is not None else {}


def _without_files(asked: Any) -> Any:
    """What was asked, but for its files: one that a draft kept goes with the draft when the form is sent, and the second click on the same
    page comes without it."""
    if isinstance(asked, list | tuple):
        return [_without_files(each) for each in asked]
    if isinstance(asked, Mapping):
        told = {key: value for key, value in asked.items() if key not in _OF_A_FILE} if "content" in asked else asked
        return {key: _without_files(value) for key, value in told.items() if not _is_a_file(value)}
    return asked


def _is_a_file(value: Any) -> bool:
    return isinstance(value, Mapping) and "content" in value and value.keys() <= _OF_A_FILE
