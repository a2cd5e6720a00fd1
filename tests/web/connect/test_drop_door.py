"""A drop address over HTTP: who may send, what is said, and what becomes of the file."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Any

import pytest
from django.test import Client

from schedulepop import jobs
from schedulepop.directory.models import Membership
from schedulepop.sync.integrations import drop_addresses, lifecycle
from schedulepop.sync.models import Arrival, Integration, RawFeed, Run
from tests.sync.conftest import PEOPLE
from tests.sync.integrations.dropping import HIRE, OPERATOR, Drop, export, maple_grove

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop() -> Drop:
    return maple_grove()


@pytest.fixture
def running(drop: Drop) -> Drop:
    """The same after its first sync."""
    assert send(drop, export()).status_code == 202
    drop.first_sync()
    return drop


def send(drop: Drop, body: bytes, name: str = "export.csv", **headers: Any) -> Any:
    """As `curl -T` does, with the address that ends with a slash."""
    headers = {**drop.signed(), **headers}
    return Client().generic("PUT", f"{drop.address}/{name}", body, content_type="", **headers)


def test_what_arrives_is_counted_and_a_guarded_sync_begins(running: Drop) -> None:
    answer = send(running, export(*PEOPLE, HIRE))
    said = answer.json()
    assert (answer.status_code, said["records"], said["run"]) == (201, 7, 2)
    assert said["message"] == "export.csv: 7 records in 11 columns. Sync 2 begins."
    assert "Hire Date" in said["columns"]
    assert "Castellane" not in answer.content.decode()
    run = running.driven()
    assert (run.trigger, run.state, run.counts["created"]) == ("push", "applied", 1)


def test_who_leaves_by_the_half_is_held_as_with_any_other_source(running: Drop) -> None:
    gone = [
        row.replace("Active", "Terminated") if row[:3] in {"001", "002", "003"} else row for row in PEOPLE
    ]
    assert send(running, export(*gone)).status_code == 201
    run = running.driven()
    assert (run.state, run.counts["held"]) == ("held", 3)
    assert Membership.objects.filter(status="active").count() == 6


@pytest.mark.parametrize("path", ["", "/", "/export.csv"], ids=["bare", "slash", "name"])
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_the_address_takes_a_file_with_and_without_its_name(drop: Drop, path: str, method: str) -> None:
    answer = Client().generic(method, drop.address + path, export(), content_type="text/csv", **drop.signed())
    assert answer.status_code == 202
    assert Arrival.objects.get().name == ("export.csv" if path == "/export.csv" else "export")


def test_before_the_first_sync_it_is_kept_and_nothing_starts(drop: Drop) -> None:
    answer = send(drop, export())
    assert answer.status_code == 202
    assert "kept for the set-up" in answer.json()["message"]
    assert (Run.objects.count(), RawFeed.objects.count()) == (0, 1)
    assert jobs.start_arrived(Arrival.objects.get().at) == []


def test_the_same_bytes_again_start_nothing(running: Drop) -> None:
    assert send(running, export(*PEOPLE, HIRE)).status_code == 201
    again = send(running, export(*PEOPLE, HIRE))
    assert (again.status_code, again.json()["run"]) == (200, None)
    assert "had arrived before" in again.json()["message"]
    assert (Arrival.objects.count(), Run.objects.count()) == (2, 2)


def test_while_a_sync_is_under_way_the_newer_file_waits_and_is_read_next(running: Drop) -> None:
    assert send(running, export(*PEOPLE[:5])).status_code == 201
    waits = send(running, export(*PEOPLE, HIRE))
    assert (waits.status_code, waits.json()["run"]) == (202, None)
    assert "A sync is under way" in waits.json()["message"]
    run = running.driven()  # it reads what is newest by then
    assert (run.raw.name, run.counts["created"]) == ("export.csv", 1)
    (after,) = jobs.start_arrived(Arrival.objects.latest("id").at)
    assert after.trigger == "push"
    assert RawFeed.objects.count() == 3  # the one in between is kept, too


@pytest.mark.parametrize("state", ["paused", "disabled"])
def test_an_integration_that_does_not_run_keeps_what_arrives_until_it_does(running: Drop, state: str) -> None:
    Integration.objects.update(state=state)
    answer = send(running, export(*PEOPLE, HIRE))
    assert answer.status_code == 202
    assert f"The integration is {state}" in answer.json()["message"]
    assert jobs.start_arrived(Arrival.objects.latest("id").at) == []
    Integration.objects.update(state="paused")
    lifecycle.activate(Integration.objects.get(), actor=OPERATOR)
    assert len(jobs.start_arrived(Arrival.objects.latest("id").at)) == 1
    assert running.driven().counts["created"] == 1


def test_while_something_is_on_hold_the_next_file_takes_its_place(running: Drop) -> None:
    gone = [
        row.replace("Active", "Terminated") if row[:3] in {"001", "002", "003"} else row for row in PEOPLE
    ]
    send(running, export(*gone))
    held = running.driven()
    assert held.state == "held"
    assert send(running, export(*PEOPLE, HIRE)).status_code == 201
    assert running.driven().counts["created"] == 1
    held.refresh_from_db()
    assert held.state == "superseded"


@pytest.mark.parametrize(
    "packed",
    [
        lambda data: gzip.compress(data),
        lambda data: _zipped(data),
        lambda data: data.decode().replace(",", ";").encode("utf-16"),
    ],
    ids=["gzip", "zip", "utf-16 with semicolons"],
)
def test_formats_are_told_by_their_content(drop: Drop, packed: Any) -> None:
    answer = send(drop, packed(export()), "whatever.bin")
    assert (answer.status_code, answer.json()["records"]) == (202, 6)


def _zipped(data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("export.csv", data)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"%PDF-1.7 \x00\x01", "export.csv"),
        (b"<html><body>Your session has expired</body></html>", "export.csv"),
        (
            b"Badge colour,Shirt\nblue,M\nred,L\n",
            "2 records in 2 columns, and none of them is the payroll ID",
        ),
    ],
    ids=["pdf", "login page", "another report"],
)
def test_a_wrong_file_is_refused_with_a_sentence_and_nothing_of_it_is_kept(
    running: Drop, body: bytes, said: str
) -> None:
    before = RawFeed.objects.count()
    answer = send(running, body)
    assert (answer.status_code, answer.json()["bytes"]) == (422, len(body))
    assert said in answer.json()["message"]
    assert answer.json()["message"].endswith("Nothing was kept of it, and nothing was changed.")
    assert (RawFeed.objects.count(), Run.objects.count()) == (before, 1)


def test_a_report_without_the_payroll_id_is_counted_and_refused(running: Drop) -> None:
    answer = send(running, b"First Name,Last Name,Shirt\nInes,Calloway,M\nLuis,Quintanar,L\n")
    assert answer.status_code == 422
    assert "2 records in 3 columns" in answer.json()["message"]
    assert "Calloway" not in answer.content.decode()


def test_what_is_never_kept_is_named_and_gone(drop: Drop) -> None:
    lines = export().decode().splitlines()
    body = "\n".join([lines[0] + ",SSN", *(f"{line},123-45-67{n:02}" for n, line in enumerate(lines[1:]))])
    answer = send(drop, body.encode())
    assert answer.json()["dropped"] == ["SSN"]
    from schedulepop.sync.run import arrivals

    (kept,) = arrivals.of(drop.integration)
    assert b"123-45-67" not in kept.content()


def test_of_the_token_only_a_keyed_hash_is_kept(drop: Drop) -> None:
    address = drop_addresses.of(drop.integration)
    assert address is not None
    assert drop.token not in str(vars(address))
    assert len(address.token_hash) == 64


def test_a_new_token_ends_the_old_one_and_a_revoked_address_takes_nothing(drop: Drop) -> None:
    address, token = drop_addresses.make(drop.integration, actor=OPERATOR)
    assert address.code == drop.code
    assert send(drop, export()).status_code == 401
    assert send(drop, export(), **drop.signed(token)).status_code == 202
    drop_addresses.revoke(drop.integration, actor=OPERATOR)
    assert send(drop, export(), **drop.signed(token)).status_code == 401
    assert Arrival.objects.count() == 1
    later, _ = drop_addresses.make(drop.integration, actor=OPERATOR)
    assert later.code != drop.code


@pytest.mark.parametrize(
    "said", ["Sat, 28 Nov 2026 07:30:00 GMT", "2026-11-28T07:30:00Z", "2026-11-28T02:30:00-05:00"]
)
def test_how_old_the_data_is_may_stand_in_a_header(drop: Drop, said: str) -> None:
    send(drop, export(), HTTP_LAST_MODIFIED=said)
    assert Arrival.objects.get().source_time.isoformat() == "2026-11-28T07:30:00+00:00"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [("yesterday", "Last-Modified is no date"), ("2099-01-01T00:00:00Z", "which is ahead")],
)
def test_a_date_that_cannot_be_is_refused(drop: Drop, said: str, sentence: str) -> None:
    answer = send(drop, export(), HTTP_LAST_MODIFIED=said)
    assert answer.status_code == 422
    assert sentence in answer.json()["message"]


def test_an_older_file_than_the_one_applied_changes_nobody(running: Drop) -> None:
    send(running, export(*PEOPLE, HIRE), HTTP_LAST_MODIFIED="2026-01-01T00:00:00Z")
    run = running.driven()
    assert run.counts.get("created", 0) == 0


def test_two_customers_have_nothing_of_each_other(drop: Drop) -> None:
    other = maple_grove("Cedar Care")
    assert send(other, export(), **drop.signed()).status_code == 401
    assert send(other, export()).status_code == 202
    assert Arrival.objects.get().organization_id == other.integration.organization_id
