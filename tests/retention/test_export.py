"""All that is held on one person, taken away by an admin; of anybody else nothing."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.urls import reverse
from django.utils.timezone import now

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.directory.errors import NotAllowed
from schedulepop.directory.models import Membership
from schedulepop.retention import export, holdings, person, traces
from tests import made
from tests.cli.conftest import cli
from tests.sync.conftest import PEOPLE, Payroll, payroll, synced

__all__ = ["cli", "payroll", "synced"]
pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")


def ines() -> User:
    return User.objects.get(last_name="Calloway")


def archive(user: User, actor: Actor = OPERATOR) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(export.archive(user, actor=actor, at=now())))


@pytest.fixture
def told(synced: Payroll) -> tuple[dict, zipfile.ZipFile]:
    """Ines after a phone that changed, a held plan, a bad date, and a note that a spreadsheet would run."""
    Membership.objects.filter(user=ines()).update(notes='=HYPERLINK("http://x.example","y")')
    synced.sends(PEOPLE[0].replace("0101", "0191").replace("2019-03-04", "soon"), *PEOPLE[1:])
    synced.runs()
    synced.sends(PEOPLE[0].replace("Active", "Terminated"), *PEOPLE[1:2])
    assert synced.runs().holds
    packed = archive(ines())
    return json.loads(packed.read("everything.json"))["sections"], packed


def test_everything_is_in_it_and_nobody_elses(told) -> None:
    sections, packed = told
    assert sections["user"][0]["email"] == "ines@example.com"
    assert sections["memberships"][0]["location"] == "Maple Grove"
    assert sections["memberships"][0]["primary_duty"] == "RN"
    assert sections["payroll IDs"][0]["source_id"] == "001"
    assert {one["verb"] for one in sections["history"]} == {"create", "update"}
    assert [one["says"]["Phone"] for one in sections["payroll files"]] == [
        "(515) 555-0101",
        "(515) 555-0191",
        "(515) 555-0101",
    ]
    assert any(one["of"] == "changes" and one["says"].get("held_by") for one in sections["plans"])
    assert sections["issues"], sections
    whole = "".join(packed.read(name).decode() for name in packed.namelist())
    for other in ("Quintanar", "luis@", "Abernathy", "9004"):
        assert other not in whole


def test_no_secret_leaves_and_no_cell_runs(told) -> None:
    _, packed = told
    whole = "".join(packed.read(name).decode() for name in packed.namelist())
    assert "password" not in whole
    assert "token_hash" not in whole
    assert "\"'=HYPERLINK" in packed.read("memberships.csv").decode()


def test_it_is_an_admins_and_audited(synced: Payroll) -> None:
    place = Membership.objects.get(user=ines()).location
    admin = made.admin(place.organization)
    archive(ines(), Actor.of(admin))
    entry = AuditEntry.objects.get(verb="exported_person")
    assert (entry.actor, entry.user, entry.changes) == (admin, ines(), [])
    with pytest.raises(NotAllowed):
        archive(ines(), Actor.of(made.manager(place)))
    with pytest.raises(NotAllowed):
        archive(ines(), Actor.of(made.admin(made.organization("Cedar Care"), "Una Cedar")))


def test_somebody_with_two_accounts_is_one_person(synced: Payroll) -> None:
    """What was merged into another account is theirs, whichever account is asked about."""
    second = User.objects.get(last_name="Bello")
    User.objects.filter(pk=second.pk).update(merged_into=ines())
    second.refresh_from_db()
    sections = json.loads(archive(second).read("everything.json"))["sections"]
    assert {one["source_id"] for one in sections["payroll IDs"]} == {"001", "006"}


def test_an_id_that_was_somebody_elses_gives_rows_by_name_only(synced: Payroll) -> None:
    from schedulepop.sync.models import Link

    luis = User.objects.get(last_name="Quintanar")
    link = Link.objects.get(user=ines())
    Link.objects.create(
        organization=link.organization,
        integration=link.integration,
        source_id="002",
        user=ines(),
        retired_at=now(),
    )
    rows = json.loads(archive(luis).read("everything.json"))["sections"]["payroll files"]
    assert {one["says"]["Last Name"] for one in rows} == {"Quintanar"}
    rows = json.loads(archive(ines()).read("everything.json"))["sections"]["payroll files"]
    assert {one["says"]["Last Name"] for one in rows} == {"Calloway"}


def test_the_command_writes_one_file_and_with_by_none(synced: Payroll, cli, tmp_path) -> None:
    file, slug = tmp_path / "all.zip", ines().organization.slug
    assert cli("users", "export", slug, ines().username, "--out", file).exit_code == 0
    assert "user.csv" in zipfile.ZipFile(file).namelist()
    admin = made.admin(ines().organization)
    said = cli("users", "export", slug, ines().username, "--out", file, "--by", admin.username)
    assert said.exit_code == 2
    assert cli("users", "export", slug, ines().username, "--by", admin.username).stdout_bytes.startswith(
        b"PK"
    )


def test_of_many_files_there_are_parts_that_together_are_everything(
    synced: Payroll, client, monkeypatch
) -> None:
    synced.sends(PEOPLE[0].replace("0101", "0191"), *PEOPLE[1:])
    synced.runs()
    at = [ines().pk, Membership.objects.get(user=ines()).location.pk]
    admin = made.admin(ines().organization)
    whole = json.loads(archive(ines(), Actor.of(admin)).read("everything.json"))["sections"]["payroll files"]
    client.force_login(admin)
    assert "Part 2" not in client.get(reverse("profile-account", args=at)).content.decode()
    monkeypatch.setattr(holdings, "FILES_AT_ONCE", 1)
    opened: list[int] = []
    real = traces.open_feed
    monkeypatch.setattr(traces, "open_feed", lambda *given: opened.append(1) or real(*given))
    page = client.get(reverse("profile-account", args=at)).content.decode()
    parts = page.count("more payroll files") + 1
    assert parts == len(holdings.file_parts(person.of(ines()))) > 1
    assert opened == []
    found = []
    for part in range(1, parts + 1):
        answer = client.post(reverse("profile-export", args=at), {"part": part})
        packed = zipfile.ZipFile(io.BytesIO(answer.content))
        found += json.loads(packed.read("everything.json"))["sections"]["payroll files"]
        assert ("user.csv" in packed.namelist()) == (part == 1)
        assert len(opened) == part, "one file an answer"
    assert found == whole
    for wrong in ("0", str(parts + 1), "x", "-1", "99999999"):
        assert client.post(reverse("profile-export", args=at), {"part": wrong}).status_code == 404


def test_the_button(synced: Payroll, client) -> None:
    place = Membership.objects.get(user=ines()).location
    admin = made.admin(place.organization)
    client.force_login(admin)
    at = [ines().pk, place.pk]
    assert "Download their data" in client.get(reverse("profile-account", args=at)).content.decode()
    answer = client.post(reverse("profile-export", args=at))
    assert answer["Content-Type"] == "application/zip"
    assert "payroll-files.csv" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    client.force_login(made.client_success(place.organization))
    assert "Download their data" not in client.get(reverse("profile-account", args=at)).content.decode()
    assert client.post(reverse("profile-export", args=at)).status_code == 404
