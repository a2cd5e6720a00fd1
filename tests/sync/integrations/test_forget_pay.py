"""Pay switched off: nothing payroll told of it is kept, anywhere; what people entered is theirs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import zstandard
from django.db import connection

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry
from schedulepop.directory.models import Membership, MembershipDuty
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import forget_pay, lifecycle
from schedulepop.sync.models import FieldOverride, Integration, Merge, RawFeed, Touched
from schedulepop.sync.review import overrides
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import runs
from tests import made
from tests.sync.conftest import HEADER, PEOPLE, Payroll

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
RATES = ("31.2345", "32.2345", "320.2345", "33.2345", "99.2345")


def sends(payroll: Payroll, *rates: tuple[str, str]) -> None:
    """Everybody's rate; for the first people these (rate, first day), for the others always the same."""
    told = [*rates, *[("31.2345", "")] * (len(PEOPLE) - len(rates))]
    lines = [f"{row},{rate},Hourly,{day}" for row, (rate, day) in zip(PEOPLE, told, strict=True)]
    payroll.path.write_text("\n".join([f"{HEADER},Pay Rate,Pay Unit,Pay Effective Date", *lines, ""]))


def everywhere() -> str:
    """Every word of every table that could tell a rate, kept files and plans included."""
    tables = (
        "directory_membershipduty",
        "sync_change",
        "sync_fieldoverride",
        "sync_merge",
        "sync_issue",
        "outbox_message",
    )
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT string_agg(to_jsonb(t)::text, ' ') FROM {table} t")
            found.append(cursor.fetchone()[0] or "")
        cursor.execute("SELECT string_agg((to_jsonb(t) - 'plan')::text, ' ') FROM sync_run t")
        found.append(cursor.fetchone()[0] or "")
    for run in Integration.objects.get(name="Payroll").runs.all():
        plan = runs.stored_plan(run)
        if plan is not None:
            found += [plan.changes.write_csv(), plan.fields.write_csv(), plan.extras.write_csv()]
    found += [
        zstandard.decompress(bytes(raw.content)).decode() for raw in RawFeed.objects.all() if raw.content
    ]
    return " ".join(found)


@pytest.fixture
def paid(payroll: Payroll) -> Payroll:
    """Rates in force and ahead, a raise, one that waits for approval, an override and an undone raise."""
    lifecycle.set_policy(payroll.integration, {"pay": "on"}, actor=OPERATOR)  # type: ignore[arg-type]
    payroll.integration.refresh_from_db()  # type: ignore[attr-defined]
    sends(payroll)
    payroll.first_sync()
    sends(payroll, ("32.2345", ""), ("33.2345", "2099-01-01"))
    raised = payroll.runs()
    undo.apply(raised, plan_hash=undo.preview(raised).digest, actor=OPERATOR)
    petra = Membership.objects.get(user__last_name="Lindqvist")
    overrides.set(
        petra.user,
        petra.location,
        "pay_rate",
        "99.2345",
        reason="HR knows",
        until=date.today() + timedelta(200),
        actor=OPERATOR,
    )
    sends(payroll, ("32.2345", ""), ("33.2345", "2099-01-01"), ("320.2345", ""))
    assert payroll.runs().rest == "waiting"
    return payroll


def test_nothing_is_left_of_it_but_what_people_entered(paid: Payroll) -> None:
    told = forget_pay.announced(paid.integration)  # type: ignore[arg-type]
    assert told == (
        "Switching pay off removes the pay rates of 5 people, with their history, at once and for good. "
        "Stored plans and files lose it, too. A rate held by an override stays."
    )
    luis = MembershipDuty.objects.filter(membership__user__last_name="Quintanar")
    luis.update(
        next_pay_rate=332_345, next_pay_unit="hour", next_pay_currency="USD", next_pay_on=date(2099, 1, 1)
    )
    assert "of 5 people and the rate dated ahead of 1 person, with" in forget_pay.announced(paid.integration)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="has to be agreed to: Switching pay off removes"):
        lifecycle.set_policy(paid.integration, {"pay": "off"}, actor=OPERATOR)  # type: ignore[arg-type]
    before = everywhere()
    assert all(rate in before or rate.replace(".", "") in before for rate in RATES)
    marks = Touched.objects.count()
    lifecycle.set_policy(paid.integration, {"pay": "off"}, actor=OPERATOR, forget=True)  # type: ignore[arg-type]
    after = everywhere()
    for rate in RATES[:-1]:
        assert rate not in after
        assert rate.replace(".", "") not in after
    kept = MembershipDuty.objects.exclude(pay_rate=None).get()
    assert (kept.membership.user.last_name, kept.pay_rate) == ("Lindqvist", 992_345)
    assert FieldOverride.objects.get(released_at=None).kind == "override"
    entry = AuditEntry.objects.get(verb="pay_forgotten")
    gone = {item["field"]: item["old"] for item in entry.changes}
    assert gone["rates"] == len(PEOPLE) - 1
    assert gone["plans"] == 4
    assert gone["history"] == len(PEOPLE) + 2 + 2, "hires, raises, and what was undone of them"
    assert Touched.objects.count() == marks, "nobody was edited"
    assert AuditEntry.objects.get(verb="limited", changes__0__new="off").by == OPERATOR.by


def test_the_list_goes_on_without_pay_and_a_waiting_plan_can_still_be_decided(paid: Payroll) -> None:
    waiting = paid.integration.runs.latest("pk")  # type: ignore[attr-defined]
    lifecycle.set_policy(paid.integration, {"pay": "off"}, actor=OPERATOR, forget=True)  # type: ignore[arg-type]
    assert runs.reload(waiting).plan_hash != waiting.plan_hash
    runs.discard(runs.reload(waiting), actor=OPERATOR)
    run = paid.runs()
    assert (run.state, run.counts["unchanged"]) == ("applied", len(PEOPLE))
    lifecycle.set_policy(paid.integration, {"pay": "on"}, actor=OPERATOR)  # type: ignore[arg-type]
    paid.runs()
    luis = Membership.objects.get(user__last_name="Quintanar").duties.get()
    assert luis.pay_rate is None, "dated ahead, and nothing is in force until then"


def test_switched_off_without_any_pay_nothing_happens(payroll: Payroll) -> None:
    lifecycle.set_policy(payroll.integration, {"pay": "on"}, actor=OPERATOR)  # type: ignore[arg-type]
    payroll.first_sync()
    before = [bytes(run.plan or b"") for run in payroll.integration.runs.all()]  # type: ignore[attr-defined]
    lifecycle.set_policy(payroll.integration, {"pay": "off"}, actor=OPERATOR, forget=True)  # type: ignore[arg-type]
    assert [bytes(run.plan or b"") for run in payroll.integration.runs.all()] == before  # type: ignore[attr-defined]
    assert all(item["old"] == 0 for item in AuditEntry.objects.get(verb="pay_forgotten").changes)


@pytest.mark.parametrize("another_reads_pay", [False, True])
def test_a_merge_is_taken_back_without_the_rates_of_then(paid: Payroll, another_reads_pay: bool) -> None:
    ines = Membership.objects.get(user__last_name="Calloway")
    twin = made.person(ines.location, "Ines Twin")
    rows: list[dict[str, Any]] = [
        {
            "table": "directory_membershipduty",
            "key": 1,
            "before": {"id": 1, "pay_rate": 312345, "pay_unit": "hour"},
            "after": None,
        },
        {"table": "accounts_user", "key": 2, "before": {"phone": "1"}, "after": {"phone": "2"}},
    ]
    Merge.objects.create(
        organization=paid.integration.organization,
        kept=ines.user,
        merged=twin,  # type: ignore[attr-defined]
        images=rows,
        by="test",
    )
    if another_reads_pay:
        other = lifecycle.add(
            paid.integration.organization, "Hill", connector="file", config={"path": "x"}, actor=OPERATOR
        )  # type: ignore[attr-defined]
        Integration.objects.filter(pk=other.pk).update(policy={"pay": True})
    lifecycle.set_policy(paid.integration, {"pay": "off"}, actor=OPERATOR, forget=True)  # type: ignore[arg-type]
    kept = Merge.objects.get().images
    assert kept[1] == rows[1]
    now = rows[0]["before"] if another_reads_pay else {"id": 1, "pay_rate": None, "pay_unit": ""}
    assert kept[0]["before"] == now
