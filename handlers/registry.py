"""Which operations a diagram may name. To add one: a module in `operations/` with `SPEC` and `run`, and its line here.

`mail_send` is the worker's own: what a mail says is not a diagram's to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from engine.types import Operation, OperationSpec
from handlers.desk import Desk, Result
from handlers.operations import case_number, document_issue, mail_send, notice_send

_MODULES = (case_number, document_issue, notice_send)
_RUN: Mapping[str, Callable[..., Result]] = {module.SPEC.name: module.run for module in _MODULES} | {mail_send.NAME: mail_send.run}


def operations() -> Mapping[str, OperationSpec]:
    """Name to what it requires; lint checks a diagram against it at deployment."""
    return {module.SPEC.name: module.SPEC for module in _MODULES}


def functions(desk: Desk) -> Mapping[str, Operation]:
    """Name to the function the worker calls, already at its desk."""
    return {name: partial(run, desk) for name, run in _RUN.items()}
