"""An embedded PostgreSQL, so that trying the product takes no database administrator.

`with server() as urls:` is all most callers need. Only a wheel's programs are used; starting, joining,
stopping, roles and passwords are done here (ADR 0002). Knows nothing of Django or of the product.
"""

from schedulepop.postgres import archive
from schedulepop.postgres.databases import create_database, drop_database
from schedulepop.postgres.errors import OtherMajorVersionError, ServerError, ServerGoneError
from schedulepop.postgres.home import state_home
from schedulepop.postgres.outage import Outage, outage, reason
from schedulepop.postgres.supervisor import is_embedded, running_pid, running_urls, server
from schedulepop.postgres.turns import Session, Turn, turns
from schedulepop.postgres.urls import Urls

__all__ = [
    "OtherMajorVersionError",
    "Outage",
    "ServerError",
    "ServerGoneError",
    "Session",
    "Turn",
    "Urls",
    "archive",
    "create_database",
    "drop_database",
    "is_embedded",
    "outage",
    "reason",
    "running_pid",
    "running_urls",
    "server",
    "state_home",
    "turns",
]
