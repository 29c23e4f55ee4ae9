"""E-mail by SMTP. The only place of the product that opens a connection to a mail server."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from email.message import EmailMessage

from engine.errors import PermanentFailure, TransientFailure
from engine.settings import Settings

TIMEOUT_SECONDS = 10  # a slow server must not outlast the lock of the job


class SmtpMail:
    """Mail through the server of the settings, under TLS unless it is this machine itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, to: str, subject: str, text: str, *, key: str) -> None:
        """Hand one message to the server. Its Message-ID comes from `key`: a repeated hand-over can be told from a new one.

        Raises:
            TransientFailure: no answer, or the server asks to come again.
            PermanentFailure: the server refuses this for good.
        """
        message = EmailMessage()
        message["From"] = self._settings.smtp_sender
        message["To"] = to
        message["Subject"] = subject
        domain = self._settings.smtp_sender.rpartition("@")[2] or "localhost"
        message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            self._hand_over(message)
        except smtplib.SMTPResponseException as refused:
            if 500 <= refused.smtp_code < 600:
                raise PermanentFailure("mail-refused") from None
            raise TransientFailure("mail-later") from None
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            if codes and all(500 <= code < 600 for code in codes):
                raise PermanentFailure("mail-address-refused") from None
            raise TransientFailure("mail-later") from None
        except (OSError, smtplib.SMTPException):
            raise TransientFailure("mail-server-unreachable") from None

    def _hand_over(self, message: EmailMessage) -> None:
        settings = self._settings
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS) as server:
            if settings.smtp_tls:
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(message)


def mail_of(settings: Settings) -> SmtpMail | None:
    """The mail client of these settings; None where no server is set up."""
    return SmtpMail(settings) if settings.smtp_host else None
