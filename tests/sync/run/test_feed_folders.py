"""A file integration reads where its organization's files lie, and nowhere else: set, tested, read at night."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.connectors import inside
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration
from schedulepop.sync.run import feed_folders
from tests import made

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
FEED = b"Employee ID,First Name,Last Name,Facility Code,Job Title,Status,Hire Date\n"
FEED += b"1,Ines,Calloway,CP,RN,Active,2019-03-04\n"


@pytest.fixture
def two(tmp_path: Path, settings: Any) -> SimpleNamespace:
    """Two customers with a folder and an export each; somebody of the vendor sets up the first one only."""
    settings.FEEDS = str(tmp_path / "feeds")
    cedar, birch = made.organization("Cedar Group"), made.organization("Birch Group")
    for one in (cedar, birch):
        (feed_folders.make(one) / "export.csv").write_bytes(FEED)
    made.location(cedar, "Cedar Point", "CP")
    lena = made.client_success(cedar, "Lena Ostrow", password=made.PASSWORD)
    return SimpleNamespace(
        cedar=cedar, birch=birch, lena=lena, actor=Actor.of(lena), own=feed_folders.own(cedar),
        foreign=feed_folders.own(birch) / "export.csv", tmp=tmp_path,
    )  # fmt: skip


def stored(two: SimpleNamespace, path: str) -> Integration:
    """An integration with this path, as one of before these walls has it."""
    return Integration.objects.create(
        organization=two.cedar, name="Pay", slug="pay", connector="file", config={"path": path}
    )


def said(two: SimpleNamespace, path: str) -> str:
    """What the Test button answers, without the path itself."""
    integration = stored(two, path)
    answer = lifecycle.test(integration, actor=two.actor)
    assert not answer.ok
    run = _run(integration)
    assert (run.state, run.error) == ("failed", answer.sentence), "the night says the same"
    run.changes.all().delete()
    integration.runs.all().delete()
    Integration.objects.filter(pk=integration.pk).delete()
    return answer.sentence.replace(f"file {path} in", "file X in")


def _run(integration: Integration) -> Any:
    from schedulepop.sync.run import runs

    return runs.drive(runs.request(integration, trigger="manual", actor=OPERATOR, preview=True).pk)


def link(at: Path, to: Path) -> str:
    at.parent.mkdir(parents=True, exist_ok=True)
    at.symlink_to(to)
    return at.name


def pipe(two: SimpleNamespace) -> str:
    os.mkfifo(two.own / "pipe.csv")
    return "pipe.csv"


def listening(two: SimpleNamespace) -> str:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(two.own / "socket"))
    return "socket"


ELSEWHERE: dict[str, Callable[[SimpleNamespace], str]] = {
    "another customer's": lambda two: str(two.foreign),
    "another customer's that is not there": lambda two: str(two.foreign.with_name("none.csv")),
    "another customer's folder": lambda two: str(two.foreign.parent),
    "..": lambda two: "../birch-group/export.csv",
    ".. in the middle": lambda two: f"{two.own}/sub/../../birch-group/export.csv",
    "another spelling": lambda two: f"{two.own}/.//../birch-group//export.csv",
    "a name that begins the same": lambda two: f"{two.own}-2/export.csv",
    "the folder itself": lambda two: str(two.own),
    "the folder itself, spelled otherwise": lambda two: f"{two.own}/x/..",
    "the system's": lambda two: "/etc/hostname",
    "a folder of the system's": lambda two: "/etc",
    "what nobody may read": lambda two: "/etc/shadow",
    "nothing at all": lambda two: "/nowhere/at/all.csv",
    "its own environment": lambda two: "/proc/self/environ",
    "its own folder, by the kernel": lambda two: f"/proc/self/root{two.foreign}",
    "an open file of its own": lambda two: "/dev/fd/0",
    "a device": lambda two: "/dev/zero",
    "a link": lambda two: link(two.own / "l.csv", two.foreign),
    "a link to a folder": lambda two: f"{link(two.own / 'other', two.foreign.parent)}/export.csv",
    "a link to a link": lambda two: link(two.own / "two", two.own / link(two.own / "one", two.foreign)),
    "a link to the kernel": lambda two: link(two.own / "env", Path("/proc/self/environ")),
    "a link to itself": lambda two: link(two.own / "loop", two.own / "loop"),
    "a link to nothing": lambda two: link(two.own / "none", two.tmp / "none"),
    "a pipe": pipe,
    "a socket": listening,
    "the state folder": lambda two: os.environ["SCHEDULEPOP_HOME"],
    "the passwords": lambda two: f"{os.environ['SCHEDULEPOP_HOME']}/passwords.json",
    "a name with NUL": lambda two: "export\0.csv",
    "a name that is too long": lambda two: "x" * 5000,
    "a name like no other": lambda two: "none.csv",
}


@pytest.mark.parametrize("path", ELSEWHERE.values(), ids=ELSEWHERE)
def test_elsewhere_and_missing_are_answered_alike(two, path: Callable[[SimpleNamespace], str]) -> None:
    if (name := path(two)).count("\0"):  # the database keeps none
        with pytest.raises(inside.NotInsideError):
            inside.resolved(feed_folders.places(two.cedar), name)
        return
    assert (
        said(two, name) == f"There is no file X in {two.own}. Check the name and that payroll has exported."
    )


@pytest.mark.parametrize(
    "path", [str, lambda file: file.name, lambda file: f"{file.parent}/./x/../{file.name}"]
)
def test_the_own_file_is_read_however_it_is_spelled(two, path: Callable[[Path], str]) -> None:
    made_one = lifecycle.add(
        two.cedar, "Pay", connector="file", config={"path": path(two.own / "export.csv")}, actor=two.actor
    )
    assert lifecycle.test(made_one, actor=two.actor).ok
    assert _run(made_one).counts["read"] == 1


def test_links_within_the_own_folder_are_followed(two) -> None:
    (two.own / "2026").mkdir()
    (two.own / "2026" / "may.csv").write_bytes(FEED)
    link(two.own / "newest.csv", two.own / "2026" / "may.csv")
    assert lifecycle.test(stored(two, "newest.csv"), actor=two.actor).ok


@pytest.mark.parametrize("swapped", ["the file", "a folder on the way"])
def test_a_link_that_is_put_there_after_the_check_leads_nowhere(two, monkeypatch, swapped: str) -> None:
    (two.own / "in").mkdir()
    (two.own / "in" / "export.csv").write_bytes(FEED)
    real = inside.resolved

    def and_then(places: Any, name: str) -> Path:
        checked = real(places, name)
        if swapped == "the file":
            (two.own / "in" / "export.csv").unlink()
            link(two.own / "in" / "export.csv", two.foreign)
        else:
            (two.own / "in").rename(two.own / "was")
            link(two.own / "in", two.foreign.parent)
        return checked

    monkeypatch.setattr(inside, "resolved", and_then)
    answer = lifecycle.test(stored(two, "in/export.csv"), actor=two.actor)
    assert answer.sentence.startswith("There is no file in/export.csv in")


@pytest.mark.parametrize(
    "path", ["/etc/hostname", "/nowhere/at/all.csv", "../birch-group/export.csv", "/proc/self/environ"]
)
def test_whoever_sets_up_one_customer_names_nothing_elsewhere(two, path: str) -> None:
    with pytest.raises(Refused, match=f"There is no file {path} in {two.own}"):
        lifecycle.add(two.cedar, "Pay", connector="file", config={"path": path}, actor=two.actor)
    assert not Integration.objects.exists()
    client = Client()
    client.force_login(two.lena)
    page = client.post("/connect/folder/", {"name": "Pay", "config-path": path})
    assert (page.status_code, f"There is no file {path} in" in page.content.decode()) == (422, True)


def test_the_places_are_no_setting_of_a_form(two) -> None:
    with pytest.raises(Refused):
        lifecycle.add(
            two.cedar,
            "Pay",
            connector="file",
            config={"path": "/etc/hostname", "folders": "/etc"},
            actor=two.actor,
        )


def test_what_the_operator_names_is_allowed_by_that(two) -> None:
    folder = two.tmp / "payroll"
    folder.mkdir()
    (folder / "pay.csv").write_bytes(FEED)
    one = lifecycle.add(
        two.cedar, "Pay", connector="file", config={"path": str(folder / "pay.csv")}, actor=OPERATOR
    )
    assert lifecycle.test(one, actor=two.actor).ok
    assert two.cedar.feed_folders == [str(folder)]
    assert AuditEntry.objects.get(verb="edited").changes == [
        {"field": "feed_folders", "old": None, "new": str(folder)}
    ]
    two.birch.refresh_from_db()
    assert two.birch.feed_folders == []


@pytest.mark.parametrize("beside", ["another customer's files", "the product's own"])
def test_where_others_files_lie_beside_it_that_file_alone_is_allowed(two, beside: str) -> None:
    folder = (
        two.foreign.parent if beside == "another customer's files" else Path(os.environ["SCHEDULEPOP_HOME"])
    )
    file = folder / "cedar.csv"
    file.write_bytes(FEED)
    one = lifecycle.add(two.cedar, "Pay", connector="file", config={"path": str(file)}, actor=OPERATOR)
    assert lifecycle.test(one, actor=two.actor).ok
    assert two.cedar.feed_folders == [str(file)]
    file.unlink()


def test_an_integration_of_before_waits_until_the_operator_allows_its_folder(two) -> None:
    folder = two.tmp / "payroll"
    folder.mkdir()
    (folder / "pay.csv").write_bytes(FEED)
    one = stored(two, str(folder / "pay.csv"))
    assert feed_folders.is_outside(one)
    assert not lifecycle.test(one, actor=two.actor).ok
    with pytest.raises(NotAllowed):
        feed_folders.allow(two.cedar, str(folder), actor=two.actor)
    feed_folders.allow(two.cedar, str(folder), actor=OPERATOR)
    one.refresh_from_db()
    assert not feed_folders.is_outside(one)
    assert lifecycle.test(one, actor=two.actor).ok
    feed_folders.forbid(two.cedar, str(folder), actor=OPERATOR)
    one.refresh_from_db()
    assert not lifecycle.test(Integration.objects.get(pk=one.pk), actor=two.actor).ok


@pytest.mark.parametrize(
    "folder",
    [
        lambda two: str(two.foreign.parent),
        lambda two: str(two.foreign.parent.parent),
        lambda two: "/",
        lambda two: "/proc/self",
        lambda two: os.environ["SCHEDULEPOP_HOME"],
        lambda two: str(two.tmp / "none"),
        lambda two: str(two.tmp / link(two.tmp / "link", two.foreign.parent)),
    ],
)
def test_a_folder_of_others_is_none_that_can_be_allowed(
    two, folder: Callable[[SimpleNamespace], str]
) -> None:
    with pytest.raises(Refused):
        feed_folders.allow(two.cedar, folder(two), actor=OPERATOR)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\payroll\\export.csv", ".."])
def test_the_name_of_an_upload_is_only_a_name(two, name: str) -> None:
    from schedulepop.sync.run import feeds

    one = stored(two, "")
    raw, _ = feeds.receive(one, FEED, name=name, source_time=made_at())
    assert raw.name == name
    assert sorted(p.name for p in two.own.parent.iterdir()) == ["birch-group", "cedar-group"]


def made_at() -> Any:
    from django.utils.timezone import now

    return now()


def test_a_file_with_a_second_name_is_refused(two) -> None:
    """A hard link leads out of the folder and has no path that says so."""
    os.link(two.foreign, two.own / "theirs.csv")
    assert said(two, "theirs.csv") == (
        "theirs.csv has a second name on this machine (a hard link), so it may be somebody else’s. Put a copy in the "
        "folder instead."
    )
    with pytest.raises(inside.NotInsideError), inside.opened([two.own], "theirs.csv"):
        pass
    (two.own / "theirs.csv").unlink()
    assert lifecycle.test(stored(two, "export.csv"), actor=two.actor).ok
