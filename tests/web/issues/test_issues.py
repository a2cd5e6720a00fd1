"""Issues: grouped by what they are, with who can fix them; managers see their locations'."""

from __future__ import annotations

import pytest

from schedulepop.sync.models import Issue
from schedulepop.web.issues import issue_list
from schedulepop.wording.issues import TEXTS
from tests import made, standing
from tests.saying import because
from tests.web.world import maple

pytestmark = pytest.mark.django_db


@standing.made_once
def world():
    return maple()


def get(client, who, address="/issues/", **more):
    client.force_login(who)
    return client.get(address, **more)


def test_an_issue_says_cause_remedy_and_since_when(client, world):
    page = get(client, world.client_success).content.decode()
    for code in ("needs_contact", "unmapped_zone"):
        assert TEXTS[code].title in page
        assert TEXTS[code].remedy.replace("'", "&#x27;") in page
    assert "Since" in page
    assert "You can fix this." in page


def test_whoever_cannot_fix_it_is_told_whom_to_ask(client, world):
    page = get(client, world.manager).content.decode()
    assert 'Client Success fixes this. Ask Dana Whitfield (<a href="mailto:dana@schedulepop.example' in page


def test_a_manager_of_one_location_does_not_answer_for_another_one(client, world):
    Issue.objects.create(
        organization=world.organization,
        integration=world.integration,
        location=world.grove,
        key="S9",
        code="found_elsewhere",
        reasons=because("found_elsewhere", name="Noor Tuke", source_id="S9", some=["somebody"], more=0),
    )
    assert (
        "HR fixes this. Ask Dana"
        in get(client, world.manager, "/issues/?code=found_elsewhere").content.decode()
    )
    assert "You can fix this." in get(client, world.admin, "/issues/?code=found_elsewhere").content.decode()


def test_people_with_the_same_issue_are_a_list_of_names(client, world):
    for number, name in ((7, "Bashir Oakes"), (9, "Noor Tuke")):
        person = made.person(world.grove, name)
        Issue.objects.create(
            organization=world.organization,
            integration=world.integration,
            location=world.grove,
            user=person,
            code="name_missing",
            key=name,
            reasons=because("name_missing"),
            rows=[{"name": name, "row": number, "column": "Legal name", "value": "—"}],
        )
    page = get(client, world.admin).content.decode()
    assert page.count('class="of-person"') == 2
    assert "<b>Bashir Oakes</b>" in page
    assert "Row 7, Legal name" in page
    assert "others keep theirs.</p>" not in page, "said once, above them"
    assert 'Open the profile<span class="vh"> of Noor Tuke</span>' in page


def test_the_contact_is_not_told_to_ask_themselves(client, world):
    assert "Ask Dana Whitfield" in get(client, world.client_success).content.decode()
    world.client_success.email = "dana@schedulepop.example"
    world.client_success.save()
    assert (
        'Ask Dana Whitfield (<a href="mailto:dana@schedulepop.example'
        not in get(client, world.client_success).content.decode()
    )


def test_managers_see_their_locations_only(client, world):
    grove = get(client, world.manager).content.decode()
    assert "Delphine Arsenault" in grove
    assert "Somebody at Oak Hill" not in grove
    hill = get(client, world.manager_elsewhere).content.decode()
    assert "Somebody at Oak Hill" in hill
    assert "Delphine Arsenault" not in hill
    both = get(client, world.manager_of_both).content.decode()
    assert "Somebody at Oak Hill" in both
    assert "Delphine Arsenault" in both


def test_staff_and_others_see_none(client, world):
    assert get(client, world.staff).status_code == 404
    other = made.admin(made.organization("Cedar Care"))
    page = get(client, other).content.decode()
    assert "Nothing waits for you" in page
    assert "Oak Hill" not in page


def test_more_of_one_kind_come_as_a_fragment(client, world):
    answer = get(client, world.admin, "/issues/?code=needs_contact&from=1", headers={"HX-Request": "true"})
    assert answer.content.decode().count("<li id=") == 1


def test_resolved_issues_are_gone(client, world):
    world.integration.issues.update(resolved_at="2026-11-17T08:00Z")
    assert b"Nothing waits for you" in get(client, world.admin).content


@pytest.mark.parametrize(
    ("fixer", "role", "can"),
    [
        ("client_success", "admin", False),
        ("client_success", "client_success", True),
        ("payroll", "manager", False),
        ("manager", "manager", True),
    ],
)
def test_who_can_fix_what(fixer, role, can):
    assert issue_list.can_fix(fixer, role) is can
