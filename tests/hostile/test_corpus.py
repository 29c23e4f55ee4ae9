"""The files of `corpus/`: each is refused with the codes that `expected.toml` states, or does no harm, as stated there."""

from __future__ import annotations

import re
import socket
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import engine
from tests.hostile import attempt, cage

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = tomllib.loads((CORPUS / "expected.toml").read_text())
REFUSED = sorted(name for name, case in EXPECTED.items() if "refused" in case)
HARMLESS = sorted(name for name, case in EXPECTED.items() if "harmless" in case)
ADDRESS = "127.0.0.1:47311"  # what the files would talk to; a test puts its own listener's port in its place
#: Words that stand in hostile places of the files, and would show that a message repeats them.
TELLTALE = re.compile(r"import__|/etc/|subclasses|cycler|RAHASIA|popen|evil|system|root:|Shell|execution\.|getVariable", re.I)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody who waits to be called; nobody may."""
    with socket.socket() as waiting:
        waiting.bind(("127.0.0.1", 0))
        waiting.listen()
        waiting.setblocking(False)
        yield waiting
        with pytest.raises(BlockingIOError):
            waiting.accept()


def bytes_of(name: str, listener: socket.socket) -> bytes:
    data = (CORPUS / name).read_bytes()
    port = str(listener.getsockname()[1])
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp037"):
        data = data.replace(ADDRESS.encode(encoding), ADDRESS.replace("47311", port).encode(encoding))
    return data


def test_every_file_is_expected_and_every_expectation_has_its_file() -> None:
    assert {path.name for path in CORPUS.iterdir()} - {"expected.toml"} == EXPECTED.keys()
    assert EXPECTED.keys() == {*REFUSED, *HARMLESS}
    assert len(EXPECTED) > 120


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(name: str, listener: socket.socket) -> None:
    data = bytes_of(name, listener)
    ended = cage.run(lambda: attempt.tried({name: data}))

    assert (ended.raised, ended.killed_by, ended.forbidden) == (None, None, ())
    assert ended.answer["errors"] == ended.answer["refused"] == EXPECTED[name]["refused"]
    assert not TELLTALE.search(" ".join(ended.answer["said"]))


@pytest.mark.parametrize("name", HARMLESS)
def test_it_does_no_harm(name: str, listener: socket.socket) -> None:
    data = bytes_of(name, listener)
    ended = cage.run(lambda: attempt.tried({name: data}))

    assert (ended.raised, ended.text, ended.killed_by, ended.forbidden) == (None, "", None, ())
    assert ended.answer["refused"] == []
    assert (ended.answer["stopped"] or ended.answer["outcome"]) == EXPECTED[name]["ends"]
    assert set(EXPECTED[name].get("noted", ())) <= set(ended.answer["others"])
    assert not TELLTALE.search(" ".join([*ended.answer["said"], ended.answer.get("text", "")]))


def test_an_operation_named_like_a_function_of_python_is_refused_where_operations_are_known() -> None:
    bundle = engine.SopBundle.from_files({"x.bpmn": (CORPUS / "operation-path.bpmn").read_bytes()})
    found = engine.lint(bundle, operations=frozenset({"letter.issue"}))
    assert "unknown-operation" in {finding.code for finding in found}
