"""An organization's settings, and who has which right: shown to who runs syncs, changed by whom the rules let."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from schedulepop.accounts.models import AuditEntry, Grant, Organization
from tests import made
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
SETTINGS = {
    "name": "Maple Health",
    "timezone": "America/Chicago",
    "seniority_by": "latest",
    "support_name": "Ada Help",
    "support_email": "help@maple.example",
    "support_phone": "(515) 555-0100",
    "cms_codes": "on",
}


class TestSettings:
    def test_saved_and_audited_with_old_and_new(self, world: World, client_of: ClientOf) -> None:
        assert client_of("client_success").post("/organization/", SETTINGS).status_code == 302
        now = Organization.objects.get(pk=world.organization.pk)
        assert (now.seniority_by, now.support_name, now.cms_codes) == ("latest", "Ada Help", True)
        entry = AuditEntry.objects.get(verb="edited", subject="organization")
        assert {"seniority_by", "support_name"} <= {one["field"] for one in entry.changes}
        assert "Ada Help" in client_of("manager").get("/issues/").content.decode()

    def test_two_step_sign_in_is_the_admins_alone(self, world: World, client_of: ClientOf) -> None:
        asked = SETTINGS | {"requires_second_factor": "on"}
        client_of("client_success").post("/organization/", asked)
        assert not Organization.objects.get(pk=world.organization.pk).requires_second_factor
        client_of("admin").post("/organization/", asked)
        assert Organization.objects.get(pk=world.organization.pk).requires_second_factor

    def test_how_long_things_are_kept_is_the_admins_alone(self, world: World, client_of: ClientOf) -> None:
        asked = SETTINGS | {"keep_feeds_days": "120", "keep_plans_days": "45", "keep_history_years": "10"}
        page = client_of("client_success").get("/organization/").content.decode()
        assert "Payroll files: 90 days." in page
        assert 'name="keep_feeds_days"' not in page
        client_of("client_success").post("/organization/", asked)
        assert Organization.objects.get(pk=world.organization.pk).keep_feeds_days == 90
        client_of("admin").post("/organization/", asked)
        kept = Organization.objects.get(pk=world.organization.pk)
        assert (kept.keep_feeds_days, kept.keep_plans_days, kept.keep_history_years) == (120, 45, 10)
        entry = AuditEntry.objects.filter(verb="edited", actor=world.admin).latest("pk")
        assert {"field": "keep_history_years", "old": 7, "new": 10} in entry.changes

    def test_what_went_last_is_said(self, world: World, client_of: ClientOf) -> None:
        world.organization.upkeep = {"on": "2026-11-30", "last": {"plans": 2, "files": 1}, "all": {}}
        world.organization.save()
        page = " ".join(client_of("admin").get("/organization/").content.decode().split())
        assert "Last gone, on Nov 30, 2026: 2 plans and 1 payroll file." in page

    @pytest.mark.parametrize(
        ("field", "given"),
        [("keep_feeds_days", "59"), ("keep_plans_days", "366"), ("keep_history_years", "two")],
    )
    def test_a_period_has_limits(self, world: World, client_of: ClientOf, field: str, given: str) -> None:
        response = client_of("admin").post("/organization/", SETTINGS | {field: given})
        assert response.status_code == 422
        assert "are kept between" in response.content.decode()

    @pytest.mark.parametrize("wrong", [{"name": ""}, {"timezone": "Mars/Olympus"}, {"support_email": "no"}])
    def test_what_is_wrong_is_said_and_nothing_saved(
        self, world: World, client_of: ClientOf, wrong: dict[str, str]
    ) -> None:
        response = client_of("admin").post("/organization/", SETTINGS | wrong)
        assert response.status_code == 422
        assert "Nothing was saved" in response.content.decode()
        assert Organization.objects.get(pk=world.organization.pk).seniority_by == "original"

    def test_nobody_below_opens_it(self, world: World, client_of: ClientOf) -> None:
        for role in ("manager", "staff"):
            for address in ("/organization/", "/organization/grants/", "/organization/duties/"):
                assert client_of(role).get(address).status_code == 404


class TestGrants:
    def test_who_has_what(self, world: World, client_of: ClientOf) -> None:
        world.manager.memberships.update(may_see_pay=True)
        page = client_of("admin").get("/organization/grants/")
        assert [one.grant.user for one in page.context["admins"]] == [world.admin]
        assert [one.grant.user for one in page.context["client_success"]] == [world.client_success]
        assert [one.place for one in page.context["managing"]] == ["Maple Grove", "Oak Hill"]
        assert "reads pay" in page.content.decode()

    def test_an_admin_makes_an_admin_and_takes_it_back(self, world: World, client_of: ClientOf) -> None:
        client = client_of("admin")
        found = client.get("/organization/grants/?q=ines calloway").context["found"]
        assert found == [world.ines]
        client.post("/organization/grants/give/", {"user": world.ines.pk})
        given = Grant.objects.get(user=world.ines, role="admin", ended_at=None)
        assert client.get("/organization/grants/?q=ines calloway").context["found"] == []
        client.post(f"/organization/grants/{given.pk}/end/")
        assert not Grant.objects.filter(user=world.ines, ended_at=None).exists()
        verbs = AuditEntry.objects.filter(user=world.ines, actor=world.admin).values_list("verb", flat=True)
        assert {"granted", "ended_grant"} <= set(verbs)
        assert "took a right back from Ines Calloway" in client.get("/activity/?kind=access").content.decode()

    def test_client_success_makes_no_later_admin_and_ends_none(
        self, world: World, client_of: ClientOf
    ) -> None:
        client = client_of("client_success")
        assert "Make admin" not in client.get("/organization/grants/?q=calloway").content.decode()
        assert client.post("/organization/grants/give/", {"user": world.ines.pk}).status_code == 403
        own = Grant.objects.get(user=world.admin)
        assert client.post(f"/organization/grants/{own.pk}/end/").status_code == 403
        assert Grant.objects.filter(user=world.admin, ended_at=None).exists()

    def test_nobody_takes_their_own_or_client_success_away(self, world: World, client_of: ClientOf) -> None:
        client = client_of("admin")
        assert "Take back" not in client.get("/organization/grants/").content.decode()
        client.post(f"/organization/grants/{Grant.objects.get(user=world.admin).pk}/end/")
        theirs = Grant.objects.get(user=world.client_success)
        assert client.post(f"/organization/grants/{theirs.pk}/end/").status_code == 403
        assert Grant.objects.filter(ended_at=None).count() == 2

    def test_nobody_of_another_customer(self, world: World, client_of: ClientOf) -> None:
        cedar = made.organization("Cedar Care")
        una = made.admin(cedar, "Una Cedar")
        assert client_of("admin").post("/organization/grants/give/", {"user": una.pk}).status_code == 404
        theirs = Grant.objects.get(user=una)
        assert client_of("admin").post(f"/organization/grants/{theirs.pk}/end/").status_code == 404
        assert client_of("admin").get("/organization/grants/?q=una").context["found"] == []

    def test_as_a_file(self, world: World, client_of: ClientOf) -> None:
        text = client_of("admin").get("/organization/grants/?as=csv").content.decode("utf-8-sig")
        assert "Renata Okoye" in text
        assert "Marisol Tate" in text
        assert text.splitlines()[0] == "Person,Username,Right,Of,Reads pay,May sign in"
