"""A profile: what it shows, what it lets a manager write, what it says about tonight."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from schedulepop.accounts.models import AuditEntry, User
from schedulepop.messages import returned
from schedulepop.messages.models import Message
from schedulepop.sync.models import Integration, Issue
from schedulepop.sync.run import returned_letters
from tests import made
from tests.reading import one_space
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
HTMX = {"HX-Request": "true"}


def address(world: World, name: str = "profile", *more: str) -> str:
    return reverse(name, args=[world.ines.pk, world.grove.pk, *more])


def test_every_synced_field_is_shown_with_its_lock(world: World, client_of: ClientOf) -> None:
    page = client_of("manager").get(address(world)).content.decode()
    for value in (
        "Ines",
        "Calloway",
        "i.calloway@maplehealth.example",
        "(515) 555-0178",
        "RN",
        "Memory Care",
        "7 · Registered Nurse",
        "Mar 4, 2019",
        "004131",
    ):
        assert value in page
    assert page.count('<span class="vh">From payroll</span>') == 10
    assert "Prefers to learn Memory Care on days first." in page


def test_an_edit_is_saved_and_says_what_the_next_sync_does(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    opened = client.get(address(world, "profile-field", "phone") + "?edit", headers=HTMX).content.decode()
    assert ">(515) 555-0178</a></b>, and" in opened
    assert "will put it back" in opened
    saved = client.post(address(world, "profile-field", "phone"), {"value": "515 555 0187"}, headers=HTMX)
    page = saved.content.decode()
    assert saved.status_code == 200
    assert "(515) 555-0187" in page
    assert "Payroll has (515) 555-0178, and" in page
    assert 'class="field-row loose"' in page
    assert "You changed the phone" in page, "the history comes along"
    assert "Phone saved." in page
    assert AuditEntry.objects.filter(user=world.ines, verb="edited", actor=world.manager).count() == 2


def test_putting_payrolls_value_back_ends_the_difference(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    client.post(address(world, "profile-field", "phone"), {"value": "515 555 0187"}, headers=HTMX)
    page = client.post(address(world, "profile-field", "phone"), {"value": "515 555 0178"}, headers=HTMX)
    assert "loose" not in page.content.decode()


def test_while_the_sync_is_off_the_note_does_not_promise_tonight(world: World, client_of: ClientOf) -> None:
    Integration.objects.update(state="paused")
    client = client_of("manager")
    page = client.post(address(world, "profile-field", "phone"), {"value": "515 555 0187"}, headers=HTMX)
    assert "The sync is not running now" in page.content.decode()


def test_without_htmx_the_same_form_works(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    assert 'name="value"' in client.get(address(world) + "?edit=phone").content.decode()
    response = client.post(address(world, "profile-field", "phone"), {"value": "515 555 0187"})
    assert response["Location"] == f"{address(world)}#field-phone"
    refused = client.post(address(world, "profile-field", "phone"), {"value": "12"}, follow=True)
    assert "is not a complete phone number" in refused.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("phone", "12", "is not a complete phone number"),
        ("email", "not an address", "is not an email address"),
        ("first_name", " ", "The first name is missing"),
        ("zone", "", "cannot be removed"),
        ("duty", "0", "cannot be removed"),
    ],
)
def test_a_refusal_stands_beside_the_field(
    world: World, client_of: ClientOf, field: str, value: str, reason: str
) -> None:
    response = client_of("manager").post(
        address(world, "profile-field", field), {"value": value}, headers=HTMX
    )
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize(
    "field", ["status", "hire_date", "employee_number", "pay_rate", "password", "organization"]
)
def test_other_fields_are_not_edited_here(world: World, client_of: ClientOf, field: str) -> None:
    assert client_of("admin").post(address(world, "profile-field", field), {"value": "x"}).status_code == 404


def test_the_primary_duty_is_replaced_and_not_removed(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    lpn = made.duty(world.grove, "LPN")
    page = client.post(
        address(world, "profile-field", "duty"), {"value": lpn.pk}, headers=HTMX
    ).content.decode()
    assert "Payroll has RN, and" in page
    primary = world.ines.memberships.get().primary_duty_id
    refused = client.post(address(world, "profile-extra", "duty"), {"remove": primary}, headers=HTMX)
    assert refused.status_code == 422
    assert "cannot be removed" in refused.content.decode()


def test_extra_duties_and_zones_come_and_go(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    cna = made.duty(world.grove, "CNA")
    added = client.post(
        address(world, "profile-extra", "duty"), {"add": cna.pk}, headers=HTMX
    ).content.decode()
    assert 'Remove<span class="vh"> CNA</span>' in added
    assert "CNA added." in added
    removed = client.post(
        address(world, "profile-extra", "duty"), {"remove": cna.pk}, headers=HTMX
    ).content.decode()
    assert 'Remove<span class="vh"> CNA</span>' not in removed
    history = client.get(address(world, "profile-history")).content.decode()
    assert "Extra duty removed" in history


def test_notes_stay_here(world: World, client_of: ClientOf) -> None:
    page = (
        client_of("manager")
        .post(address(world, "profile-notes"), {"notes": "Days <b>only</b>"}, headers=HTMX)
        .content.decode()
    )
    assert "Days &lt;b&gt;only&lt;/b&gt;" in page


def test_blocking_ends_sign_in_and_needs_a_reason(world: World, client_of: ClientOf) -> None:
    client, hers = client_of("manager"), client_of("ines")
    assert hers.get("/account/").status_code == 200
    none = client.post(address(world, "profile-access"), {"do": "block", "reason": " "}, headers=HTMX)
    assert "The reason is missing" in none.content.decode()
    done = client.post(
        address(world, "profile-access"), {"do": "block", "reason": "Lost badge"}, headers=HTMX
    )
    assert "“Lost badge”" in done.content.decode()
    assert hers.get("/account/").status_code == 302
    assert "Access blocked" in client.get("/users/", {"q": "ines calloway"}).content.decode()
    again = client.post(address(world, "profile-access"), {"do": "unblock"}, headers=HTMX).content.decode()
    assert "may sign in again" in again
    mine = reverse("profile-access", args=[world.manager.pk, world.grove.pk])
    own = client.post(mine, {"do": "block", "reason": "x"}, headers=HTMX)
    assert "You cannot block your own access" in own.content.decode()


def test_a_sheet_is_shown_once(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    at = [world.both.pk, world.grove.pk]
    assert "Print a set-up sheet" in client.get(reverse("profile", args=at)).content.decode()
    answer = client.post(reverse("profile-link", args=at))
    page = answer.content.decode()
    assert world.both.username in page
    assert "QR code of the link" in page
    assert answer["Cache-Control"] == "no-store"
    assert "QR code" not in client.get(reverse("profile", args=at)).content.decode()


def test_an_admin_makes_a_manager_who_sees_pay(world: World, client_of: ClientOf) -> None:
    client_of("admin").post(address(world, "profile-role"), {"role": "manager", "pay": "on"})
    membership = world.ines.memberships.get()
    assert (membership.role, membership.may_see_pay) == ("manager", True)
    client_of("client_success").post(address(world, "profile-role"), {"role": "staff", "pay": "on"})
    membership.refresh_from_db()
    assert (membership.role, membership.may_see_pay) == ("staff", False)


def test_the_history_links_to_the_run_and_names_the_editor(world: World, client_of: ClientOf) -> None:
    page = client_of("manager").get(address(world)).content.decode()
    assert "Phone is payroll’s again" in page
    assert f'<a href="/runs/{world.run.pk}/">Run 412</a>' in page
    assert "You changed the phone" in page
    assert "Marisol Tate changed the phone" in client_of("admin").get(address(world)).content.decode()


def test_who_is_not_from_payroll_has_no_thread_and_no_promise(world: World, client_of: ClientOf) -> None:
    agency = made.person(world.grove, "Ada Gency", duty=made.duty(world.grove, "RN"))
    url = reverse("profile", args=[agency.pk, world.grove.pk])
    page = client_of("manager").get(url).content.decode()
    assert "Not from payroll" in page
    assert 'class="owned"' not in page
    edited = client_of("manager").get(f"{url}?edit=phone").content.decode()
    assert "No payroll sends this" in edited


def test_a_staged_end_is_told_with_its_date(world: World, client_of: ClientOf) -> None:
    world.ines.memberships.update(ends_on="2099-11-30")
    page = client_of("manager").get(address(world)).content.decode()
    assert "Active, leaves Nov 30, 2099" in page
    assert '<span class="badge ok">Leaves Nov 30, 2099</span>' in page


def test_a_leave_is_told_with_the_first_day_back(world: World, client_of: ClientOf) -> None:
    world.ines.memberships.update(status="fmla", leave_end="2099-11-30")
    page = client_of("manager").get(address(world)).content.decode()
    assert "FMLA, back Nov 30, 2099" in page
    assert '<span class="badge warn">Back Nov 30, 2099</span>' in page
    assert "Return date" in page
    world.ines.memberships.update(status="active")  # back, and payroll still gives the day
    assert "Return date" not in client_of("manager").get(address(world)).content.decode()


def test_an_address_from_which_letters_come_back_is_said_with_what_to_do(
    world: World, client_of: ClientOf
) -> None:
    """Its manager reads it on the profile and under Issues; another address ends it."""
    welcome = Message.objects.create(
        organization=world.organization,
        user=world.ines,
        kind="welcome",
        generation=7,
        state="accepted",
        address=world.ines.email,
        sending_at=now(),
        service_id="<7@service>",
    )
    User.objects.filter(pk=world.ines.pk).update(password="!")
    returned.note(welcome, "bounced", now(), error="Mailbox does not exist.")
    returned_letters.renew([world.ines.pk], now())
    client = client_of("manager")
    page = one_space(client.get(address(world)).content.decode())
    assert f"Letters to {world.ines.email} have come back since" in page
    assert "Until then print a set-up sheet." in page
    assert "Send the welcome email there all the same" in page
    account = one_space(client.get(address(world, "profile-account")).content.decode())
    assert "Came back" in account
    assert "It came back: this address takes no letters. Mailbox does not exist." in account
    issues = one_space(client.get("/issues/").content.decode())
    assert "Letters to an email address come back" in issues
    assert "hand over a printed sheet" in issues
    assert client_of("manager_elsewhere").get("/issues/").content.decode().count("come back") == 0
    client.post(address(world, "profile-field", "email"), {"value": "ines.new@maplehealth.example"})
    assert not Issue.objects.filter(code="email_returned", resolved_at=None).exists()
    assert "have come back" not in client.get(address(world)).content.decode()
