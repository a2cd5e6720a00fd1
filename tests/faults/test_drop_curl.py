"""A drop address as payroll's script meets it: the real web process, and curl."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from schedulepop.sync.models import Arrival
from tests.faults.attack import memory_mb, web
from tests.sync.integrations.dropping import Drop, export, maple_grove
from tests.web.connect.test_drop_door import send

CURL = shutil.which("curl")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CURL is None, reason="there is no curl here"),
]


@pytest.fixture
def server(environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[int, int, Drop]]:
    """Port and process of the web, and an address that takes files."""
    drop = maple_grove()
    with web({**environment, "SCHEDULEPOP_HOME": str(tmp_path / "home")}) as (port, pid):
        yield port, pid, drop


def curl(
    port: int, drop: Drop, *words: str, token: str = "", end: str = "/"
) -> tuple[int, dict[str, object]]:
    """The status, and what was said."""
    address = f"http://127.0.0.1:{port}{drop.address}{end}"
    command = [str(CURL), "-sS", "-w", "\n%{http_code}", "-u", f"drop:{token or drop.token}", *words, address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    said, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(said) if said.startswith("{") else {}


def test_the_command_that_the_page_shows(server: tuple[int, int, Drop], tmp_path: Path) -> None:
    port, _, drop = server
    file = tmp_path / "staff_20261129.csv"
    file.write_bytes(export())
    status, said = curl(port, drop, "-T", str(file))
    assert (status, said["records"]) == (202, 6)
    assert Arrival.objects.get().name == "staff_20261129.csv"
    assert curl(port, drop, "-T", str(file))[0] == 200  # tried again
    assert curl(port, drop, "-T", str(file), end="")[0] == 202  # an address without a slash has no name
    assert curl(port, drop, "-T", str(file), token="guessed")[0] == 401


def test_a_file_of_20_mb_comes_whole_although_a_stranger_sends_64_kb(
    server: tuple[int, int, Drop], tmp_path: Path
) -> None:
    port, pid, drop = server
    line = "{0:06},{0:06},Ines{1},Calloway{1},,,101,RN,Memory Care,Active,2019-03-04"
    rows = [line.format(number, chr(97 + number % 26)) for number in range(1, 250_001)]
    file = tmp_path / "large.csv"
    file.write_bytes(export(*rows))
    assert file.stat().st_size > 15 * 2**20
    status, said = curl(port, drop, "-T", str(file))
    assert (status, said["records"]) == (202, 250_000)
    assert memory_mb(pid) < 1_500


def test_what_may_not_come_in_is_refused_before_it_is_sent(
    server: tuple[int, int, Drop], tmp_path: Path
) -> None:
    port, _, drop = server
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        os.truncate(file.fileno(), 300 * 2**20)
    assert curl(port, drop, "-T", str(large))[0] == 413
    status, said = curl(port, drop, "-T", str(large), "-H", "Content-Length: 1000000", token="guessed")
    assert (status, "not its token" in str(said["message"])) == (401, True)
    status, said = curl(port, drop, "-T", "-", "-H", "Transfer-Encoding: chunked")
    assert (status, "Content-Length" in str(said["message"])) == (411, True)
    assert not Arrival.objects.exists()


def test_a_sender_who_breaks_off_leaves_nothing(server: tuple[int, int, Drop]) -> None:
    port, _, drop = server
    signed = drop.signed()["HTTP_AUTHORIZATION"]
    head = f"PUT {drop.address}/a.csv HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {signed}\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as own:
        own.sendall(f"{head}Content-Length: 500000\r\n\r\n".encode() + export())
    assert send(drop, export()).status_code == 202  # of which there is one, and no other
    assert Arrival.objects.count() == 1
