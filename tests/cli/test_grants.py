"""`schedulepop users grant | revoke`, and one account for one Client Success person."""

from __future__ import annotations

from schedulepop.accounts.models import AuditEntry, Grant, User
from tests import made

AGAIN = ("--first-name", "Jonah", "--last-name", "Pell", "--role", "client_success")


def test_a_second_account_is_refused_with_the_grant_that_does_it(cli) -> None:
    maple, cedar = made.organization(), made.organization("Cedar Care")
    jonah = made.client_success(maple, "Jonah Pell", email="jonah@schedulepop.example")
    refused = cli("users", "add", "schedulepop", *AGAIN, "--works-for", cedar.slug)
    said = " ".join(refused.stderr.split())
    assert refused.exit_code == 1
    assert f"users grant cedar-care {jonah.username} --role client_success" in said
    assert User.objects.filter(last_name="Pell").count() == 1
    other_name = cli(
        *("users", "add", "schedulepop", "--first-name", "J.", "--last-name", "P."),
        *("--email", "Jonah@schedulepop.example", "--role", "client_success", "--works-for", cedar.slug),
    )
    assert other_name.exit_code == 1
    assert cli("users", "grant", cedar.slug, jonah.username, "--role", "client_success").exit_code == 0
    granted = jonah.grants.filter(ended_at=None).values_list("organization__slug", flat=True)
    assert set(granted) == {"maple-health", "cedar-care"}
    assert AuditEntry.objects.filter(verb="granted", organization=cedar, user=jonah).count() == 1


def test_a_right_is_taken_back_once(cli) -> None:
    maple = made.organization()
    jonah = made.client_success(maple, "Jonah Pell")
    done = cli("users", "revoke", maple.slug, jonah.username, "--role", "client_success")
    assert done.exit_code == 0
    assert not Grant.objects.filter(user=jonah, ended_at=None).exists()
    assert AuditEntry.objects.filter(verb="ended_grant", user=jonah).count() == 1
    assert cli("users", "revoke", maple.slug, jonah.username, "--role", "client_success").exit_code == 1


def test_a_manager_grants_and_takes_nothing(cli) -> None:
    maple = made.organization()
    place = made.location(maple)
    manager, staff, admin = made.manager(place), made.person(place, "Cora Lund"), made.admin(maple)
    for verb, whom in (("grant", staff), ("revoke", admin)):
        refused = cli("users", verb, maple.slug, whom.username, "--role", "admin", "--by", manager.username)
        assert refused.exit_code == 1
    assert list(Grant.objects.filter(ended_at=None).values_list("user", flat=True)) == [admin.pk]


def test_only_the_operator_makes_a_lead_who_then_assigns_and_hands_over(cli) -> None:
    maple, cedar = made.organization(), made.organization("Cedar Care")
    jonah, carl = made.client_success(maple, "Jonah Pell"), made.client_success(cedar, "Carl Cedar")
    role = ("--role", "client_success_lead")
    assert cli("users", "grant", "schedulepop", carl.username, *role, "--by", jonah.username).exit_code == 1
    assert cli("users", "grant", "maple-health", carl.username, *role).exit_code == 1
    lena = made.user(jonah.organization, "Lena Ostrow")
    assert cli("users", "grant", "schedulepop", lena.username, *role).exit_code == 0
    by = ("--by", lena.username)
    assert "Maple Health" in cli("org", "list", "--json", *by).stdout
    for verb in (("assign", cedar.slug, jonah.username), ("hand-over", jonah.username, carl.username)):
        assert cli("org", *verb, "--by", carl.username).exit_code == 1
    assert cli("org", "assign", cedar.slug, jonah.username, *by).exit_code == 0
    done = cli("org", "hand-over", jonah.username, carl.username, *by)
    assert "took over from Jonah Pell: Cedar Care, Maple Health." in done.stdout
    held = Grant.objects.filter(role="client_success", ended_at=None)
    assert set(held.values_list("user", "organization")) == {(carl.pk, maple.pk), (carl.pk, cedar.pk)}
    assert cli("users", "list", maple.slug, *by).exit_code == 1, "a lead reads no people"


def test_a_customer_with_its_locations_and_first_admin(cli) -> None:
    made_so = ("Birch Care", "--timezone", "America/Denver", "--admin-last-name", "Birch")
    wrong = cli("org", "add", *made_so, "--admin-email", "una@", "--location", "Birch House=101")
    assert wrong.exit_code == 1
    assert not User.objects.exists()
    done = cli(
        "org", "add", *made_so, "--admin-email", "una@birch.example", "--location", "Birch House=101,BH"
    )
    assert "A welcome email is on its way to una@birch.example." in done.stdout
    una = User.objects.get()
    assert una.grants.get().role == Grant.ADMIN
    (place,) = una.organization.locations.all()
    assert sorted(place.codes.values_list("code", flat=True)) == ["101", "bh"]
