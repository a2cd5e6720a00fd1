"""How to reach the server: four roles, one socket."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from schedulepop.postgres.errors import ServerError
from schedulepop.postgres.home import Home, write_private

OWNER, MIGRATE, APP, WEB = "schedulepop_owner", "schedulepop_migrate", "schedulepop_app", "schedulepop_web"
ROLES = (OWNER, MIGRATE, APP, WEB)
DATABASE = "schedulepop"
PORT = 5432


@dataclass(frozen=True)
class Urls:
    """The database addresses of the four roles.

    `web` serves the pages and sees the rows of the visitor's organizations only (ADR 0013), `app` is the worker's and
    the command line's and reads and writes all rows, `migrate` owns the database and its tables, `owner` administers
    the server (a superuser: for backup and repair, never for serving requests).
    """

    web: str
    app: str
    migrate: str
    owner: str

    def database(self, name: str) -> "Urls":
        """Return the addresses of another database on the same server."""
        return Urls(*(_with(url, name) for url in (self.web, self.app, self.migrate, self.owner)))


def _with(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path="/" + quote(database, safe="")))


def build_urls(passwords: dict[str, str], socket: Path) -> Urls:
    """Put the addresses together. The port is spelled out: a PGPORT in the environment would win else."""

    def url(role: str) -> str:
        place = quote(str(socket), safe="/")
        password = quote(passwords[role], safe="")
        return f"postgresql://{role}:{password}@/{DATABASE}?host={place}&port={PORT}"

    return Urls(web=url(WEB), app=url(APP), migrate=url(MIGRATE), owner=url(OWNER))


def make_passwords(home: Home) -> dict[str, str]:
    """Make and store the roles' passwords; what is stored already stays."""
    if not home.passwords.exists():
        fresh = {role: secrets.token_urlsafe(24) for role in ROLES}
        write_private(home.passwords, json.dumps(fresh, indent=1) + "\n")
    return read_passwords(home)


def read_passwords(home: Home) -> dict[str, str]:
    """Read the roles' passwords."""
    try:
        stored = json.loads(home.passwords.read_text(encoding="utf-8"))
        return {role: str(stored[role]) for role in ROLES}
    except FileNotFoundError:
        raise ServerError(
            f"{home.passwords} is missing, and without it nobody can sign in to the database in {home.data}. "
            "Restore the file from a backup of the state folder."
        ) from None
    except (ValueError, KeyError, TypeError):
        raise ServerError(
            f"{home.passwords} is damaged. Restore the file from a backup of the state folder."
        ) from None
