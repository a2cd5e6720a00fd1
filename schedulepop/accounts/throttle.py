"""Guessing is slow: 10 wrong passwords within 5 minutes for one login from one address, and that pair waits 15
minutes; a colleague behind the same address is not concerned (ASVS 6.3.1). So are codes of the second step, one's
current password, and asking for a new one.

The attempts are counted in the database, so any number of web processes count as one; each is written down
before its password is checked, under a lock, so that many at once cannot slip past the count.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from schedulepop.accounts.models import SignInFailure
from schedulepop.lib.text import clean

WINDOW = timedelta(minutes=5)
DELAY = timedelta(minutes=15)
PER_LOGIN = 10  # wrong passwords of one login from one source
PER_SOURCE = 100  # of all logins from one source: a facility's staff share an address
KEPT = timedelta(hours=1)


def source_of(request: HttpRequest | None) -> str:
    """The address a request comes from; behind our proxy the one the proxy saw. IPv6: the /64 network."""
    meta = {} if request is None else request.META
    address = str(meta.get("REMOTE_ADDR", ""))
    forwarded = str(meta.get("HTTP_X_FORWARDED_FOR", ""))
    if settings.SECURE_PROXY_SSL_HEADER is not None and forwarded:
        address = forwarded.rpartition(",")[
            2
        ].strip()  # the last one is our proxy's word, the others the client's
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ipaddress.IPv6Network((ip, 64), strict=False).network_address
    return str(ip)


def delayed_until(login: str, source: str, now: datetime) -> datetime | None:
    """Until when no password is looked at for this login from there; None: it may be tried."""
    # Who waited for the lock is older than attempts written meanwhile; those count, a clock once wrong does not.
    failures = SignInFailure.objects.filter(source=source, at__lte=now + WINDOW)
    ends = [
        end
        for end in (_end(failures.filter(key=_key(login)), PER_LOGIN), _end(failures, PER_SOURCE))
        if end is not None and end > now
    ]
    return max(ends, default=None)


def begin(login: str, source: str, now: datetime) -> bool:
    """Write an attempt down before its password is checked; False: it has to wait, do not check."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7311))", [source])
        if delayed_until(login, source, now) is not None:
            return False
        SignInFailure.objects.filter(at__lt=now - KEPT).delete()
        SignInFailure.objects.create(key=_key(login), source=source, at=now)
    return True


def succeeded(login: str, source: str) -> None:
    """The password was right: what this login failed before from there is forgotten."""
    SignInFailure.objects.filter(key=_key(login), source=source).delete()


def note_unknown(login: str, source: str) -> None:
    """The write that an audit entry of a known user takes, so that the time of an answer tells nobody who exists."""
    SignInFailure.objects.filter(key=_key(login), source=source).update(at=F("at"))


def _end(failures: QuerySet[SignInFailure], limit: int) -> datetime | None:
    newest = list(failures.order_by("-at").values_list("at", flat=True)[:limit])
    if len(newest) < limit or newest[0] - newest[-1] > WINDOW:
        return None
    return newest[0] + DELAY


def _key(login: str) -> str:
    return salted_hmac("schedulepop.sign_in", clean(login).lower(), algorithm="sha256").hexdigest()
