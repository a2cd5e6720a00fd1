"""Which host of Dayforce is asked, and which of its links are: credentials go below dayforcehcm.com and nowhere else.

The documented address is www.dayforcehcm.com, which sends callers on to the host of the current release
(us252-services.dayforcehcm.com). One such redirect is taken, at the beginning: its target is judged here and then asked
in a session of its own. Every later redirect to another host is refused by the door.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from schedulepop.connectors.contract import NotFoundError, NotGrantedError, Source, UnreadableAnswerError
from schedulepop.lib.http import Session
from schedulepop.lib.http.auth import basic
from schedulepop.lib.http.errors import RefusedAddressError

TITLE = "Dayforce"
HOST = r"(?:[a-z0-9-]+\.){1,2}dayforcehcm\.com"
METADATA = "V1/ClientMetadata"
_OF_DAYFORCE = re.compile(rf"(?:https:)?//({HOST})(?::443)?(?:[/?#]|$)", re.I)


def session(source: Source) -> Session:
    """A session at the host that answers. Raises RefusedAddressError where one is sent on to anybody else's."""
    host = source.config.host
    with _at(source, host) as api:
        try:
            location = api.sent_on(METADATA)
        except (NotGrantedError, NotFoundError):
            location = ""  # it answered, so it is the one to ask
    return _at(source, _host(location) or host)


def own_path(source: Source, link: Any) -> str:
    """The path of a link, below the company's own, to be asked of the host we are at: the link's host is never called.

    Raises RefusedAddressError where the link leads away from Dayforce, UnreadableAnswerError where it is none.
    """
    _host(str(link))
    parts = urlsplit(str(link))
    found = re.fullmatch(rf"/api/{re.escape(source.config.company)}/(.+)", parts.path, re.I)
    if found is None:
        raise UnreadableAnswerError(f"{TITLE} did not say where its answer goes on.")
    return f"{found[1]}{'?' + parts.query if parts.query else ''}"


def _at(source: Source, host: str) -> Session:
    auth = basic(source.config.user, source.secrets.password.get_secret_value())
    return source.http.session(f"https://{host}/Api/{source.config.company}", title=TITLE, auth=auth)


def _host(address: str) -> str:
    """The host of an address of Dayforce's; nothing of a path alone. Raises RefusedAddressError for any other."""
    if whole := _OF_DAYFORCE.match(address):
        return whole[1].lower()
    if "//" in address.partition("?")[0] or ":" in address.partition("/")[0]:
        raise RefusedAddressError(
            f"{TITLE} sent us on to an address that is not below https://…dayforcehcm.com, so the password was not "
            "sent there. Check the address."
        )
    return ""
