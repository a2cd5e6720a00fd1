"""The operating system account the server runs as.

PostgreSQL refuses to run as root, with reason. As root we therefore step down to a system account of
our own; as anybody else we stay who we are.
"""

import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schedulepop.postgres.errors import ServerError

SYSTEM_ACCOUNT = "schedulepop"
"""Made on first use. Not `nobody`: other services run as nobody too, and could then read the data."""

_USERADD = [
    "--system",
    "--user-group",
    "--no-create-home",
    "--home-dir=/nonexistent",
    "--shell=/usr/sbin/nologin",
]

_MAYBE_SOON = (1, 9, 10)
"""useradd(8): a file is locked, or the name is taken: as while another process makes the account."""

_PAUSES = [0.1] * 30
"""Seconds between attempts: an account is made in far less than three seconds."""


@dataclass(frozen=True)
class Account:
    """Who owns the data folder and runs the server."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether this process has to step down to become this account (only root can)."""
        return self.uid != os.geteuid()

    def run_as(self) -> dict[str, Any]:
        """Return the options for `subprocess` that run a program as this account, without root's groups."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Say whether the account may enter a folder; asked by entering it, so access lists count too."""
        if not self.is_other:
            return os.access(folder, os.X_OK)
        attempt = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
        done = subprocess.run(attempt, cwd="/", check=False, stderr=subprocess.DEVNULL, **self.run_as())
        return done.returncode == 0


def server_account() -> Account:
    """Return the account for the server: oneself, or as root the system account, made if need be."""
    if os.geteuid() != 0:
        return Account(_own_name(), os.geteuid(), os.getegid())
    entry = _lookup(SYSTEM_ACCOUNT) or _make_system_account() or _lookup("nobody")
    if entry is None:
        raise ServerError(
            "PostgreSQL does not run as root, and there is no account to run it as. "
            f"Create one (useradd --system {SYSTEM_ACCOUNT}), or run this as a normal user."
        )
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _own_name() -> str:
    """Return the name of the running account; initdb needs one, so its lack is told here."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise ServerError(
            f"The user id {os.geteuid()} has no name in /etc/passwd, which PostgreSQL needs. "
            "Run as a named user (in a container: add one to the image), or set DATABASE_URL."
        ) from None


def _make_system_account() -> pwd.struct_passwd | None:
    """Make the system account; None where that is not possible (no useradd, a read-only /etc)."""
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd is None:
        return None
    for pause in _PAUSES:
        done = subprocess.run([useradd, *_USERADD, SYSTEM_ACCOUNT], check=False, capture_output=True)
        entry = _lookup(SYSTEM_ACCOUNT)  # also there when another process made it at the same moment
        if entry is not None or done.returncode not in _MAYBE_SOON:
            return entry
        time.sleep(pause)
    return None


def _lookup(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
