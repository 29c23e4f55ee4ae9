"""The exported pack of one instance: everything a stranger needs to verify it, as one text file of canonical JSON lines.

Line 1 is the manifest; then one line per journal entry (with its ciphertext), per entry of the case's own chain where it has any, per
deployment file, per table; the last line is the SHA-256 of all lines before it. Every line must be exactly its canonical bytes, so no
byte can change unseen. A pack that holds the case key is as secret as the case: its holder reads everything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import NoneType
from typing import Any

from engine import calendars, canonical, definitions, errors, journal
from engine.bundle import SopBundle

FORMAT = "kawal-pack-1"


class PackBroken(Exception):
    """The pack is not what it says; `seq` names the journal entry if one can be named."""

    def __init__(self, reason: str, *, seq: int | None = None, instance_id: str = "") -> None:
        self.reason, self.seq, self.instance_id = reason, seq, instance_id
        super().__init__(reason)


@dataclass
class Pack:
    """A pack that was read; nothing in it is verified yet but its lines."""

    instance_id: str
    head: bytes
    length: int
    key: bytes | None
    entries: list[tuple[journal.Entry, bytes | None]] = field(default_factory=list)
    acts: list[tuple[journal.Entry, bytes | None]] = field(default_factory=list)         # of the case's own chain
    acts_end: Mapping[str, Any] | None = None                                           # its id, head and length; None: it has no entry
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)     # deployment digest -> path -> bytes
    tables: dict[str, Any] = field(default_factory=dict)

    def definition(self, digest: str) -> definitions.Definition:
        """The definition of a deployment in the pack; its bytes must have that digest."""
        bundle = SopBundle.from_files(self.files[digest])
        if bundle.digest != digest:
            raise PackBroken("deployment-altered", instance_id=self.instance_id)
        return definitions.load(bundle)


def payload_binding(instance_id: str, seq: int) -> str:
    """What a journal payload is sealed to."""
    return f"payload:{instance_id}:{seq}"


def table_content(table: Any) -> Any:
    """A calendar or a set of agency parameters as canonical JSON can hold it."""
    return {"calendar": table.to_json()} if isinstance(table, calendars.WorkCalendar) else {"parameters": dict(table)}


def table_from(content: Mapping[str, Any]) -> Any:
    """What `table_content` wrote."""
    return calendars.WorkCalendar.from_json(content["calendar"]) if "calendar" in content else content["parameters"]


def table_digest(content: Any) -> str:
    """The digest a table is addressed by."""
    return bytes_digest(canonical.dumps(content))


def bytes_digest(data: bytes) -> str:
    """SHA-256 in hex, as files and tables are addressed."""
    return hashlib.sha256(data).hexdigest()


def write(
    instance_id: str,
    entries: Iterable[tuple[journal.Entry, bytes | None]],
    *,
    head: bytes,
    length: int,
    key: bytes | None,
    files: Mapping[str, Mapping[str, bytes]],
    tables: Mapping[str, Any],
    exported_at: datetime,
    acts: Sequence[tuple[journal.Entry, bytes | None]] = (),
) -> bytes:
    """The pack's bytes. `tables` maps digest to `table_content`; `key` None exports a pack that only shows the chain."""
    end = {"case": {"chain": acts[-1][0].chain_id, "head": acts[-1][0].hash, "length": len(acts)}} if acts else {}
    lines = [
        canonical.dumps(
            {"line": "manifest", "format": FORMAT, "instance": instance_id, "head": head, "length": length, "key": key,
             "exported_at": exported_at, **end}
        )
    ]
    for kind, recorded in (("entry", entries), ("act", acts)):
        for entry, ciphertext in recorded:
            lines.append(canonical.dumps({"line": kind, "ciphertext": ciphertext, **_entry_fields(entry)}))
    for digest in sorted(files):
        for path in sorted(files[digest]):
            lines.append(canonical.dumps({"line": "file", "deployment": digest, "path": path, "bytes": files[digest][path]}))
    for digest in sorted(tables):
        lines.append(canonical.dumps({"line": "table", "digest": digest, "content": tables[digest]}))
    body = b"\n".join(lines) + b"\n"
    return body + canonical.dumps({"line": "end", "sha256": hashlib.sha256(body).hexdigest()}) + b"\n"


def read(data: bytes) -> Pack:
    """A pack from its bytes; raises `PackBroken` naming the first entry whose line is not what was written."""
    lines = data.split(b"\n")
    opened: Pack | None = None
    for number, line in enumerate(lines[:-2]):
        try:
            item = canonical.loads(line)
            kind = item["line"]
            if canonical.dumps(item) != line:
                raise PackBroken("line-altered")
            if number == 0:
                if kind != "manifest" or item["format"] != FORMAT:
                    raise PackBroken("not-a-pack")
                _check_kinds(item, _MANIFEST_KINDS)
                opened = Pack(instance_id=item["instance"], head=item["head"], length=item["length"], key=item["key"],
                              acts_end=item.get("case"))
                if opened.acts_end is not None:
                    _check_kinds(opened.acts_end, _CASE_KINDS)
            elif opened is None:
                raise PackBroken("not-a-pack")
            elif kind == "entry":
                _check_kinds(item, _ENTRY_KINDS)
                opened.entries.append((_entry(item), item["ciphertext"]))
            elif kind == "act":
                _check_kinds(item, _ENTRY_KINDS)
                opened.acts.append((_entry(item), item["ciphertext"]))
            elif kind == "file":
                _check_kinds(item, _FILE_KINDS)
                opened.files.setdefault(item["deployment"], {})[item["path"]] = item["bytes"]
            elif kind == "table":
                if table_digest(item["content"]) != item["digest"]:
                    raise PackBroken("table-altered")
                opened.tables[item["digest"]] = table_from(item["content"])
            else:
                raise PackBroken("line-altered")
        except PackBroken as problem:
            raise _placed(problem.reason, opened, number) from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ArithmeticError, errors.EngineError):
            raise _placed("line-altered", opened, number) from None
    if opened is None:
        raise PackBroken("not-a-pack")
    _check_end(data, lines, opened)
    return opened


_MANIFEST_KINDS: Mapping[str, tuple[type, ...]] = {"instance": (str,), "head": (bytes,), "length": (int,), "key": (bytes, NoneType)}
_CASE_KINDS: Mapping[str, tuple[type, ...]] = {"chain": (str,), "head": (bytes,), "length": (int,)}
_ENTRY_KINDS: Mapping[str, tuple[type, ...]] = {
    "chain_id": (str,), "seq": (int,), "at": (datetime,), "recorded_at": (datetime,), "actor_id": (str,), "kind": (str,),
    "payload_digest": (str,), "state_digest": (str,), "definition": (str,), "semantics": (int,), "prev_hash": (bytes,),
    "hash": (bytes,), "ciphertext": (bytes, NoneType),
}
_FILE_KINDS: Mapping[str, tuple[type, ...]] = {"deployment": (str,), "path": (str,), "bytes": (bytes,)}


def _check_kinds(item: Mapping[str, Any], kinds: Mapping[str, tuple[type, ...]]) -> None:
    """A forged line may hold anything; what reads it relies on these."""
    if not all(isinstance(item[name], kind) and not isinstance(item[name], bool) for name, kind in kinds.items()):
        raise PackBroken("line-altered")
    if any(isinstance(item[name], datetime) and item[name].tzinfo is None for name in kinds):
        raise PackBroken("line-altered")


def _placed(reason: str, opened: Pack | None, number: int) -> PackBroken:
    """Entries stand in the lines after the manifest: a line that cannot be read there is the entry of its number."""
    if opened is None:
        return PackBroken(reason)
    in_entries = len(opened.entries) == number - 1 < opened.length
    return PackBroken(reason, seq=number if in_entries else None, instance_id=opened.instance_id)


def _check_end(data: bytes, lines: list[bytes], opened: Pack) -> None:
    try:
        end = json.loads(lines[-2])
        body = data[: len(data) - len(lines[-2]) - 1]
        whole = lines[-1] == b"" and canonical.dumps(end) == lines[-2] and end == {
            "line": "end", "sha256": hashlib.sha256(body).hexdigest()
        }
    except (ValueError, IndexError):
        whole = False
    if whole:
        return
    # Something changed though every line reads well: name the entry if it is one, else the pack as a whole.
    broken = journal.first_break(opened.instance_id, (entry for entry, _ in opened.entries), head=opened.head, length=opened.length)
    altered = next(
        (entry.seq for entry, sealed in opened.entries if sealed is not None and bytes_digest(sealed) != entry.payload_digest),
        None,
    )
    named = min((seq for seq in (broken.seq if broken else None, altered) if seq is not None), default=None)
    raise PackBroken("pack-altered", seq=named, instance_id=opened.instance_id)


def _entry_fields(entry: journal.Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in journal.Entry.__dataclass_fields__}


def _entry(item: Mapping[str, Any]) -> journal.Entry:
    return journal.Entry(**{name: item[name] for name in journal.Entry.__dataclass_fields__})
