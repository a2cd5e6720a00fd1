"""CMS codes in the web: choosing, suggestions without a choice, ID changes, the employee section, the switch."""

from __future__ import annotations

import pytest
from django.urls import reverse

from schedulepop.directory.models import Duty, Location
from schedulepop.sync.models import IdChange, Issue
from schedulepop.web.organization import labor_codes
from tests import made
from tests.saying import because
from tests.web.world import World

pytestmark = pytest.mark.django_db


def dietary(world: World) -> Duty:
    return Duty.objects.get(location=world.grove, name="Dietary Aide")


def pages(world: World) -> list[str]:
    return [
        reverse("cms"),
        reverse("cms-ids", args=["2026Q1"]),
        reverse("cms-ids-file", args=["2026Q1", "csv"]),
        reverse("cms-employees", args=[world.grove.pk, "2026Q1"]),
    ]


def test_admins_and_client_success_see_which_duties_have_no_code(world, client_of) -> None:
    for role in ("admin", "client_success"):
        response = client_of(role).get("/cms/")
        assert response.context["unmapped"] == 1
        assert "One duty has no CMS labor code yet" in response.content.decode()


@pytest.mark.parametrize("role", ["manager", "manager_of_both", "manager_elsewhere", "staff"])
def test_for_everybody_else_the_pages_do_not_exist(world, client_of, role) -> None:
    client = client_of(role)
    assert [client.get(url).status_code for url in pages(world)] == [404] * 4
    assert client.post(reverse("cms-code", args=[dietary(world).pk]), {"code": "40"}).status_code == 404


def test_a_code_is_chosen_by_number_or_title_and_taken_away(world, client_of) -> None:
    client, url = client_of("admin"), reverse("cms-code", args=[dietary(world).pk])
    for said, code in (("40", 40), ("17 · Feeding Assistant", 17), ("", None)):
        assert client.post(url, {"code": said}).status_code == 302
        assert dietary(world).cms_code == code


def test_what_is_no_code_is_refused_beside_the_field(world, client_of) -> None:
    client, url = client_of("admin"), reverse("cms-code", args=[dietary(world).pk])
    for said, why in (("cook", "is no CMS code"), ("41", "they are 1 to 40")):
        response = client.post(url, {"code": said})
        assert response.status_code == 422
        assert why in response.content.decode()
    assert dietary(world).cms_code is None


def test_a_name_suggests_both_codes_and_chooses_none(world, client_of) -> None:
    Duty.objects.filter(location=world.grove, name="RN").update(cms_code=None)
    page = client_of("admin").get("/cms/").content.decode()
    assert "RN at Maple Grove: 6 · Registered Nurse with Administrative Duties" in page
    assert "RN at Maple Grove: 7 · Registered Nurse" in page


def test_a_duty_of_another_customer_does_not_exist(world, client_of) -> None:
    foreign = made.duty(made.location(made.organization("Oak Care")), "RN")
    assert client_of("admin").post(reverse("cms-code", args=[foreign.pk]), {"code": "7"}).status_code == 404
    assert client_of("admin").post(reverse("cms-facility", args=[foreign.location_id]), {}).status_code == 404
    assert (
        client_of("admin").get(reverse("cms-employees", args=[foreign.location_id, "2026Q1"])).status_code
        == 404
    )


def test_the_facility_of_cms(world, client_of) -> None:
    client, url = client_of("client_success"), reverse("cms-facility", args=[world.grove.pk])
    assert client.post(url, {"facility_id": "365123", "state": ""}).status_code == 422
    assert client.post(url, {"facility_id": "365123", "state": "OH"}).status_code == 302
    assert Location.objects.get(pk=world.grove.pk).cms_facility_id == "365123"


def test_id_changes_with_the_consequence_of_leaving_them_unlinked(world, client_of) -> None:
    IdChange.objects.create(
        organization=world.organization,
        integration=world.integration,
        user=world.ines,
        old_id="=1",
        new_id="2",
        changed_on="2025-10-07",
        by="Renata Okoye",
    )
    Issue.objects.create(
        organization=world.organization,
        integration=world.integration,
        code="id_changed",
        key="77",
        reasons=because("id_changed", name="Ann Lee", source_id="77", some=["Anna Lee"], more=0),
    )
    client = client_of("admin")
    page = client.get(reverse("cms-ids", args=["2026Q1"])).content.decode()
    assert "October to December 2025" in page
    assert "Ines Calloway" in page
    assert "turnover" in page
    assert "No ID changed in this quarter" in client.get(reverse("cms-ids", args=["2025Q4"])).content.decode()
    assert (
        "Ines Calloway,'=1,2" in client.get(reverse("cms-ids-file", args=["2026Q1", "csv"])).content.decode()
    )
    assert client.get(reverse("cms-ids-file", args=["2026Q1", "json"])).json()[0]["old_id"] == "=1"
    for wrong in (("2026", "csv"), ("2026Q1", "xml")):
        assert client.get(reverse("cms-ids-file", args=wrong)).status_code == 404


def test_the_employee_section_is_an_admins(world, client_of) -> None:
    url = reverse("cms-employees", args=[world.grove.pk, "2026Q1"])
    assert client_of("client_success").get(url).status_code == 404
    client = client_of("admin")
    assert "Ines Calloway" in client.get(url).content.decode()
    refused = client.post(url, follow=True)
    assert "are not set" in refused.content.decode()
    Location.objects.filter(pk=world.grove.pk).update(cms_facility_id="365123", cms_state="OH")
    file = client.post(url)
    assert file["Content-Type"] == "application/xml"
    assert f"<employeeId>S{world.ines.pk}</employeeId>" in file.content.decode()


def test_switched_off_nothing_of_it_is_there(world, client_of) -> None:
    client = client_of("admin")
    assert "/cms/" in client.get("/users/").content.decode()
    world.organization.cms_codes = False
    world.organization.save()
    assert [client.get(url).status_code for url in pages(world)] == [404] * 4
    assert "/cms/" not in client.get("/users/").content.decode()
    assert "CMS" not in client.get(reverse("profile", args=[world.ines.pk, world.grove.pk])).content.decode()


def test_locations_come_four_on_a_page_and_saving_leads_back_to_the_right_one(world, client_of) -> None:
    made_last = [
        made.duty(made.location(world.organization, f"Willow {number}"), "RN") for number in range(4)
    ][-1]
    client = client_of("admin")
    first = client.get("/cms/")
    assert len(first.context["places"]) == 4
    assert first.context["unmapped"] == 5
    assert "1 to 4 of 6 locations" in first.content.decode()
    saved = client.post(reverse("cms-code", args=[made_last.pk]), {"code": "7"})
    assert saved["Location"] == f"/cms/?page=2#duty-{made_last.pk}"
    refused = client.post(reverse("cms-code", args=[made_last.pk]), {"code": "41"})
    assert f'id="why-{made_last.pk}"' in refused.content.decode()


def test_a_large_location_is_read_in_pages_and_downloaded_whole(world, client_of, monkeypatch) -> None:
    url, client = reverse("cms-employees", args=[world.grove.pk, "2026Q1"]), client_of("admin")
    every = list(client.get(url).context["page"].object_list)
    assert len(every) > 1
    monkeypatch.setattr(labor_codes, "EMPLOYEES", len(every) - 1)
    first, last = (client.get(url, {"page": number}).context for number in (1, 2))
    assert [*first["page"].object_list, *last["page"].object_list] == every
    assert len(last["section"].employees) == len(every)
