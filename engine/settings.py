"""Everything an operator may set, with the defaults of the design, read once at start from `KAWAL_*` variables.

A setting that would make the product unsafe is refused at start, not warned about: nobody reads warnings.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from engine import durations
from engine.errors import EngineError

KEY_BYTES = 32
PREFIX = "KAWAL_"
_TREE = Path(__file__).resolve().parent.parent
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_TLS_MODES = frozenset({"require", "verify-ca", "verify-full"})


class SettingsRefused(EngineError):
    """The settings are unsafe or cannot be read; nothing was started."""

    code = "settings-refused"
    indonesian = "Pengaturan tidak aman atau tidak terbaca; tidak ada yang dijalankan."

    def __init__(self, *problems: str) -> None:
        #: One sentence each, naming the variable; values never, for some are secrets.
        self.problems = problems
        super().__init__(count=len(problems))

    def __str__(self) -> str:
        return "; ".join(self.problems)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One product's settings. Secrets do not show in `repr`."""

    data_dir: Path = Path("var")
    bpmn_dir: Path = _TREE / "bpmn"                 # the authored SOPs: one folder per agency
    database_url: str = field(default="", repr=False)     # empty: SQLite in `data_dir`
    key_file: Path | None = None                    # empty: `key` in `data_dir`; keep its backup apart from the database's
    key: bytes = field(default=b"", repr=False)     # the key-encryption key; wraps the key of each case
    demo: bool = False                              # invented people and cases; accounts of a demo live nowhere else
    base_url: str = "http://localhost:8000"         # as people type it; used in mails, and tells whether cookies need TLS
    language: str = "id"
    exit_url: str = "https://www.bmkg.go.id/"       # where "Keluar cepat" of the public pages leads: a page that tells nothing; the weather

    smtp_host: str = ""                             # empty: notices stay in the product
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_sender: str = ""
    smtp_tls: bool = True

    upload_bytes: int = 10 * 1024 * 1024
    passphrase_length: int = 15
    sign_ins_per_minute: int = 5                    # per account and address; then delays, never a lock-out
    idle_lock_after: timedelta = timedelta(minutes=15)
    session_ends_after: timedelta = timedelta(hours=12)
    draft_saved_every: timedelta = timedelta(seconds=20)
    names_shown_for: timedelta = timedelta(seconds=60)          # after "Tampilkan nama"
    unmasked_for: timedelta = timedelta(minutes=30)             # one field, for a stated reason
    glass_broken_for: timedelta = timedelta(hours=3)            # a case of others, in an emergency
    partner_link_after_done: timedelta = timedelta(days=30)     # a referral partner's link still opens the packet so long
    partner_code_for: timedelta = timedelta(minutes=10)         # a one-time code for that link,
    partner_code_tries: int = 5                                 # and how often it may be guessed
    partner_session_for: timedelta = timedelta(minutes=30)      # how long one code lets somebody in
    job_retries_after: tuple[timedelta, ...] = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
    job_locked_for: timedelta = timedelta(minutes=2)            # a worker that died gives its jobs back after this
    timers_checked_every: timedelta = timedelta(seconds=5)      # well inside the minute within which timers fire

    def __post_init__(self) -> None:
        home = self.data_dir / "demo" if self.demo else self.data_dir
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{home / 'kawal.db'}")
        if self.key_file is None:
            object.__setattr__(self, "key_file", home / "key")
        if problems := tuple(_problems(self)):
            raise SettingsRefused(*problems)

    @property
    def uses_tls(self) -> bool:
        """Whether people reach the pages over TLS, so that cookies are marked Secure and HSTS is sent."""
        return self.base_url.startswith("https://")

    @property
    def state_dir(self) -> Path:
        """Where this product keeps its key, database and locks; a demo's never mixes with the real one's."""
        assert self.key_file is not None
        return self.key_file.parent

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None, **given: Any) -> Settings:
        """Settings from `KAWAL_*` variables; `given` (from a command line) wins.

        The key is `KAWAL_KEY` (64 hex digits), else what the key file holds; before `kawal init` there is none.

        Raises:
            SettingsRefused: a variable is unknown, unreadable or unsafe. All problems are named at once.
        """
        environment = os.environ if env is None else env
        readers = {PREFIX + f.name.upper(): (f.name, _READERS[str(f.type)]) for f in fields(cls)}
        values: dict[str, Any] = {}
        problems: list[str] = []
        for variable in sorted(name for name in environment if name.startswith(PREFIX)):
            if variable not in readers:
                problems.append(f"{variable}: there is no such setting")
                continue
            name, read = readers[variable]
            try:
                values[name] = read(environment[variable])
            except (ValueError, EngineError):
                problems.append(f"{variable}: cannot be read as {_EXPECTED[read]}")
        values |= given
        if problems:
            raise SettingsRefused(*problems)
        settings = cls(**values)
        return settings if settings.key else settings._with_key_of_file()

    def _with_key_of_file(self) -> Settings:
        assert self.key_file is not None
        try:
            mode = self.key_file.stat().st_mode
            text = self.key_file.read_text("ascii").strip()
        except FileNotFoundError:
            return self
        except (OSError, UnicodeDecodeError):
            raise SettingsRefused("KAWAL_KEY_FILE: cannot be read") from None
        if stat.S_IMODE(mode) & 0o077:
            raise SettingsRefused("KAWAL_KEY_FILE: others may read it; its mode must be 0600")
        try:
            key = _key(text)
        except ValueError:
            raise SettingsRefused("KAWAL_KEY_FILE: does not hold 64 hex digits") from None
        return Settings(**{f.name: getattr(self, f.name) for f in fields(self)} | {"key": key})


def _problems(settings: Settings) -> list[str]:
    """What about these settings could harm somebody."""
    problems: list[str] = []
    if settings.key and len(settings.key) != KEY_BYTES:
        problems.append("KAWAL_KEY: a key has exactly 32 bytes")
    if settings.language not in {"id", "en"}:
        problems.append("KAWAL_LANGUAGE: id or en")
    base = urlsplit(settings.base_url)
    if base.scheme not in {"http", "https"} or not base.hostname:
        problems.append("KAWAL_BASE_URL: an address with http or https")
    elif base.scheme == "http" and base.hostname not in _LOCAL:
        problems.append("KAWAL_BASE_URL: without TLS only on this machine itself")
    away = urlsplit(settings.exit_url)
    if away.scheme not in {"http", "https"} or not away.hostname:
        problems.append("KAWAL_EXIT_URL: an address with http or https")
    problems += _database_problems(settings.database_url)
    if settings.smtp_host:
        if not settings.smtp_sender:
            problems.append("KAWAL_SMTP_SENDER: mail needs a sender")
        if not settings.smtp_tls and settings.smtp_host not in _LOCAL:
            problems.append("KAWAL_SMTP_TLS: mail leaves this machine only under TLS")
    if settings.passphrase_length < 15:
        problems.append("KAWAL_PASSPHRASE_LENGTH: at least 15")
    if settings.idle_lock_after > timedelta(hours=1):
        problems.append("KAWAL_IDLE_LOCK_AFTER: at most PT1H; offices share their machines")
    if settings.session_ends_after > timedelta(hours=24):
        problems.append("KAWAL_SESSION_ENDS_AFTER: at most PT24H")
    if settings.timers_checked_every > timedelta(seconds=60):
        problems.append("KAWAL_TIMERS_CHECKED_EVERY: at most PT60S, for timers fire within a minute")
    for one in fields(settings):
        value = getattr(settings, one.name)
        if (isinstance(value, timedelta) and value <= timedelta(0)) or (
            isinstance(value, int) and not isinstance(value, bool) and value <= 0
        ):
            problems.append(f"{PREFIX}{one.name.upper()}: more than nothing")
    return problems


def _database_problems(url: str) -> list[str]:
    parts = urlsplit(url)
    scheme = parts.scheme.partition("+")[0]
    if scheme == "sqlite":
        return []
    if scheme not in {"postgresql", "postgres"}:
        return ["KAWAL_DATABASE_URL: sqlite or postgresql"]
    options = parse_qs(parts.query)
    hosts = {parts.hostname or "localhost", *options.get("host", [])}
    remote = any(host not in _LOCAL and not host.startswith("/") for host in hosts)
    if remote and options.get("sslmode", [""])[-1] not in _TLS_MODES:
        return ["KAWAL_DATABASE_URL: another machine only with sslmode=require or stricter"]
    return []


# --- how a variable's text becomes a value ---------------------------------------------------------------------------


def _flag(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
    if text.lower() not in known:
        raise ValueError
    return known[text.lower()]


def _key(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != KEY_BYTES:
        raise ValueError
    return key


def _duration(text: str) -> timedelta:
    return durations.parse_duration(text, allow_months=False).exact


def _durations(text: str) -> tuple[timedelta, ...]:
    return tuple(_duration(part.strip()) for part in text.split(","))


_READERS: Mapping[str, Callable[[str], Any]] = {
    "str": str, "int": int, "bool": _flag, "bytes": _key, "Path": Path, "Path | None": Path,
    "timedelta": _duration, "tuple[timedelta, ...]": _durations,
}
_EXPECTED: Mapping[Callable[[str], Any], str] = {
    str: "text", int: "a whole number", _flag: "true or false", _key: "64 hex digits", Path: "a path",
    _duration: "an ISO-8601 duration such as PT15M", _durations: "ISO-8601 durations with commas between",
}
