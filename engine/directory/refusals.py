"""What the directory refuses."""

from __future__ import annotations

from datetime import timedelta

from engine.errors import EngineError


class SignInRefused(EngineError):
    """The sign-in name and passphrase do not match."""

    code = "sign-in-refused"
    indonesian = "Nama masuk dan frasa sandi tidak cocok."


class TooManyAttempts(EngineError):
    """Too many attempts; wait a little, then try again."""

    code = "too-many-attempts"
    indonesian = "Terlalu banyak percobaan; tunggu sebentar, lalu coba lagi."

    def __init__(self, retry_after: timedelta) -> None:
        self.retry_after = retry_after
        super().__init__(seconds=max(1, round(retry_after.total_seconds())))


class WeakPassphrase(EngineError):
    """Choose a passphrase of at least 15 characters: a few words that are not your name are good."""

    code = "weak-passphrase"
    indonesian = "Pilih frasa sandi sedikitnya 15 huruf: beberapa kata yang bukan nama Anda sudah baik."


class SignInTaken(EngineError):
    """This sign-in name is in use."""

    code = "sign-in-taken"
    indonesian = "Nama masuk ini sudah dipakai."


class UnknownRole(EngineError):
    """The agency has no such role."""

    code = "unknown-role"
    indonesian = "Instansi ini tidak mengenal peran tersebut."


class UnknownQualification(EngineError):
    """The agency asks no such qualification of this role."""

    code = "unknown-qualification"
    indonesian = "Instansi tidak mensyaratkan kualifikasi ini untuk peran tersebut."


class QualificationNotConfirmed(EngineError):
    """Confirm each qualification that the agency asks of this role."""

    code = "qualification-not-confirmed"
    indonesian = "Nyatakan setiap kualifikasi yang disyaratkan instansi untuk peran ini terpenuhi."
