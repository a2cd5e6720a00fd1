"""Settings that are no limits: when new hires are welcomed, what is read, what ranks people."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop.accounts.models import AuditEntry, Organization
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Integration
from tests import made

pytestmark = pytest.mark.django_db
SETTINGS = "/integrations/maple-health/payroll/settings/"


def test_new_hires_are_welcomed_some_days_before(client_of, world) -> None:
    client = client_of("admin")
    page = client.get("/integrations/maple-health/payroll/").content.decode()
    assert "New hires are welcomed as soon as payroll shows them." in page
    assert SETTINGS in page
    client.post(SETTINGS, {"welcome": "before", "days": "7", "pay": "on", "cms": "on"})
    assert Integration.objects.get().policy == {"welcome_days_before": 7, "pay": True}
    assert {one["field"] for one in AuditEntry.objects.get(verb="limited").changes} == {
        "welcome_days_before",
        "pay",
    }
    page = client.get("/integrations/maple-health/payroll/").content.decode()
    assert "New hires are welcomed seven days before their first day. Pay rates are read." in page
    assert 'value="7"' in client.get(SETTINGS).content.decode()
    off = {"welcome": "at_once", "days": "7", "pay": "off", "cms": "off", "seniority_by": "latest"}
    asked = client.post(SETTINGS, off)
    assert (asked.status_code, Integration.objects.get().policy["pay"]) == (422, True)
    page = asked.content.decode()
    assert "Remove all pay of payroll’s for good" in page
    assert "Nothing is saved yet" in page
    assert (
        "Switching pay off removes the pay rates payroll has given, with their history, at once and for good"
        in page
    )
    assert 'value="at_once" checked' in page, "what else was chosen stays chosen"
    assert 'value="latest" checked' in page
    client.post(SETTINGS, off | {"cms": "on", "seniority_by": "", "forget_pay": "yes"})
    assert Integration.objects.get().policy == {}
    assert AuditEntry.objects.filter(verb="pay_forgotten").count() == 1


@pytest.mark.parametrize("days", ["", "soon", "-1"])
def test_days_that_are_none_are_refused_beside_their_field(client_of, days) -> None:
    answer = client_of("client_success").post(SETTINGS, {"welcome": "before", "days": days, "pay": "on"})
    assert answer.status_code == 422
    assert b'id="days-e"' in answer.content
    assert Integration.objects.get().policy == {}


def test_seniority_by_the_original_or_the_latest_hire_date(client_of, world) -> None:
    Membership.objects.update(hire_date=date(2020, 1, 1), original_hire_date=None)
    Membership.objects.filter(user=world.ines).update(
        hire_date=date(2024, 5, 1), original_hire_date=date(2010, 2, 3)
    )
    client = client_of("admin")
    profile = f"/users/{world.ines.pk}/{world.grove.pk}/"
    assert client.get("/users/?sort=seniority").context["rows"][0].user == world.ines
    assert "Since Feb 3, 2010" in client.get(profile).content.decode()
    client.post(SETTINGS, {"welcome": "at_once", "seniority_by": "latest"})
    assert Organization.objects.get(pk=world.organization.pk).seniority_by == "latest"
    assert AuditEntry.objects.get(subject="organization").changes[0]["field"] == "seniority_by"
    rows = client.get("/users/?sort=seniority").context["rows"]
    assert (rows[0].since, rows[-1].user) == (date(2020, 1, 1), world.ines) or rows[-1].since is None
    assert "Since May 1, 2024" in client.get(profile).content.decode()
    assert client.get("/users/?sort=age").context["query"].sort == ""


def test_the_cms_switch_is_the_organizations(client_of, world) -> None:
    client_of("admin").post(SETTINGS, {"welcome": "at_once", "cms": "off"})
    assert not Organization.objects.get(pk=world.organization.pk).cms_codes


def test_others_do_not_know_the_page(client_of, world) -> None:
    for role in ("manager", "staff"):
        assert client_of(role).get(SETTINGS).status_code == 404
        assert client_of(role).post(SETTINGS, {"pay": "on"}).status_code == 404
    from django.test import Client

    client = Client()
    client.force_login(made.admin(made.organization("Cedar Care")))
    assert client.get(SETTINGS).status_code == 404
