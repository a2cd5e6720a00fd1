"""A run at once in the web: who may watch it, what it says without a script, and that it tells nobody too much."""

from __future__ import annotations

import pytest

from schedulepop.accounts.models import User
from schedulepop.sync.models import Integration, Run, Trigger
from schedulepop.sync.run import runs
from tests import made
from tests.sync.conftest import HEADER, PEOPLE
from tests.sync.conftest import maple as maple
from tests.sync.conftest import payroll as payroll
from tests.sync.plan.asking import AGNES, OPERATOR, Maple

pytestmark = pytest.mark.django_db
AGNES_AT_GROVE = AGNES.replace("020,9020,", "021,9021,").replace(",202,RN,North Hall", ",101,RN,East Wing")


def of(maple: Maple) -> Integration:
    return Integration.objects.select_related("organization").get(pk=maple.payroll.integration.pk)  # type: ignore[attr-defined]


def text(response) -> str:
    return " ".join(response.content.decode().split())


def paid(ines: str) -> list[str]:
    """Everybody with an hourly rate."""
    rates = [ines, *(f"{22 + number}.00" for number in range(5))]
    return [f"{row},{rate},Hourly" for row, rate in zip(PEOPLE, rates, strict=True)]


def answered(client, maple: Maple, who: User, **form: object):
    maple.hires(AGNES_AT_GROVE)
    client.force_login(who)
    agnes = User.objects.get(last_name="Hillman")
    return client.post(f"/questions/{of(maple).pk}/021/", {"answer": "add_here", "user": agnes.pk, **form})


def test_an_answer_leads_to_its_page_and_the_page_to_the_profile(client, maple: Maple) -> None:
    done = answered(client, maple, maple.both)
    run = Run.objects.at_once().get()
    assert done.url == f"/at-once/{run.pk}/"
    page = text(client.get(done.url))
    assert "This is happening now" in page
    assert '<meta http-equiv="refresh" content="2">' in page
    assert f'hx-get="/at-once/{run.pk}/"' in page
    runs.drive(run.pk)
    page = text(client.get(done.url))
    assert "<h1>Agnes Hillman was added to Maple Grove</h1>" in page
    assert "No welcome email: Agnes Hillman has an account, or is not new." in page
    assert "hx-get" not in page.split("Step by step")[1]
    agnes = User.objects.get(last_name="Hillman")
    assert f"/users/{agnes.pk}/{maple.grove.pk}/" in page


def test_it_says_whose_turn_it_is(client, maple: Maple) -> None:
    maple.hires(AGNES_AT_GROVE)
    night = runs.request(of(maple), trigger=Trigger.MANUAL, actor=OPERATOR)
    Run.objects.filter(pk=night.pk).update(state="running")
    client.force_login(maple.admin)
    done = client.post(f"/at-once/{of(maple).pk}/001/")
    assert f"Run {night.number} is under way and goes first." in text(client.get(done.url))


def test_a_manager_elsewhere_knows_of_no_such_run_and_no_such_person(client, maple: Maple) -> None:
    elsewhere = made.manager(maple.hill, "Henrik Sand", local=True)
    client.force_login(maple.manager)
    done = client.post(f"/at-once/{of(maple).pk}/001/")
    run = Run.objects.at_once().get()
    for driven in (False, True):
        if driven:
            runs.drive(run.pk)
        client.force_login(elsewhere)
        assert client.get(done.url).status_code == 404
        assert client.get(f"/runs/{run.pk}/").status_code == 404
        client.force_login(maple.manager)
        assert client.get(done.url).status_code == 200
    client.force_login(elsewhere)
    assert client.post(f"/at-once/{of(maple).pk}/001/").status_code == 404
    assert Run.objects.at_once().count() == 1


def test_pay_is_in_no_word_of_it(client, maple: Maple) -> None:
    """A raise that is synced now: the manager reads that something is as payroll has it, and no figure."""
    integration = of(maple)
    integration.policy = {**integration.policy, "pay": True}
    integration.save()
    maple.payroll.sent = (
        "\n".join([f"{HEADER},Pay Rate,Pay Type", *paid("21.50"), f"{AGNES},31.00,Hourly"]) + "\n"
    )
    maple.payroll.laid_out()
    maple.payroll.runs()
    maple.payroll.sent = maple.payroll.sent.replace("21.50", "23.75")
    maple.payroll.laid_out()
    Run.objects.update(requested_at="2026-01-01T00:00:00Z")
    client.force_login(maple.manager)
    done = client.post(f"/at-once/{integration.pk}/001/")
    run = runs.drive(Run.objects.at_once().get().pk)
    page = text(client.get(done.url))
    assert run.counts["updated"] == 1
    assert "Ines Calloway is as payroll has them now" in page
    assert "23.75" not in page
    assert "pay rate" not in page.lower()


def test_sync_this_person_is_on_the_profile_and_in_where_is(client, maple: Maple) -> None:
    client.force_login(maple.manager)
    ines = User.objects.get(last_name="Calloway")
    url = f"/at-once/{of(maple).pk}/001/"
    assert f'action="{url}"' in text(client.get(f"/users/{ines.pk}/{maple.grove.pk}/"))
    assert f'action="{url}"' in text(client.get("/where/?q=ines+calloway"))


def test_within_ten_minutes_payroll_is_asked_once(client, maple: Maple) -> None:
    Run.objects.update(requested_at="2026-01-01T00:00:00Z")
    client.force_login(maple.admin)
    client.post(f"/at-once/{of(maple).pk}/001/")
    runs.drive(Run.objects.at_once().get().pk)
    done = client.post(f"/at-once/{of(maple).pk}/002/", follow=True)
    first, second = Run.objects.at_once().order_by("number")
    assert (first.asks_source, second.asks_source) == (True, False)
    assert "Payroll was read a moment ago, so that reading counts." in text(done)


def test_home_shows_the_night_and_not_the_run_at_once(client, maple: Maple) -> None:
    answered(client, maple, maple.admin)
    runs.drive(Run.objects.at_once().get().pk)
    page = text(client.get("/"))
    run = Run.objects.at_once().get()
    assert f"/runs/{run.pk}/" not in page


def test_a_staff_member_has_no_such_page(client, maple: Maple) -> None:
    client.force_login(User.objects.get(last_name="Calloway"))
    assert client.post(f"/at-once/{of(maple).pk}/001/").status_code in (302, 403, 404)
    assert not Run.objects.at_once().exists()
