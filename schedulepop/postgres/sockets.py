"""The folder of the server's socket: private, and short enough for the operating system."""

import os
import stat
import tempfile
from pathlib import Path

from schedulepop.postgres.account import Account
from schedulepop.postgres.home import Home, write_private
from schedulepop.postgres.urls import PORT

PATH_LIMIT = 103
"""Bytes a socket's path may have: 107 on Linux, 103 on macOS."""


def known_folder(home: Home) -> Path | None:
    """Return the socket's folder: in the state folder, or where the last start recorded it."""
    if _usable(_inside(home)):
        return _inside(home)
    try:
        recorded, of_home = home.socket_record.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ValueError):
        return None
    # A copied state folder must not lead to the original's server.
    return Path(recorded) if of_home == str(home.path) else None


def socket_folder(home: Home, account: Account) -> Path:
    """Return a folder for the socket that only the server's account can enter; make it if need be."""
    folder = known_folder(home)
    if folder is not None and _is_private(folder, account):
        return folder
    if folder != _inside(home):
        folder = _make_elsewhere()
        write_private(home.socket_record, f"{folder}\n{home.path}\n")
    folder.mkdir(mode=0o700, exist_ok=True)
    if account.is_other:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    folder.chmod(0o700)
    return folder


def remove_socket(folder: Path) -> None:
    """Remove a socket and its lock file, both left by a server that was killed."""
    for left in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (folder / left).unlink(missing_ok=True)


def remove_socket_folder(home: Home) -> None:
    """Remove a socket folder that lies outside the state folder, so that none is left over."""
    folder = known_folder(home)
    if folder is None or folder == _inside(home):
        return
    try:
        remove_socket(folder)
        folder.rmdir()
    except OSError:
        return  # somebody's file lies in it; the next start uses it again
    home.socket_record.unlink(missing_ok=True)


def _inside(home: Home) -> Path:
    return home.path / "socket"


def _usable(folder: Path) -> bool:
    """Say whether a socket can be addressed there: short, and no comma, by which libpq separates hosts."""
    path = os.fsencode(folder / f".s.PGSQL.{PORT}")
    return len(path) <= PATH_LIMIT and b"," not in path


def _make_elsewhere() -> Path:
    """Make a short private folder. Not below /run/user: that vanishes at sign-out, under a running server.

    PostgreSQL touches its socket every hour, so cleaners of /tmp leave it alone.
    """
    parent = "/run" if os.geteuid() == 0 and os.access("/run", os.W_OK) else "/tmp"  # noqa: S108 (mkdtemp)
    return Path(tempfile.mkdtemp(prefix="schedulepop-", dir=parent))


def _is_private(folder: Path, account: Account) -> bool:
    """Say whether a recorded folder is still ours: in /tmp somebody else may have taken its name since."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == account.uid
        and stat.S_IMODE(found.st_mode) == 0o700
        and _usable(folder)
    )
