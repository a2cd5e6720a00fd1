"""SFTP against a real server: what is read, what waits, what is refused, and what is never sent."""

from __future__ import annotations

import os
import time
import tracemalloc
from datetime import UTC, datetime, timedelta

import asyncssh
import pytest

from schedulepop.connectors.contract import (
    ConnectorError,
    SourceBusyError,
)
from schedulepop.connectors.sftp.choosing import PageMissingError
from tests.connectors.sftp.servers import PASSWORD, Server
from tests.connectors.sftp.visiting import NOW, STAFF, Visit, put
from tests.scale import reach

# What is read -----------------------------------------------------------------------------------------------


def test_the_newest_file_of_the_pattern_is_read_with_its_time(server: Server) -> None:
    put(server, "staff_1.csv", "old", hours=30)
    put(server, "staff_2.csv", hours=2)
    put(server, "jobs.csv", "other", hours=1)
    (server.folder / "staff_folder.csv").mkdir()
    found, texts = Visit(server).collected(pattern="staff_*.csv")
    assert texts == [STAFF]
    (file,) = found.files
    assert (file.name, file.source_time) == ("staff_2.csv", NOW - timedelta(hours=2))


def test_a_file_that_was_read_last_time_is_not_read_again(server: Server) -> None:
    put(server, "staff.csv")
    first, _ = Visit(server).collected()
    again, _ = Visit(server).collected({"stable_id": first.files[0].stable_id})
    assert (again.files, len(first.files)) == ((), 1)
    put(server, "staff.csv", hours=0.5)
    assert len(Visit(server).collected({"stable_id": first.files[0].stable_id})[0].files) == 1


def test_a_date_in_the_name_is_the_files_time(own: Server) -> None:
    put(own, "staff_20261128.csv", hours=1)
    put(own, "staff_20261127.csv", "older data, written later", hours=0.5)
    found, texts = Visit(own).collected(date_in_name="%Y%m%d")
    assert texts == [STAFF]
    assert found.files[0].source_time == datetime(2026, 11, 28, tzinfo=UTC)
    put(own, "staff.csv")
    with pytest.raises(ConnectorError, match="no date"):
        Visit(own).collected(date_in_name="%Y%m%d")


@pytest.mark.parametrize(
    "secrets", [{"password": PASSWORD}, None, {"password": PASSWORD, "private_key": "key"}]
)
def test_a_password_or_a_key_signs_in(secrets: dict[str, str] | None, own: Server) -> None:
    if secrets and "private_key" in secrets:
        secrets = secrets | {"private_key": own.private_key}
    put(own, "staff.csv")
    assert Visit(own).collected(secrets=secrets)[1] == [STAFF]


@pytest.mark.filterwarnings("ignore:.*bcrypt.kdf")
def test_a_key_with_a_passphrase(own: Server) -> None:
    put(own, "staff.csv")
    locked = (
        asyncssh.import_private_key(own.private_key)
        .export_private_key(passphrase="canary-phrase", rounds=1)
        .decode()
    )
    assert Visit(own).collected(secrets={"private_key": locked, "passphrase": "canary-phrase"})[1] == [STAFF]
    with pytest.raises(ConnectorError, match="passphrase"):
        Visit(own).collected(secrets={"private_key": locked, "passphrase": "wrong"})


def test_many_files_are_passed_through(server: Server) -> None:
    """Nothing is kept of 5,000 other files (all: 100,000); as a list they would take 750 bytes each."""
    count = reach(5_000, 100_000) if server.root != "/" else 5_000  # the stand-in is slow itself
    for number in range(count):
        os.close(os.open(server.folder / f"old_{number}.txt", os.O_CREAT))
    put(server, "staff.csv")
    began = time.monotonic()
    tracemalloc.start()
    try:
        assert Visit(server).collected()[1] == [STAFF]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.monotonic() - began < 60
    assert peak < 2 * 2**20


# Several files a night --------------------------------------------------------------------------------------


def evening(server: Server, *names: str, hours: float) -> None:
    for name in names:
        put(server, name, STAFF.replace("Rosa", name.partition("_")[0]), hours=hours)


def test_each_facility_sends_a_file_and_all_are_taken(server: Server) -> None:
    evening(server, "0412_20261127.csv", "0413_20261127.csv", hours=26)
    evening(server, "0412_20261128.csv", "0413_20261128.csv", hours=2)
    since = {"source_time": (NOW - timedelta(hours=26)).isoformat()}
    found, texts = Visit(server).collected(since, each_facility=True)
    assert [file.name for file in found.files] == ["0412_20261128.csv", "0413_20261128.csv"]
    assert ["0412" in texts[0].splitlines()[1], "0413" in texts[1].splitlines()[1]] == [True, True]


def test_a_facility_that_has_not_sent_is_waited_for_and_then_missing(own: Server) -> None:
    evening(own, "0412_20261127.csv", "0413_20261127.csv", hours=26)
    evening(own, "0412_20261128.csv", hours=2)
    since = {"source_time": (NOW - timedelta(hours=26)).isoformat()}
    with pytest.raises(SourceBusyError, match=r"1 of 2 facilities.*0413_20261127\.csv") as raised:
        Visit(own).collected(since, each_facility=True, wait_hours=4)
    assert raised.value.retry_at == NOW + timedelta(hours=2)
    with pytest.raises(PageMissingError, match="facility has closed"):
        Visit(own).collected(since, each_facility=True, wait_hours=1)


def test_when_nobody_has_sent_anything_new_it_is_last_times_feed(own: Server) -> None:
    evening(own, "0412_20261127.csv", "0413_20261127.csv", hours=26)
    since = {"source_time": (NOW - timedelta(hours=26)).isoformat()}
    assert len(Visit(own).collected(since, each_facility=True)[0].files) == 2


def test_a_facility_that_closed_long_ago_is_not_waited_for(own: Server) -> None:
    evening(own, "0414_20260801.csv", hours=24 * 120)
    evening(own, "0412_20261128.csv", hours=2)
    since = {"source_time": (NOW - timedelta(hours=26)).isoformat()}
    assert len(Visit(own).collected(since, each_facility=True)[0].files) == 1


# Half-written -----------------------------------------------------------------------------------------------


def test_a_file_that_grows_between_two_looks_waits(server: Server) -> None:
    path = put(server, "staff.csv")

    def grows(seconds: float) -> None:
        path.write_text(STAFF + "00413,Ivo\n")

    with pytest.raises(SourceBusyError, match="still being written"):
        Visit(server, grows).collected()


def test_with_a_done_file_nothing_is_read_before_it(own: Server) -> None:
    put(own, "staff.csv")
    with pytest.raises(SourceBusyError, match=r"no \.done file"):
        Visit(own).collected(done_file=True)
    for mark in ("staff.csv.done", "staff.done"):
        put(own, mark, "")
        assert Visit(own).collected(done_file=True)[1] == [STAFF]
        (own.folder / mark).unlink()
