"""State folders of their own for these tests, removed at the end.

Not below pytest's own temporary folder: as root that is closed to the account the server runs as, and
its path is long. In memory where there is room: each test copies a cluster.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from schedulepop.postgres import Urls, server


def _new_folder() -> Path:
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2**31
    return Path(tempfile.mkdtemp(prefix="sp-pg-", dir=memory if roomy else None))


@pytest.fixture
def empty_home() -> Iterator[Path]:
    """A state folder in which nothing was ever started."""
    path = _new_folder()
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def cold_home() -> Iterator[Path]:
    """A state folder with a finished cluster, not running: to be copied, which is quicker than initdb."""
    path = _new_folder()
    with server(path):
        pass
    yield path
    shutil.rmtree(path)


@pytest.fixture
def home(cold_home: Path, empty_home: Path) -> Path:
    """A state folder with a finished cluster, not running."""
    subprocess.run(["cp", "-a", f"{cold_home}/.", str(empty_home)], check=True)
    return empty_home


@pytest.fixture(scope="module")
def urls(cold_home: Path) -> Iterator[Urls]:
    """A running server for a whole file of tests that leave no traces."""
    with server(cold_home) as there:
        yield there
