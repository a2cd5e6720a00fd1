"""Questions in the web: who sees which, what an answer does, and that no page shows another building's people."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Answer, Integration, Issue
from schedulepop.sync.review.questions import answers
from schedulepop.web.issues import questions
from tests import made, standing
from tests.sync.conftest import PEOPLE, Payroll
from tests.sync.conftest import payroll as payroll

pytestmark = pytest.mark.django_db
ELSEWHERE = "951,,Ines,Calloway,ines@example.com,,102,,,Active,2026-11-02"


@standing.made_once
def maple(payroll: Payroll) -> Integration:
    """Ines has a new payroll ID, and Luis starts at Maple Creek as well."""
    integration = Integration.objects.select_related("organization").get(pk=payroll.integration.pk)
    made.location(integration.organization, "Maple Creek", "102")
    payroll.first_sync()
    payroll.sends(
        PEOPLE[0].replace("001,", "901,", 1),
        *PEOPLE[1:],
        "952,,Luis,Quintanar,luis@example.com,,102,,,Active,2026-11-02",
    )
    payroll.runs()
    return integration


def get(client, who, address="/questions/"):
    client.force_login(who)
    return client.get(address)


def at(maple: Integration, name: str):
    return maple.organization.locations.get(name=name)


def test_an_admin_sees_payrolls_word_beside_the_list_with_every_answer(client, maple):
    page = get(client, made.admin(maple.organization)).content.decode()
    assert "Two records wait until somebody says who it is." in page
    assert "same name, same employee number, same email" in page
    assert "payroll ID 901 takes the place of 001" in page
    assert "CMS counts nobody as leaving or joining" in page
    assert (
        "If it is somebody else, a new person is added, and CMS counts one employee leaving and one joining."
        in page
    )
    for button in ("Same person", "Add to Maple Creek", "Transfer to Maple Creek", "Different person"):
        assert button in page


def test_an_answer_is_given_and_taken_back(client, maple):
    admin = made.admin(maple.organization)
    asked = answers.question(maple, "901", Actor.of(admin))
    client.force_login(admin)
    address = f"/questions/{maple.pk}/901/"
    done = client.post(
        address, {"answer": "same", "user": asked.suggested[0].user.pk}, follow=True
    ).content.decode()
    assert "Answered: Ines Calloway is the same person." in done
    assert "This is happening now" in done
    done = client.get("/questions/").content.decode()
    assert "Henry Okafor answered: Ines Calloway is the same person as Ines Calloway." in done
    done = client.post(address, {"answer": "withdraw"}, follow=True).content.decode()
    assert "The question is open again" in done
    assert not Answer.objects.filter(withdrawn_at=None).exists()


def test_a_refusal_is_one_sentence(client, maple):
    client.force_login(made.admin(maple.organization))
    done = client.post(f"/questions/{maple.pk}/901/", {"answer": "same"}, follow=True).content.decode()
    assert "Say who it is: name one of the suggested people." in done
    client.force_login(made.manager(at(maple, "Maple Grove")))
    done = client.post(f"/questions/{maple.pk}/901/", {"answer": "different"})
    assert done.status_code == 403


def test_managers_of_one_location_learn_no_more_than_that_there_is_somebody(client, maple):
    page = get(client, made.manager(at(maple, "Maple Creek"))).content.decode()
    assert "Somebody at another location resembles this record." in page
    assert "HR answers this." in page
    assert "Stuck? Ask" in page
    assert "Maple Grove" not in page
    assert "(515) 555-0102" not in page
    assert "Add to Maple Creek" not in page


def test_managers_of_both_may_add_or_move_somebody(client, maple):
    both = made.manager(at(maple, "Maple Creek"), "Bea Both")
    made.membership(both, at(maple, "Maple Grove"), role=Membership.MANAGER)
    page = get(client, both).content.decode()
    assert "Add to Maple Creek" in page
    assert "Transfer to Maple Creek" in page
    assert "Different person" not in page
    assert "If it is somebody else:" in page


def test_nothing_of_a_location_that_is_not_theirs(client, maple):
    grove = made.manager(at(maple, "Maple Grove"))
    assert "952" not in get(client, grove).content.decode()
    assert get(client, grove, f"/questions/{maple.pk}/952/").status_code == 404
    other = made.admin(made.organization("Cedar Care"))
    assert get(client, other, f"/questions/{maple.pk}/901/").status_code == 404
    assert "No open questions" in get(client, other).content.decode()
    assert get(client, made.person(at(maple, "Maple Grove"))).status_code == 404


def test_one_question_has_a_page_of_its_own(client, maple):
    page = get(client, made.admin(maple.organization), f"/questions/{maple.pk}/901/").content.decode()
    assert "Who is this?" in page
    assert "All questions" in page
    gone = get(client, made.admin(maple.organization, "Ada Okafor"), f"/questions/{maple.pk}/001/")
    assert (gone.status_code, "does not wait for an answer" in gone.content.decode()) == (404, True)


def test_more_than_a_page(client, maple, monkeypatch):
    monkeypatch.setattr(questions, "SIZE", 1)
    admin = made.admin(maple.organization)
    first = get(client, admin).content.decode()
    second = get(client, admin, "/questions/?from=1").content.decode()
    assert ("Ines Calloway" in first, "More questions" in first) == (True, True)
    assert ("Luis Quintanar" in second, "First page" in second) == (True, True)


def test_home_issues_and_the_run_lead_there(client, maple):
    admin = made.admin(maple.organization)
    run = maple.runs.order_by("-number").first()
    for address in ("/", "/issues/", f"/runs/{run.pk}/", f"/runs/{run.pk}/?code=id_changed"):
        assert f'href="/questions/{maple.pk}/901/"' in get(client, admin, address).content.decode(), address
    assert Issue.objects.filter(code="id_changed").exists()


def test_two_new_records_that_may_be_one_person(client, maple, payroll):
    twin = "990,,Eve,Park,eve@example.com,,101,RN,Memory Care,Active,2026-11-09"
    payroll.sends(*PEOPLE, twin, twin.replace("990", "991"))
    payroll.runs()
    admin = made.admin(maple.organization)
    page = get(client, admin).content.decode()
    assert "Another record of the same file has the same name and contact." in page
    client.post(f"/questions/{maple.pk}/990/", {"answer": "different"})
    run = payroll.runs()
    assert run.counts["created"] == 1
    payroll.runs()
    (asked,) = answers.open_questions(maple, Actor.of(admin))
    assert [one.user.last_name for one in asked.suggested] == ["Park"]
