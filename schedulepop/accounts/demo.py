"""Whether this installation is a demo: guests come in with one click, and everybody's letters can be read.

One variable alone opens nothing. All of it has to be invented (every organization is marked as demo), nothing may lead
out or in (letters stay here, the pages are this machine's own) and the database is the one that `demo` started. Asked
at the start, and with every request that depends on it.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from schedulepop import postgres
from schedulepop.accounts import tenancy
from schedulepop.accounts.models import Organization

MAILBOX = "schedulepop.messages.mailbox.MailboxBackend"


def is_on(request: HttpRequest | None = None) -> bool:
    """Whether guests may come in, by this request."""
    if not settings.DEMO or (
        request is not None and not is_this_machine(urlsplit(f"//{request.get_host()}").hostname)
    ):
        return False
    return not why_not() and tenancy.is_all_demo() is True


def why_not(*, listen: str = "") -> str:
    """Why there can be no guests here, in a sentence; empty when there can. `listen`: the address to be served."""
    if not postgres.is_embedded(settings.DATABASES["default"]["HOST"]):
        return "A demo has a database of its own, but DATABASE_URL names one."
    if not (
        is_this_machine(urlsplit(settings.BASE_URL).hostname) and is_this_machine(listen or settings.LISTEN)
    ):
        return "A demo is for this machine alone, but its pages are served to others (SCHEDULEPOP_BASE_URL, --host)."
    if settings.EMAIL_HOST or settings.EMAIL_BACKEND != MAILBOX:
        return "A demo writes to nobody, but letters are sent from here (SCHEDULEPOP_SMTP_HOST)."
    if tenancy.is_all_demo() is False:
        other = Organization.objects.filter(demo=False).order_by("pk").first()  # seen by the operator alone
        return f"A demo holds invented people only, but {other or 'a customer'} is in this database."
    return ""


def is_this_machine(name: str | None) -> bool:
    """Whether only this machine itself can be meant by that name or address."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name or "").is_loopback
    except ValueError:
        return False
