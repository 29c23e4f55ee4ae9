"""Context functions (FEEL 10.3.4.11) and `is`."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from engine.feel import limits, operations
from engine.feel.errors import FeelLimit
from engine.feel.functions.signature import Registry, Unfit
from engine.feel.runtime import Run
from engine.feel.values import kind_of

BUILTINS = Registry()


@BUILTINS.add("get value", "m: context", "key: string")
def get_value(run: Run, context: dict[str, Any], key: str) -> Any:
    return context.get(key)


@BUILTINS.add("get value", "context: context", "keys: list")
def get_value_along(run: Run, context: dict[str, Any], keys: list[Any]) -> Any:
    found: Any = context
    for key in keys:
        run.spend()
        found = found.get(key) if isinstance(found, dict) and isinstance(key, str) else None
    return found if keys else None


@BUILTINS.add("get entries", "m: context")
def get_entries(run: Run, context: dict[str, Any]) -> list[dict[str, Any]]:
    run.spend_list(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@BUILTINS.add("context", "entries: list")
def context(run: Run, entries: list[Any]) -> dict[str, Any] | None:
    run.spend_list(len(entries))
    made: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str) or "value" not in entry or entry["key"] in made:
            return None
        made[entry["key"]] = entry["value"]
    return made


@BUILTINS.add("context put", "context: context", "key: string", "value: any?")
def context_put(run: Run, context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    run.spend_list(len(context))
    return {**context, key: value}


@BUILTINS.add("context put", "context: context", "keys: list", "value: any?")
def context_put_along(run: Run, context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any]:
    if not keys or not all(isinstance(key, str) for key in keys):
        raise Unfit
    if len(keys) > limits.VALUE_DEPTH:
        raise FeelLimit()
    run.spend_list(len(context))
    if len(keys) == 1:
        return {**context, keys[0]: value}
    inner = context.get(keys[0], {})
    if not isinstance(inner, dict):
        raise Unfit
    return {**context, keys[0]: context_put_along(run, inner, keys[1:], value)}


@BUILTINS.add("context merge", "contexts: list")
def context_merge(run: Run, contexts: list[Any]) -> dict[str, Any] | None:
    merged: dict[str, Any] = {}
    for one in contexts:
        if not isinstance(one, dict):
            return None
        run.spend_list(len(one))
        merged.update(one)
    return merged


@BUILTINS.add("is", "value1: any?", "value2: any?")
def same(run: Run, left: Any, right: Any) -> bool:
    """The same value in the same domain: the same instant written with another offset is not."""
    if kind_of(left) != kind_of(right):
        return False
    if isinstance(left, time | datetime):
        return left.replace(tzinfo=None) == right.replace(tzinfo=None) and str(left.tzinfo) == str(right.tzinfo)
    return operations.equal(run, left, right) is True
