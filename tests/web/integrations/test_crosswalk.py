"""New payroll IDs from a file in the browser: said first, taken as a whole, and only by those who set up."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from schedulepop.accounts.models import User
from schedulepop.sync.models import Answer, IdChange, Integration, Link
from tests import standing
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db
CROSSWALK = "/integrations/maple-health/payroll/crosswalk/"


@standing.made_once
def world():
    found = maple(synced=False)
    nights.first_night(found)
    return found


def sends(client, text, address=CROSSWALK):
    return client.post(address, {"crosswalk": SimpleUploadedFile("new-ids.csv", text.encode())})


def test_what_it_links_is_said_before_anything_is_written(client, world) -> None:
    client.force_login(world.client_success)
    assert b"old_id" in client.get(CROSSWALK).content
    page = sends(client, "old_id,new_id,name\n004000,V1,Secret Name\n004001,V2,x\n004002,004002,x\n")
    told = page.content.decode()
    assert "Two people get new payroll IDs" in told
    assert "Delia Abernathy" in told
    assert "<del>004000</del>" in told
    assert "One person keeps the ID" in told
    assert "127 people" in told
    assert "Secret Name" not in str(dict(client.session))
    assert not Answer.objects.exists()
    done = client.post(CROSSWALK, {"take": "1"}, follow=True)
    assert "2 new IDs are known." in done.content.decode()
    assert set(Answer.objects.values_list("source_id", "by")) == {("V1", "Jonah Pell"), ("V2", "Jonah Pell")}
    again = client.post(CROSSWALK, {"take": "1"})
    assert again.status_code == 422
    assert b"was taken already" in again.content
    records = nights.people()
    records[0]["Emp #"], records[1]["Emp #"] = "V1", "V2"
    before = User.objects.count()
    nights.night(world, records)
    assert User.objects.count() == before
    assert set(Link.objects.filter(source_id__in=["V1", "V2"]).values_list("user__last_name", flat=True)) == {
        "Abernathy",
        LAST_OF_SECOND,
    }
    assert IdChange.objects.count() == 2


LAST_OF_SECOND = nights.people(2)[1]["Legal Last Name"]


def test_wrong_rows_are_named_and_nothing_can_be_taken(client, world) -> None:
    client.force_login(world.admin)
    page = sends(client, "old_id,new_id\n004000,V1\nnobody,V2\n004001,1.2E+5\n")
    told = page.content.decode()
    assert page.status_code == 422
    assert "Two values are wrong" in told
    assert "<b>Row 3</b>, old_id" in told
    assert "<b>Row 4</b>, new_id" in told
    assert 'name="take"' not in told
    assert client.post(CROSSWALK, {"take": "1"}).status_code == 422
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "Choose a file"), ("a,b\n1,2\n", "needs one column old_id"), ("old_id,new_id\n", "no rows")],
)
def test_what_is_no_crosswalk_is_said(client, world, text, says) -> None:
    client.force_login(world.admin)
    page = sends(client, text)
    assert page.status_code == 422
    assert says in page.content.decode()


def test_a_new_vendors_integration_takes_the_ids_of_the_old_one(client, world) -> None:
    new = Integration.objects.create(
        organization=world.organization, name="New", slug="new", connector="file"
    )
    client.force_login(world.client_success)
    address = CROSSWALK.replace("/payroll/", "/new/")
    told = sends(client, "old_id,new_id\n004000,V1\n", address).content.decode()
    assert "One old ID is another integration’s" in told
    assert "129 people" in told
    client.post(address, {"take": "1"})
    assert IdChange.objects.get().integration == new


def test_somebody_who_came_between_is_refused_with_the_row(client, world) -> None:
    client.force_login(world.admin)
    sends(client, "old_id,new_id\n004000,V1\n")
    Link.objects.filter(source_id="004000").update(source_id="gone")
    page = client.post(CROSSWALK, {"take": "1"})
    assert page.status_code == 422
    assert "is nobody" in page.content.decode()


def test_others_do_not_know_the_page(client, world) -> None:
    for who in (world.manager, world.staff):
        client.force_login(who)
        assert client.get(CROSSWALK).status_code == 404
        assert sends(client, "old_id,new_id\n004000,V1\n").status_code == 404
