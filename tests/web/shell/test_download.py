"""Lists as files: nothing a spreadsheet would run, as filtered, audited, and only what the reader may see."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from schedulepop import cms
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.sync.models import FieldOverride, IdChange, Issue
from schedulepop.web.shell import download
from tests import made
from tests.web import nights
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
DANGEROUS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1")


def read(content: bytes, form: str) -> list[list[str]]:
    """A file's rows as text."""
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [[str(value) for value in row] for row in sheet.to_python()]


def taken(client: Client, address: str, form: str) -> list[dict[str, str]]:
    """The list's rows by title."""
    response = client.get(f"{address}{'&' if '?' in address else '?'}as={form}")
    assert response.status_code == 200
    titles, *rows = read(response.content, form)
    return [dict(zip(titles, row, strict=True)) for row in rows]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_user_list_as_filtered(world: World, client_of: ClientOf, form: str) -> None:
    client = client_of("admin")
    rows = taken(client, "/users/", form)
    assert len(rows) == client.get("/users/").context["total"]
    (ines,) = taken(client, "/users/?q=ines calloway&duty=RN", form)
    assert ines["Last name"] == "Calloway"
    assert ines["Employee number"] == "004131"
    assert ines["Hired"] == "2019-03-04"
    assert ines["Further zones"] == "East Wing; West Wing"
    assert taken(client, "/users/?q=zzz", form) == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", DANGEROUS, ids=range(len(DANGEROUS)))
def test_no_cell_is_a_formula(world: World, client_of: ClientOf, name: str, form: str) -> None:
    User.objects.filter(pk=world.ines.pk).update(last_name=name)
    content = client_of("admin").get(f"/users/?q=004131&as={form}").content
    value = read(content, form)[1][0]
    if form == "csv":
        assert value.startswith("'")
    else:  # a cell of text, which is shown and never worked out
        book = io.BytesIO(content)
        assert b"<f>" not in _sheet(book)


def _sheet(book: io.BytesIO) -> bytes:
    import zipfile

    return zipfile.ZipFile(book).read("xl/worksheets/sheet1.xml")


def test_the_file_has_the_organization_and_the_day_in_its_name(world: World, client_of: ClientOf) -> None:
    response = client_of("admin").get("/users/?as=xlsx")
    assert response.headers["Content-Type"] == download.FORMS["xlsx"]
    name = response.headers["Content-Disposition"]
    assert name.startswith('attachment; filename="maple-health-users-20')
    assert name.endswith('.xlsx"')


def test_it_is_audited_with_its_rows_and_no_value(world: World, client_of: ClientOf) -> None:
    client_of("manager").get("/users/?q=calloway&duty=RN&as=csv")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor, entry.verb) == (world.manager, "exported")
    assert entry.changes == [{"field": "what", "old": None, "new": "1 row of the User List (csv)"}]


def test_a_manager_takes_their_own_locations_and_pay_only_where_granted(
    world: World, client_of: ClientOf
) -> None:
    part = world.ines.memberships.get().duties.get(duty__name="RN")
    part.pay_rate, part.pay_unit, part.pay_currency = 315_000, "hour", "USD"
    part.save()
    rows = taken(client_of("manager"), "/users/", "csv")
    assert {row["Location"] for row in rows} == {"Maple Grove"}
    assert "Pay rate" not in rows[0]
    assert "Pay rate" not in taken(client_of("client_success"), "/users/", "csv")[0]
    assert taken(client_of("admin"), "/users/?q=ines calloway", "csv")[0]["Pay rate"] == "31.50"
    world.manager.memberships.update(may_see_pay=True)
    ines = taken(client_of("manager"), "/users/?q=ines calloway", "xlsx")[0]
    assert (ines["Pay rate"], ines["Pay unit"], ines["Pay currency"]) == ("31.50", "hour", "USD")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_activity_as_filtered_without_pay_for_client_success(
    world: World, client_of: ClientOf, form: str
) -> None:
    pay = audit.change("pay_rate", 180_000, 315_000)
    audit.record(
        Actor.of(world.admin),
        world.organization,
        "edited",
        ("user", world.ines.pk),
        user=world.ines,
        changes=[pay],
    )
    (line,) = taken(client_of("admin"), "/activity/?q=okoye&kind=people", form)
    assert (line["Who"], line["What"]) == ("You", "changed pay rate of Ines Calloway")
    assert "31.50" in line["From and to"]
    (line,) = taken(client_of("client_success"), "/activity/?q=okoye&kind=people", form)
    assert (line["Who"], line["From and to"]) == ("Renata Okoye", "")
    assert client_of("manager").get("/activity/?as=csv").status_code == 404
    assert AuditEntry.objects.latest("pk").changes[0]["new"] == f"1 row of the activity ({form})"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_issues_as_the_page_tells_them(world: World, client_of: ClientOf, form: str) -> None:
    rows = {role: taken(client_of(role), "/issues/", form) for role in ("admin", "manager")}
    assert (len(rows["admin"]), len(rows["manager"])) == (3, 2)
    assert {row["Location"] for row in rows["manager"]} <= {"Maple Grove"}
    code = Issue.objects.filter(location=world.grove)[0].code
    assert len(taken(client_of("admin"), f"/issues/?code={code}", form)) < 3


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_history_of_a_person(world: World, client_of: ClientOf, form: str) -> None:
    address = f"/users/{world.ines.pk}/{world.grove.pk}/history/"
    lines = taken(client_of("manager"), address, form)
    assert {line["Person"] for line in lines} == {"Ines Calloway"}
    name = client_of("manager").get(f"{address}?as={form}").headers["Content-Disposition"]
    assert f"history-of-{world.ines.username}" in name
    assert client_of("manager_elsewhere").get(f"{address}?as={form}").status_code == 404
    assert f"of the history of one person ({form})" in AuditEntry.objects.latest("pk").changes[0]["new"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_people_of_a_run_as_filtered(form: str) -> None:
    night = maple(synced=False)
    nights.bad_night(night)
    held = night.integration.runs.latest("pk")
    admin, manager = Client(), Client()
    admin.force_login(night.admin)
    manager.force_login(night.manager)
    address = f"/runs/{held.pk}/"
    whole = taken(admin, address, form)
    assert len(whole) == admin.get(address).context["changes_total"] > 5
    lost = taken(admin, f"{address}?show=held-lose", form)
    assert 0 < len(lost) < len(whole)
    assert {row["State"] for row in lost} == {"Held"}
    assert all("Sign-in: Allowed" in row["Changes"] for row in lost)
    name = lost[0]["Name"]
    assert {row["Name"] for row in taken(admin, f"{address}?q={name}", form)} == {name}
    mine = taken(manager, address, form)
    assert len(mine) == manager.get(address).context["changes_total"] < len(whole)


def test_too_many_rows_for_one_file_are_said(
    world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "MOST", 5)
    page = client_of("admin").get("/users/?as=csv")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "and a file takes 5. Narrow it by a filter" in page.content.decode()


def test_the_menu_carries_the_filters(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    assert 'href="?q=calloway&amp;as=csv"' in client.get("/users/?q=calloway").content.decode()
    assert 'href="?as=xlsx"' in client.get("/users/").content.decode()
    assert "as=csv" not in client.get("/users/?q=zzz").content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_runs_with_their_counts(world: World, client_of: ClientOf, form: str) -> None:
    world.run.counts = {"read": 40, "created": 3, "held": 1}
    world.run.requested_by = "=1+1"
    world.run.save()
    line = taken(client_of("admin"), "/runs/", form)[0]
    assert (line["Run"], line["Integration"], line["Joined"]) == (
        str(world.run.number),
        "Payroll export",
        "3",
    )
    assert line["By"].lstrip("'") == "=1+1"
    assert client_of("manager").get("/runs/?as=csv").status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_lists_of_cms(world: World, client_of: ClientOf, form: str) -> None:
    codes = taken(client_of("admin"), "/cms/", form)
    assert {"Location", "Duty", "People", "CMS code", "Title", "Category"} == set(codes[0])
    (rn,) = [one for one in codes if one["Duty"] == "RN"]
    assert (rn["CMS code"], rn["Title"]) == ("7", "Registered Nurse")
    today = timezone.now().date()
    IdChange.objects.create(
        organization=world.organization, integration=world.integration, user=world.ines,
        old_id="1", new_id="@2", changed_on=today, by="Renata Okoye",
    )  # fmt: skip
    (changed,) = taken(client_of("admin"), f"/cms/ids/{cms.Quarter.of(today)}/", form)
    assert (changed["Name"], changed["New ID"].lstrip("'")) == ("Ines Calloway", "@2")
    employees = f"/cms/employees/{world.grove.pk}/{cms.Quarter.of(today)}/"
    assert "Ines Calloway" in [one["Name"] for one in taken(client_of("admin"), employees, form)]
    assert client_of("client_success").get(f"{employees}?as={form}").status_code == 404


def test_what_is_held_and_who_is_there_twice(world: World, client_of: ClientOf) -> None:
    FieldOverride.objects.create(
        organization=world.organization, user=world.ines, field="phone", kind="override",
        value="+15155550199", reason="New number", by="Renata Okoye",
    )  # fmt: skip
    (held,) = taken(client_of("admin"), "/users/held/", "csv")
    assert (held["Person"], held["Field"], held["Why"]) == ("Ines Calloway", "Phone", "New number")
    made.person(world.grove, "Ines Calloway", email=world.ines.email, phone=world.ines.phone)
    (pair,) = taken(client_of("admin"), "/users/duplicates/", "xlsx")
    assert pair["One"].startswith("Ines Calloway (")
