"""Django's SMTP backend, which knows whether a message had begun to be handed over when something broke.

Before its text is sent a message surely did not go out, and may be tried again; from then on nobody knows.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend


class SmtpBackend(EmailBackend):
    """Used when an SMTP host is set. `begun`: whether the last message's text was on its way."""

    begun = False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """As Django's; `begun` tells of these messages only."""
        self.begun = False
        return super().send_messages(email_messages) or 0

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """smtplib's own class, that tells this backend when the text of a message starts."""
        base: type[smtplib.SMTP] = super().connection_class
        backend = self

        class Telling(base):  # type: ignore[misc, valid-type]
            _in_data = False

            def data(self, msg: Any) -> tuple[int, bytes]:
                self._in_data = True
                try:
                    answer: tuple[int, bytes] = super().data(msg)
                finally:
                    self._in_data = False
                return answer

            def send(self, s: Any) -> None:
                if self._in_data and isinstance(s, bytes):  # commands are str
                    backend.begun = True
                super().send(s)

        return Telling
