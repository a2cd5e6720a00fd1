"""What goes wrong between us and somebody's server: a person has to act, or time has to pass. Sentences, no secrets."""

from __future__ import annotations

from datetime import datetime


class ConnectorError(Exception):
    """A person has to do something; the text says what. `code` names the kind for whoever sorts them."""

    code = "needs_admin"


class SignInRefusedError(ConnectorError):
    """The credentials were refused. Payroll accounts lock, so the caller counts these: 3 tries in 10 minutes."""

    code = "sign_in_refused"


class NotGrantedError(ConnectorError):
    """Signed in, but this is not allowed (403). What is optional becomes a column that is not provided.

    `said`: the number that the platform itself gives the reason, where it gives one.
    """

    code = "not_granted"

    def __init__(self, message: str, said: int | None = None) -> None:
        super().__init__(message)
        self.said = said


class NotFoundError(ConnectorError):
    """There is nothing at this address (404)."""

    code = "not_found"


class RefusedAddressError(ConnectorError):
    """The address is not one a connector may call: private, of another host, without TLS, or a redirect."""

    code = "refused_address"


class CertificateError(ConnectorError):
    """The server's certificate, or ours, was refused."""

    code = "certificate"


class TooLargeError(ConnectorError):
    """The answer is larger than a payroll list can be."""

    code = "too_large"


class UnreadableAnswerError(ConnectorError):
    """The answer is no data of the form that the platform documents."""

    code = "unreadable_answer"


class SourceBusyError(Exception):
    """The source cannot be read right now; trying again may work, from `retry_at` (UTC) on when there is one."""

    code = "busy"

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at
