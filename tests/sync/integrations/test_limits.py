"""The guard's numbers: read, refused, set with a trace; and what pay switched off leaves behind."""

from __future__ import annotations

import pytest
import zstandard

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.integrations import lifecycle, limits
from schedulepop.sync.models import Change, Integration, RawFeed
from schedulepop.sync.plan.policy import Limit, Policy
from schedulepop.sync.run import feeds, runs
from tests import made
from tests.sync.conftest import HEADER, PEOPLE

OPERATOR = Actor.operator("test")


def test_every_setting_of_the_policy_is_explained() -> None:
    assert set(limits.SETTINGS) == set(Policy.model_fields)


@pytest.mark.parametrize("name", sorted(limits.SETTINGS))
def test_what_is_written_can_be_read_back(name: str) -> None:
    assert limits.read(name, limits.written(name, Policy())) == getattr(Policy(), name)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("short", "5 or 12.5%", Limit(floor=5, share=0.125)),
        ("short", " 5 , 12 ", Limit(floor=5, share=0.12)),
        ("pay_jump", "30", 0.3),
        ("pay_absurd", "8.5", 8.5),
        ("welcome_days_before", "", None),
        ("pay", "ON", True),
    ],
)
def test_a_value_as_people_write_it(name: str, text: str, value: object) -> None:
    assert limits.read(name, text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("short", "5"),
        ("short", "0,10%"),
        ("short", "3,110%"),
        ("short", "x,3%"),
        ("pay_jump", "-1"),
        ("pay_absurd", "1"),
        ("week_days", "0"),
        ("week_days", ""),
        ("pay", "maybe"),
    ],
)
def test_what_is_no_value_says_how_it_is_written(name: str, text: str) -> None:
    with pytest.raises(limits.UnreadableError, match="write it as"):
        limits.read(name, text)


@pytest.mark.django_db
def test_a_change_is_kept_audited_and_used_by_the_next_run(payroll, synced) -> None:
    admin = Actor.of(made.admin(payroll.integration.organization, "Renata Okoye"))
    lifecycle.set_policy(payroll.integration, {"removals_location": "2,3%", "week_days": "7"}, actor=admin)
    integration = Integration.objects.get()
    assert integration.policy == {"removals_location": {"floor": 2, "share": 0.03}}
    entry = AuditEntry.objects.get(verb="limited")
    assert (entry.by, entry.changes) == (
        "Renata Okoye",
        [{"field": "removals_location", "old": "3,3%", "new": "2,3%"}],
    )
    payroll.sends(
        *(row.replace("Active", "Terminated") if row[:3] in {"001", "002"} else row for row in PEOPLE)
    )
    assert [hold["rule"] for hold in payroll.runs().holds] == ["removals_location"]
    lifecycle.set_policy(integration, {"removals_location": "3,3%"}, actor=admin)
    assert Integration.objects.get().policy == {}
    lifecycle.set_policy(integration, {"removals_location": "3,3%"}, actor=admin)
    assert AuditEntry.objects.filter(verb="limited").count() == 2


@pytest.mark.django_db
def test_who_may_not_and_what_cannot_be_set(payroll) -> None:
    manager = made.manager(made.location(payroll.integration.organization, "Oak Hill", "102"))
    with pytest.raises(NotAllowed):
        lifecycle.set_policy(payroll.integration, {"week_days": "3"}, actor=Actor.of(manager))
    with pytest.raises(Refused, match="no limit called nonsense"):
        lifecycle.set_policy(payroll.integration, {"nonsense": "3"}, actor=OPERATOR)
    with pytest.raises(Refused, match="Days counted together: write it as a whole number"):
        lifecycle.set_policy(payroll.integration, {"week_days": "soon"}, actor=OPERATOR)


@pytest.mark.django_db
def test_the_cms_switch_is_the_organizations(payroll) -> None:
    lifecycle.set_policy(payroll.integration, {"cms": "off"}, actor=OPERATOR)
    integration = Integration.objects.select_related("organization").get()
    assert (integration.organization.cms_codes, integration.policy, feeds.policy_of(integration).cms) == (
        False,
        {},
        False,
    )
    newest = AuditEntry.objects.filter(verb="edited", subject="organization").latest("pk")
    assert newest.changes[0]["field"] == "cms_codes"


def _pay(payroll, rate: str) -> None:
    rows = [f"{row},{rate},Hourly" for row in PEOPLE]
    payroll.path.write_text("\n".join([f"{HEADER},Pay Rate,Pay Unit", *rows, ""]))


@pytest.mark.django_db
def test_pay_off_is_off_in_the_kept_feed_the_plan_and_the_history(payroll) -> None:
    _pay(payroll, "21.75")
    payroll.first_sync()
    run = payroll.integration.runs.get()
    assert b"21.75" not in zstandard.decompress(bytes(RawFeed.objects.get().content))
    plan = runs.stored_plan(run)
    assert plan is not None
    assert plan.changes["pay_rate"].null_count() == plan.changes.height
    assert "pay_rate" not in plan.columns
    assert not any(
        field["field"].startswith("pay") for change in Change.objects.all() for field in change.fields
    )


@pytest.mark.django_db
def test_pay_switched_off_leaves_the_kept_feeds(payroll) -> None:
    lifecycle.set_policy(payroll.integration, {"pay": "on"}, actor=OPERATOR)
    payroll.integration.refresh_from_db()
    _pay(payroll, "21.75")
    payroll.first_sync()
    _pay(payroll, "22.50")
    payroll.runs()
    assert RawFeed.objects.count() == 2
    assert b"22.50" in zstandard.decompress(bytes(RawFeed.objects.latest("pk").content))
    lifecycle.set_policy(payroll.integration, {"pay": "off"}, actor=OPERATOR, forget=True)
    kept = [zstandard.decompress(bytes(one.content)) for one in RawFeed.objects.all()]
    assert [b"22.50" in one or b"21.75" in one for one in kept] == [False, False]
    assert payroll.runs().state == "applied"
