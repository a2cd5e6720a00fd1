"""A changed mapping on a live integration: what it would do is said first, and nothing is written before Save."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.models import Location, LocationCode, Membership
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration, MappingVersion
from schedulepop.sync.plan.policy import Mapping
from schedulepop.web.integrations import mapping_change
from tests import standing
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db
BASE = "/integrations/maple-health/payroll/"
FIELDS = (
    "source_id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "location",
    "duty",
    "zone",
    "status",
    "hire_date",
    "termination_date",
)


@standing.made_once
def world():
    return maple(synced=False)


@standing.made_once
def live(world):
    """The first sync is done and the daily sync is active."""
    nights.first_night(world)
    return world


@pytest.fixture
def hr(client, live):
    client.force_login(live.admin)
    return client


def columns(**other):
    """What the columns page posts; `zone="phone"` reads the zone's column as the phone, `phone=""` not at all."""
    return {f"column-{n}": other.get(name, name) for n, name in enumerate(FIELDS)}


def written():
    return (
        Integration.objects.get().mapping_version,
        MappingVersion.objects.count(),
        AuditEntry.objects.count(),
        Location.objects.count(),
        LocationCode.objects.count(),
        sorted(Membership.objects.values_list("status", "pk")),
    )


def uploaded(text):
    return {"mapping": SimpleUploadedFile("mapping.toml", text.encode())}


def digest(page):
    return page.content.decode().split('name="draft" value="')[1].split('"')[0]


def test_a_status_that_would_end_people_is_seen_before_it_is_saved(hr, live) -> None:
    before = written()
    answer = hr.post(f"{BASE}import/", uploaded('[statuses]\nA = "terminated"\n'))
    assert answer.url == f"{BASE}changes/"
    page = hr.get(answer.url)
    told = page.content.decode()
    assert "130 people would lose sign-in once somebody approves it." in told
    assert "Status A" in told
    assert "The guard would stop it" in told
    assert "Show 38 more" in told
    assert "And 80 more people." in told
    assert written() == before
    assert hr.post(answer.url, {"draft": digest(page)}).url == BASE
    assert Integration.objects.get().mapping["statuses"] == {"A": "terminated"}
    assert AuditEntry.objects.filter(verb="mapped").latest("pk").by == "Renata Okoye"
    assert not Membership.objects.filter(status="terminated").exists()
    assert hr.get(answer.url).url == BASE  # there is nothing to be saved any more


def test_a_file_on_hold_is_tried_on_and_said_to_be_on_hold(hr, live) -> None:
    """A new layout holds the night, and the mapping is what mends it."""
    draft = {"mapping": SimpleUploadedFile("mapping.toml", b'create_codes = ["duty"]\n')}
    assert "This file is on hold" not in hr.get(hr.post(f"{BASE}import/", draft).url).content.decode()
    assert nights.night(live, nights.people(4)).state == "held"
    assert "This file is on hold" in hr.get(f"{BASE}changes/").content.decode()


def test_a_large_file_is_tried_after_the_page_is_there(hr, live, monkeypatch) -> None:
    hr.post(f"{BASE}import/", uploaded('[statuses]\nA = "terminated"\n'))
    monkeypatch.setattr(mapping_change, "AT_ONCE", 1_000)
    page = hr.get(f"{BASE}changes/").content.decode()
    assert "with 130 people" in page
    assert 'hx-get="?now=1" hx-trigger="load"' in page
    assert "130 people would lose sign-in" not in page
    assert '<noscript> <p><a class="btn" href="?now=1">' in page, "without scripts it is a press more"
    assert "130 people would lose sign-in" in hr.get(f"{BASE}changes/?now=1").content.decode()


def test_columns_are_tried_and_kept_on_the_way_back(hr, live) -> None:
    before = written()
    assert b"tried on the last payroll file first" in hr.get(f"{BASE}columns/").content
    answer = hr.post(f"{BASE}columns/", columns(zone=""))
    assert answer.url == f"{BASE}changes/"
    told = hr.get(answer.url).content.decode()
    assert "<dt>Primary zone</dt>" in told
    assert "not read" in told
    back = hr.get(f"{BASE}columns/").content.decode()
    assert "What you changed is not saved yet." in back
    assert back.split('name="column-7"')[1].split("</select>")[0].count("selected") == 0
    assert "What you changed is not saved yet." in hr.get(BASE).content.decode()
    assert written() == before
    hr.post(f"{BASE}changes/forget/")
    assert "What you changed" not in hr.get(BASE).content.decode()
    assert written() == before


def test_nothing_changed_is_said_and_nothing_is_kept(hr, live) -> None:
    lifecycle.save_mapping(
        live.integration,
        Mapping(
            columns=dict(zip(FIELDS, nights.HEADER, strict=False)), create_codes=frozenset({"duty", "zone"})
        ),
        actor=Actor.of(live.admin),
    )
    assert hr.post(f"{BASE}columns/", columns()).url == f"{BASE}columns/"
    assert hr.get(f"{BASE}changes/").url == BASE


def test_nobody_treated_differently_is_said_too(hr, live) -> None:
    answer = hr.post(f"{BASE}columns/", columns())
    assert "Nobody would be treated differently." in hr.get(answer.url).content.decode()


def test_a_location_code_that_would_move_people_is_tried_and_taken_back(hr, live) -> None:
    before = written()
    page = hr.get(f"{BASE}codes/").content.decode()
    position = 0 if page.index("<code>MG</code>") < page.index("<code>OH</code>") else 1
    other = "location-1" if position == 0 else "location-0"
    answer = hr.post(f"{BASE}codes/", {other: str(live.grove.pk), f"location-{position}": str(live.grove.pk)})
    told = hr.get(answer.url)
    assert "65 people would" in told.content.decode()
    assert "Location OH" in told.content.decode()
    assert written() == before
    hr.post(answer.url, {"draft": digest(told)})
    assert LocationCode.objects.get(code="oh").location == live.grove


def test_a_new_location_is_named_while_it_does_not_exist_yet(hr, live) -> None:
    records = nights.people()
    for record in records[:2]:
        record["Facility"] = "CP"
    nights.night(live, records)
    before = written()
    page = hr.get(f"{BASE}codes/").content.decode()
    position = page.split("<code>CP</code>")[1].split('name="location-')[1].split('"')[0]
    answer = hr.post(
        f"{BASE}codes/", {f"location-{position}": "new", f"location-name-{position}": "Cedar Point"}
    )
    told = hr.get(answer.url)
    assert "Cedar Point, new" in told.content.decode()
    assert "Delia" in told.content.decode()
    assert written() == before
    hr.post(answer.url, {"draft": digest(told)})
    assert LocationCode.objects.get(code="cp").location.name == "Cedar Point"


def test_who_would_wait_and_who_would_be_left_out_is_named(hr, live) -> None:
    codes = 'create_codes = ["duty", "zone"]\n'
    text = f'{codes}[[exclude]]\nname = "Dietary"\ncolumn = "Job Title"\nequals = "Dietary Aide"\n'
    told = hr.get(hr.post(f"{BASE}import/", uploaded(text)).url).content.decode()
    assert "Would be left out" in told
    assert "Left out by a rule" in told
    names = 'first_name = "Legal First Name"\nlast_name = "Legal Last Name"\n'
    text = f'{codes}[columns]\nsource_id = "DOB"\n{names}'
    hr.post(f"{BASE}import/", uploaded(text))
    assert "The guard would stop it" in hr.get(f"{BASE}changes/").content.decode()


def test_another_version_saved_meanwhile_is_said_and_asked_again(hr, live) -> None:
    answer = hr.post(f"{BASE}columns/", columns(zone=""))
    page = hr.get(answer.url)
    lifecycle.save_mapping(
        live.integration, Mapping(statuses={"Z": "quit"}), actor=Actor.of(live.client_success)
    )
    again = hr.post(answer.url, {"draft": digest(page)})
    assert again.status_code == 409
    assert "Somebody saved another version meanwhile." in again.content.decode()
    assert Integration.objects.get().mapping["statuses"] == {"Z": "quit"}
    assert hr.post(answer.url, {"draft": "something else"}).status_code == 409
    assert hr.post(answer.url, {"draft": digest(again)}).status_code == 302


def test_what_fits_no_field_is_refused_before_it_is_a_draft(hr, live) -> None:
    hr.post(f"{BASE}import/", uploaded('[statuses]\nA = "asleep"\n'))
    assert "is none of" in hr.get(BASE).content.decode()
    assert hr.get(f"{BASE}changes/").url == BASE


def test_before_the_first_sync_a_mapping_is_saved_at_once(client, world) -> None:
    client.force_login(world.client_success)
    client.post(f"{BASE}import/", uploaded('[statuses]\nA = "quit"\n'))
    assert Integration.objects.get().mapping["statuses"] == {"A": "quit"}


def test_others_do_not_know_the_page(client, live) -> None:
    for who in (live.manager, live.staff):
        client.force_login(who)
        assert client.get(f"{BASE}changes/").status_code == 404
        assert client.post(f"{BASE}changes/forget/").status_code == 404
