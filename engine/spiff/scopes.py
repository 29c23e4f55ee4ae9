"""Where variables live: one dictionary per process, sub-process, called process and loop instance."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.feel import MonthsDuration
from engine.spiff.expressions import Unusable
from engine.spiff.tokens import Token
from engine.types import Value

if TYPE_CHECKING:
    from engine.spiff.workflow import ScopeWorkflow

LOCAL = "local"    # a token's own scope, in its internal data
MAX_NESTING = 60   # lists and contexts inside each other
_STORABLE = (type(None), bool, int, str, Decimal, date, time, timedelta, MonthsDuration)   # a datetime is a date
OWN = "own"        # set when new names written by this token stay in its own scope (a loop instance)


def copied(value: Value, depth: int = 0) -> Value:
    """A value that shares nothing changeable with `value`; refuses what no variable can hold."""
    if isinstance(value, dict | list | tuple):
        if depth > MAX_NESTING:
            raise Unusable("value-not-storable")
        if isinstance(value, dict):
            return {str(key): copied(item, depth + 1) for key, item in value.items()}
        return [copied(item, depth + 1) for item in value]
    if isinstance(value, _STORABLE):
        return value
    raise Unusable("value-not-storable")   # FEEL has ranges and functions; variables do not


def around(token: Token) -> ChainMap[str, Value]:
    """What an element may read, innermost scope first; it ends at the called process."""
    return ChainMap(*_chain(token))


def inside(workflow: ScopeWorkflow) -> ChainMap[str, Value]:
    """What stands in a scope and the embedded scopes around it."""
    return ChainMap(*_scope_chain(workflow, []))


def write(token: Token, variables: Mapping[str, Value]) -> None:
    """Give variables new values: each in the nearest scope that has the name, else where the element stands."""
    if not variables:
        return
    top = token.workflow.top_workflow
    top.is_dirty = True
    for name, value in variables.items():
        scope = _home(token, name)
        if isinstance(scope, Token):
            local = dict(scope.internal_data[LOCAL])
            local[name] = copied(value)
            scope.note(**{LOCAL: local})
        else:
            scope[name] = copied(value)


def _home(token: Token, name: str) -> MutableMapping[str, Value] | Token:
    current: Token | None = token
    fallback: MutableMapping[str, Value] | Token | None = None
    workflow = token.workflow
    while True:
        while current is not None:
            local = current.internal_data.get(LOCAL)
            if local is not None:
                if name in local:
                    return current
                if fallback is None and OWN in current.internal_data:
                    fallback = current
            current = current.host
        if name in workflow.data:
            return workflow.data
        if fallback is None:
            fallback = workflow.data
        if name in workflow.spec.object_names:
            return workflow.data
        if not workflow.spec.is_embedded:
            return fallback
        host = workflow.host_token
        current, workflow = host, host.workflow


def _chain(token: Token) -> list[MutableMapping[str, Value]]:
    maps: list[MutableMapping[str, Value]] = []
    current: Token | None = token
    while current is not None:
        _add_token(current, maps)
        current = current.host
    return _scope_chain(token.workflow, maps)


def _scope_chain(workflow: ScopeWorkflow, maps: list[MutableMapping[str, Value]]) -> list[MutableMapping[str, Value]]:
    maps.append(workflow.data)
    while workflow.spec.is_embedded:
        host = workflow.host_token
        current: Token | None = host
        workflow = host.workflow
        while current is not None:
            _add_token(current, maps)
            current = current.host
        maps.append(workflow.data)
    maps.append(workflow.top_workflow.surroundings)
    return maps


def _add_token(token: Token, maps: list[MutableMapping[str, Value]]) -> None:
    local = token.internal_data.get(LOCAL)
    if local is not None:
        maps.append(local)
    counters = token.task_spec.counters(token)
    if counters is not None:
        maps.append(counters)
