"""Duplicates in the web: found, compared, merged for the preview that was seen, taken back, or told apart."""

from __future__ import annotations

import pytest
from django.urls import reverse

from schedulepop.directory.models import Membership
from schedulepop.sync.models import Change, DistinctPair, Merge
from tests import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(world):
    """A second Ines at Maple Grove."""
    return made.person(world.grove, "Ines Calloway", phone="+15155550178")


def merge_url(world, twin) -> str:
    return reverse("merge", args=[world.ines.pk, twin.pk])


def test_the_pair_is_found_with_its_reasons(world, twin, client_of) -> None:
    page = client_of("admin").get(reverse("duplicates"))
    assert page.context["total"] == 1
    assert "Same name, same phone, same location" in page.content.decode()
    assert reverse("duplicates") in client_of("admin").get("/users/").content.decode()


@pytest.mark.parametrize("role", ["manager", "manager_of_both", "manager_elsewhere", "staff"])
def test_for_everybody_else_it_does_not_exist(world, twin, client_of, role) -> None:
    client = client_of(role)
    done = Merge.objects.create(organization=world.organization, kept=world.ines, merged=twin, by="x")
    assert client.get(reverse("duplicates")).status_code == 404
    assert client.get(merge_url(world, twin)).status_code == 404
    assert client.post(merge_url(world, twin), {"reason": "x"}).status_code == 404
    assert client.post(reverse("unmerge", args=[done.pk])).status_code == 404
    assert client.post(reverse("duplicates-different", args=[world.ines.pk, twin.pk])).status_code == 404
    if role != "staff":
        assert reverse("duplicates") not in client.get("/users/").content.decode()


def test_a_merge_as_previewed_and_taken_back(world, twin, client_of) -> None:
    client = client_of("admin")
    page = client.get(merge_url(world, twin))
    digest = page.context["preview"].digest
    assert client.post(merge_url(world, twin), {"digest": digest}).status_code == 422  # no reason
    assert client.post(merge_url(world, twin), {"reason": "Hired twice"}).status_code == 422  # not seen
    response = client.post(merge_url(world, twin), {"reason": "Hired twice", "digest": digest})
    assert response.status_code == 302
    twin.refresh_from_db()
    assert twin.merged_into == world.ines
    assert Membership.objects.filter(user=twin).count() == 0
    page = client.get(reverse("duplicates")).content.decode()
    assert "Hired twice" in page
    assert "Take back" in page
    again = client.get(merge_url(world, twin))
    assert again.status_code == 422
    assert "merged into another user before" in again.content.decode()
    taken = client.post(reverse("unmerge", args=[Merge.objects.get().pk]), follow=True)
    assert "are two users again" in taken.content.decode()
    assert Membership.objects.filter(user=twin).count() == 1
    assert client.post(reverse("unmerge", args=[Merge.objects.get().pk])).status_code == 404


def test_the_profile_shows_the_history_of_both_and_the_old_address_leads_there(
    world, twin, client_of
) -> None:
    Change.objects.create(
        organization=world.organization,
        run=world.run,
        user=twin,
        location_id=world.grove.pk,
        source_id="X",
        verb="update",
        fields=[{"field": "phone", "old": "1", "new": "2", "why": "payroll"}],
    )
    client = client_of("admin")
    url = reverse("profile", args=[world.ines.pk, world.grove.pk])
    before = len(client.get(f"{url}?history=all", follow=True).context["history"])
    digest = client.get(merge_url(world, twin)).context["preview"].digest
    client.post(merge_url(world, twin), {"reason": "Hired twice", "digest": digest})
    told = client.get(f"{url}?history=all", follow=True).context["history"]
    assert len(told) == before + 3  # the other's change, and both entries of the merge
    assert client.get(reverse("person", args=[twin.pk]))["Location"] == url


def test_different_people_are_remembered(world, twin, client_of) -> None:
    client = client_of("client_success")
    client.post(reverse("duplicates-different", args=[world.ines.pk, twin.pk]))
    assert DistinctPair.objects.count() == 1
    assert client.get(reverse("duplicates")).context["total"] == 0


def test_client_success_cannot_merge_an_admin(world, client_of) -> None:
    url = reverse("merge", args=[world.ines.pk, world.admin.pk])
    response = client_of("client_success").get(url)
    assert response.status_code == 422
    assert "only another admin" in response.content.decode()


def test_somebody_of_another_customer_does_not_exist(world, client_of) -> None:
    stranger = made.person(made.location(made.organization("Oak Care")), "Ines Calloway")
    for url in (
        reverse("merge", args=[world.ines.pk, stranger.pk]),
        reverse("merge", args=[stranger.pk, world.ines.pk]),
    ):
        assert client_of("admin").get(url).status_code == 404
    foreign = Merge.objects.create(organization=stranger.organization, kept=stranger, merged=stranger, by="x")
    assert client_of("admin").post(reverse("unmerge", args=[foreign.pk])).status_code == 404
