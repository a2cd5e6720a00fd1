"""The state folder: where it is, what lies in it, who may enter it."""

import hashlib
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from schedulepop.postgres.account import Account
from schedulepop.postgres.errors import ServerError

CHECKOUT = Path(__file__).resolve().parents[2]


def state_home() -> Path:
    """Return the state folder of this checkout: `SCHEDULEPOP_HOME`, else one per checkout.

    The hash keeps two checkouts on one machine apart, so that trying a branch never touches real data.
    """
    chosen = os.environ.get("SCHEDULEPOP_HOME")
    if chosen:
        return Path(chosen).expanduser().resolve()
    own = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
    if os.geteuid() == 0:
        return Path("/var/lib/schedulepop") / own
    xdg = os.environ.get("XDG_STATE_HOME", "")
    state = Path(xdg) if xdg.startswith("/") else Path.home() / ".local" / "state"
    return (state / "schedulepop" / own).resolve()


@dataclass(frozen=True)
class Home:
    """The places in a state folder."""

    path: Path

    @classmethod
    def at(cls, path: Path | None) -> "Home":
        """Return the layout of a given state folder, or of this checkout's."""
        return cls(state_home() if path is None else path.resolve())

    @property
    def data(self) -> Path:
        """The data folder (PGDATA); belongs to the server's account."""
        return self.path / "data"

    @property
    def unfinished(self) -> Path:
        """Where initdb works; becomes `data` when it is done, so a killed initdb leaves no half folder."""
        return self.path / "data.unfinished"

    @property
    def programs(self) -> Path:
        """Copies of PostgreSQL's programs (only as root)."""
        return self.path / "programs"

    @property
    def passwords(self) -> Path:
        """The roles' passwords, readable by the owner of the state folder only."""
        return self.path / "passwords.json"

    @property
    def socket_record(self) -> Path:
        """A file that names the socket's folder, if it cannot lie here (the path is too long)."""
        return self.path / "socket-folder"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.path / "server.log"

    @property
    def turn(self) -> Path:
        """Lock: held while starting, joining or stopping, so that one process at a time does."""
        return self.path / "turn.lock"

    @property
    def users(self) -> Path:
        """Lock: shared by all processes that use the server; whoever is last out stops it."""
        return self.path / "users.lock"

    @property
    def alive(self) -> Path:
        """Lock: held by the server's own processes as long as one of them lives."""
        return self.path / "alive.lock"


def prepare(home: Home, account: Account) -> None:
    """Make the state folder, closed to everybody but us and (as root) the server's account."""
    try:
        _make(home.path, account)
    except OSError as error:
        raise ServerError(
            f"The state folder {home.path} cannot be created ({error.strerror}). "
            "Set SCHEDULEPOP_HOME to a folder on a local disk that you may write to."
        ) from error
    owner = home.path.stat().st_uid
    if owner != os.geteuid():
        raise ServerError(
            f"The state folder {home.path} belongs to the user {user_name(owner)}. Run this as that user, "
            "or set SCHEDULEPOP_HOME to a folder of your own."
        )
    if not account.can_enter(home.path):
        raise ServerError(
            f"The database runs as the user {account.name}, who may not enter {home.path}. "
            "Set SCHEDULEPOP_HOME to a folder every user can reach, such as one below /var/lib or /srv "
            "(the folder itself stays closed)."
        )


def _make(folder: Path, account: Account) -> None:
    for missing in [parent for parent in reversed(folder.parents) if not parent.exists()]:
        missing.mkdir(mode=0o700, exist_ok=True)
        if account.is_other:
            missing.chmod(0o711)  # to be passed through, whatever the umask
    folder.mkdir(mode=0o700, exist_ok=True)
    closed = not any(folder.iterdir()) or stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
    if account.is_other and closed and folder.stat().st_uid == os.geteuid():
        os.chown(folder, -1, account.gid)
        folder.chmod(0o710)
    elif closed and folder.stat().st_uid == os.geteuid():
        folder.chmod(0o700)


def user_name(uid: int) -> str:
    """Return the name of a user, or the number where there is no name (as with a container's volume)."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


@contextmanager
def readable(home: Home) -> Iterator[None]:
    """Turn a refusal by the operating system to read the state folder into a sentence that helps."""
    try:
        yield
    except PermissionError as error:
        raise ServerError(
            f"The state folder {home.path} is not yours to read ({error.filename}). "
            "Run this as the user who started the database, or set DATABASE_URL."
        ) from error


def write_private(path: Path, text: str) -> None:
    """Write a file only we can read, whole or not at all, and on disk before it counts."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
