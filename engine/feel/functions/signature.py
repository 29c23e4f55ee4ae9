"""How a built-in declares its parameters, and how a call is matched to them.

A parameter reads `name: kind`, with `?` after the kind when null is an answerable argument and `=` when it may be left
out. Anything that does not fit is null, as the standard asks; a list of one and its element stand for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import DecimalException
from typing import Any

from engine.feel.runtime import Run
from engine.feel.values import Function, kind_of

#: A built-in's body: the run, then its arguments; None is null.
Body = Callable[..., Any]


@dataclass(frozen=True)
class Parameter:
    name: str
    kinds: frozenset[str]
    nullable: bool
    optional: bool


class Unfit(Exception):
    """The arguments are not what the function works on; its answer is null."""


class Signature:
    """One way to call a built-in. With `spread`, the only parameter is a list that may also be given element by element;
    with `rest`, the last parameter takes all further arguments."""

    def __init__(self, body: Body, parameters: tuple[str, ...], *, spread: bool, rest: bool) -> None:
        self._body = body
        self._spread = spread
        self._rest = rest
        self.parameters = tuple(_parameter(text) for text in parameters)
        self._names = {parameter.name: index for index, parameter in enumerate(self.parameters)}

    def positional(self, run: Run, arguments: tuple[Any, ...]) -> Any:
        if self._spread and not (len(arguments) == 1 and isinstance(arguments[0], list)):
            if not arguments or arguments == (None,):
                raise Unfit
            arguments = (list(arguments),)
        if self._rest:
            if len(arguments) < len(self.parameters):
                raise Unfit
            given = [self._fit(parameter, value) for parameter, value in zip(self.parameters, arguments, strict=False)]
            given += [self._fit(self.parameters[-1], value) for value in arguments[len(self.parameters):]]
            return self._body(run, *given)
        if len(arguments) > len(self.parameters):
            raise Unfit
        if not all(parameter.optional for parameter in self.parameters[len(arguments):]):
            raise Unfit
        return self._body(run, *[self._fit(parameter, value) for parameter, value in zip(self.parameters, arguments, strict=False)])

    def named(self, run: Run, arguments: dict[str, Any]) -> Any:
        if not arguments.keys() <= self._names.keys():
            raise Unfit
        given: dict[int, Any] = {self._names[name]: value for name, value in arguments.items()}
        values: list[Any] = []
        for index, parameter in enumerate(self.parameters):
            if index in given:
                values.append(self._fit(parameter, given[index]))
            elif parameter.optional:
                values.append(None)
            else:
                raise Unfit
        return self._body(run, *values)

    @staticmethod
    def _fit(parameter: Parameter, value: Any) -> Any:
        if value is None:
            if parameter.nullable:
                return None
            raise Unfit
        if not parameter.kinds or kind_of(value) in parameter.kinds:
            return value
        if "list" in parameter.kinds:
            return [value]
        if isinstance(value, list) and len(value) == 1 and kind_of(value[0]) in parameter.kinds:
            return value[0]
        raise Unfit


class Registry:
    """The built-ins of one subject."""

    def __init__(self) -> None:
        self.signatures: dict[str, list[Signature]] = {}

    def add(self, name: str, *parameters: str, spread: bool = False, rest: bool = False) -> Callable[[Body], Body]:
        """Declare a built-in, or one more way to call it."""

        def declare(body: Body) -> Body:
            self.signatures.setdefault(name, []).append(Signature(body, parameters, spread=spread, rest=rest))
            return body

        return declare


def functions_of(registries: Iterable[Registry]) -> dict[str, Function]:
    """Every built-in by its name, ready to be called."""
    return {name: _function(signatures) for registry in registries for name, signatures in registry.signatures.items()}


def _function(signatures: list[Signature]) -> Function:
    def call(run: Run, arguments: tuple[Any, ...]) -> Any:
        return _first_fitting(signature.positional for signature in signatures)(run, arguments)

    def by_name(run: Run, arguments: dict[str, Any]) -> Any:
        return _first_fitting(signature.named for signature in signatures)(run, arguments)

    return Function(tuple(parameter.name for parameter in signatures[0].parameters), call, by_name)


def _first_fitting(ways: Iterable[Callable[[Run, Any], Any]]) -> Callable[[Run, Any], Any]:
    def answer(run: Run, arguments: Any) -> Any:
        for way in ways:
            try:
                return way(run, arguments)
            except Unfit:
                continue
            except (DecimalException, OverflowError):
                return None
        return None

    return answer


def _parameter(text: str) -> Parameter:
    name, _, kinds = text.partition(":")
    kinds = kinds.strip()
    optional = kinds.endswith("=")
    kinds = kinds.rstrip("=").strip()
    nullable = kinds.endswith("?")
    allowed = frozenset(kind.strip() for kind in kinds.rstrip("?").split("|")) - {"any"}
    return Parameter(name.strip(), allowed, nullable, optional)
