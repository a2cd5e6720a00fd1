"""`users link`, `users second-factor reset`, `org set --two-step`: the same rules as on the pages."""

from __future__ import annotations

import pytest

from schedulepop.accounts.models import AuditEntry, Organization, SecondFactor, User
from tests import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def org(db: None) -> Organization:
    return made.organization("Maple Health")


def named(user: User, username: str) -> User:
    User.objects.filter(pk=user.pk).update(username=username)
    return User.objects.get(pk=user.pk)


def test_the_last_admin_by_two_people_or_by_the_machine(cli, org: Organization) -> None:
    named(made.admin(org, "Henry Okafor", password=made.PASSWORD), "henry")
    for username in ("dana", "eli"):
        named(made.client_success(org, f"{username.title()} Vendor"), username)
    words = ("users", "link", "maple-health", "henry")
    first = cli(*words, "--by", "dana")
    assert (first.exit_code, "takes two people" in first.stderr) == (1, True)
    second = cli(*words, "--by", "eli")
    assert (second.exit_code, "/set-up/" in second.stdout) == (0, True)
    alone = cli(*words)
    assert (alone.exit_code, "/set-up/" in alone.stdout) == (0, True)
    said = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert said == ["vouched_for", "printed_sheet", "printed_sheet"]


def test_a_second_factor_is_reset_by_rank(cli, org: Organization) -> None:
    place = made.location(org)
    boss = named(made.manager(place, "Paula Pay", membership_more={"may_see_pay": True}), "paula")
    SecondFactor.objects.create(user=boss, secret="sealed")
    named(made.client_success(org), "dana")
    named(made.manager(place, "Margo Lindqvist"), "margo")
    words = ("users", "second-factor", "reset", "maple-health", "paula")
    for username, reason in (("margo", "Only an admin"), ("dana", "may see pay, and you may not")):
        refused = cli(*words, "--by", username)
        assert (refused.exit_code, reason in refused.stderr) == (1, True), refused.output
    assert SecondFactor.objects.filter(user=boss).exists()
    done = cli(*words)
    assert done.stdout == "Paula Pay signs in with the password alone until they set it up again.\n"
    assert not SecondFactor.objects.exists()
    again = cli(*words)
    assert (again.exit_code, "without a second step" in again.stderr) == (1, True)


def test_vendor_staff_are_found_by_their_customer(cli, org: Organization) -> None:
    dana = named(made.client_success(org), "dana")
    SecondFactor.objects.create(user=dana, secret="sealed")
    assert cli("users", "second-factor", "reset", "maple-health", "dana").exit_code == 0
    missing = cli("users", "link", "maple-health", "nobody")
    assert (missing.exit_code, missing.stderr) == (1, "Maple Health has no user 'nobody'.\n")


def test_the_switch(cli, org: Organization) -> None:
    named(made.client_success(org), "dana")
    refused = cli("org", "set", "maple-health", "--two-step", "--by", "dana")
    assert (refused.exit_code, "Only an admin of Maple Health" in refused.stderr) == (1, True)
    assert "requires_second_factor: True" in cli("org", "set", "maple-health", "--two-step").stdout
    assert Organization.objects.get(pk=org.pk).requires_second_factor
