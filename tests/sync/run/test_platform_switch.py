"""A platform is left for another: the new one speaks for whom a crosswalk gave it, and a short feed of it is held."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import lifecycle, retirement
from schedulepop.sync.models import Integration, IntegrationState, Run, RunState
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.review.questions import crosswalk
from tests.sync.conftest import PEOPLE, Payroll

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
RENUMBERED = tuple(person.replace("00", "V", 1) for person in PEOPLE)
PAIRS = b"old_id,new_id\n" + b"".join(b"00%d,V%d\n" % (n, n) for n in range(1, 7))


def another(old: Payroll, name: str) -> Payroll:
    """A second integration of the organization, with a file of its own."""
    organization = old.integration.organization  # type: ignore[attr-defined]
    path = old.path.with_name(f"{name}.csv")
    config = {"path": str(path)}
    new = lifecycle.add(
        organization, name, connector="file", config=config, actor=OPERATOR, mapping=Mapping()
    )
    return Payroll(new, path)


@pytest.fixture
def switched(synced: Payroll) -> Payroll:
    """All six under the new vendor's IDs; not one of them changed by it."""
    new = another(synced, "vendor")
    crosswalk.take(Integration.objects.get(pk=new.integration.pk), PAIRS, actor=OPERATOR)  # type: ignore[attr-defined]
    new.sends(*RENUMBERED)
    new.first_sync()
    return new


def rules(run: Run) -> set[str]:
    return {hold["rule"] for hold in run.holds}


@pytest.mark.parametrize("sent", [1, 2, 3])
def test_a_short_feed_of_the_new_platform_is_held(switched: Payroll, sent: int) -> None:
    switched.sends(*RENUMBERED[:sent])
    run = switched.runs()
    assert (run.state, rules(run)) == (RunState.HELD, {"short"})


def test_who_disappears_from_the_new_platform_is_missing(switched: Payroll) -> None:
    switched.sends(*RENUMBERED[:5])
    run = switched.runs()
    assert [issue["code"] for issue in run.summary["issues"]] == ["missing_person"]


def test_the_feed_of_the_platform_that_is_left_may_miss_them_all_the_same(
    synced: Payroll, switched: Payroll
) -> None:
    """While both run, the old one's silence is no news of whom the new one names every night."""
    switched.sends(*(person.replace("East Wing", "Memory Care") for person in RENUMBERED))
    switched.runs()
    synced.sends(*PEOPLE[:1])
    run = synced.runs()
    assert "missing_person" not in {issue["code"] for issue in run.summary["issues"]}
    assert set(Membership.objects.values_list("status", flat=True)) == {"active"}


def test_two_payrolls_of_one_organization_speak_each_for_its_own(synced: Payroll) -> None:
    """Without a crosswalk nobody was taken over: Ines is linked in both, and the second has changed nothing of her."""
    second = another(synced, "second")
    second.sends(PEOPLE[0])
    second.first_sync()
    second.sends("077,9077,Nora,Whitfield,nora@example.com,,101,RN,East Wing,Active,2020-01-15")
    run = second.runs()
    assert "missing_person" not in {issue["code"] for issue in run.summary["issues"]}


def test_an_integration_that_is_retired_speaks_for_nobody(synced: Payroll) -> None:
    """Its people stay as they are; the platform that takes over needs no crosswalk to miss them."""
    second = another(synced, "second")
    second.sends(*PEOPLE)
    second.first_sync()
    retirement.retire(Integration.objects.get(pk=synced.integration.pk), actor=OPERATOR)  # type: ignore[attr-defined]
    assert set(Membership.objects.values_list("status", flat=True)) == {"active"}
    second.sends(*PEOPLE[:2])
    run = second.runs()
    assert (run.state, rules(run)) == (RunState.HELD, {"short"})


def test_what_is_retired_runs_no_more(synced: Payroll) -> None:
    old = Integration.objects.get(pk=synced.integration.pk)  # type: ignore[attr-defined]
    retirement.retire(old, actor=OPERATOR)
    old.refresh_from_db()
    assert old.state == IntegrationState.RETIRED
    for again in (
        lambda: synced.runs(),
        lambda: lifecycle.activate(old, actor=OPERATOR),
        lambda: lifecycle.pause(old, actor=OPERATOR),
        lambda: retirement.retire(old, actor=OPERATOR),
    ):
        with pytest.raises(Refused):
            again()
