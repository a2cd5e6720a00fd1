"""A folder, and the servers that serve it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.sftp import servers
from tests.connectors.sftp.servers import Server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "outbound"
    made.mkdir()
    return made


@pytest.fixture(params=["openssh", "own"])
def server(request: pytest.FixtureRequest, tmp_path: Path, folder: Path) -> Iterator[Server]:
    with getattr(servers, request.param)(folder, tmp_path) as one:
        yield one


@pytest.fixture
def own(tmp_path: Path, folder: Path) -> Iterator[Server]:
    with servers.own(folder, tmp_path) as one:
        yield one
