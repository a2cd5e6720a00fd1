"""The page "Where is my new hire?": the sentence, the button, and what a manager may not learn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from schedulepop.sync.run import runs
from tests import made
from tests.saying import because
from tests.web import nights
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]


def page(client: Client, q: str, **more: object) -> str:
    response = client.get("/where/", {"q": q}, **more)
    assert response.status_code == 200
    return str(response.content.decode())


def test_before_anything_is_asked(world: World, client_of: ClientOf) -> None:
    said = page(client_of("manager"), "")
    assert "Whom are you missing?" in said
    assert 'aria-label="Name, email, phone, payroll ID or employee number"' in said


def test_somebody_on_the_list(world: World, client_of: ClientOf) -> None:
    said = page(client_of("manager"), "caloway ines")
    assert "Ines Calloway is on the list of Maple Grove." in said
    assert reverse("profile", args=[world.ines.pk, world.grove.pk]) in said


def test_a_fragment_is_only_the_answer(world: World, client_of: ClientOf) -> None:
    said = page(client_of("manager"), "ines", headers={"HX-Request": "true"})
    assert "<html" not in said
    assert "Ines Calloway is on the list" in said


def test_a_manager_learns_of_others_only_that_they_exist(world: World, client_of: ClientOf) -> None:
    said = page(client_of("manager"), "Agnes Hillman")
    assert "Somebody of that name already exists at another location of Maple Health." in said
    assert "Ask Dana Whitfield" in said
    for secret in (
        "Oak Hill",
        "009001",
        "agnes@elsewhere",
        f"/users/{world.hill.memberships.first().user_id}/",
    ):
        assert secret not in said
    assert "Agnes Hillman" not in said.replace('value="Agnes Hillman"', "").replace(
        "<title>Agnes Hillman", ""
    )


def test_a_manager_of_both_adds_the_person_here(world: World, client_of: ClientOf) -> None:
    client = client_of("manager_of_both")
    client.post("/place/", {"place": f"{world.organization.pk}/{world.grove.pk}"})
    said = page(client, "hillman")
    assert "Agnes Hillman is on the list of Oak Hill, not of Maple Grove." in said
    assert "Add to Maple Grove" in said
    agnes = world.hill.memberships.get(user__last_name="Hillman").user
    done = client.post(reverse("person-add-here", args=[agnes.pk]), {"location": world.grove.pk}, follow=True)
    assert "Agnes Hillman is on the list of Maple Grove now, with the same account." in done.content.decode()
    assert agnes.memberships.count() == 2
    again = client.post(
        reverse("person-add-here", args=[agnes.pk]), {"location": world.grove.pk}, follow=True
    )
    assert "is on the list of Maple Grove already" in again.content.decode()


@pytest.mark.parametrize("role", ["manager", "manager_elsewhere", "staff"])
def test_who_does_not_look_after_both_finds_nobody_to_add(
    world: World, client_of: ClientOf, role: str
) -> None:
    for person, place in (
        (world.ines, world.hill),
        (world.hill.memberships.get(user__last_name="Hillman").user, world.grove),
    ):
        url = reverse("person-add-here", args=[person.pk])
        assert client_of(role).post(url, {"location": place.pk}).status_code == 404


def test_staff_and_strangers_ask_nothing(world: World, client_of: ClientOf, client: Client) -> None:
    assert client_of("staff").get("/where/?q=ines").status_code == 404
    assert client.get("/where/?q=ines")["Location"].startswith("/sign-in/")


def test_a_morning_after_a_bad_night(db: None, client: Client) -> None:
    world = maple(synced=False)
    run = nights.bad_night(world)
    client.force_login(world.admin)
    broken = next(one for one in run_records(run) if one["bucket"] == "rejected")
    said = page(client, broken["name"])
    assert "which cannot be used: in the column “Emp #”" in said
    assert "/issues/?code=id_scientific" in said
    client.force_login(world.manager)
    manager = page(client, broken["name"])
    assert "Copy a message to payroll" in manager
    noor = page(client, "Noor Sandoval")
    assert "Read from payroll" in noor


def run_records(run: object) -> list[dict[str, str]]:
    from schedulepop.sync.run import runs

    plan = runs.stored_plan(run)  # type: ignore[arg-type]
    assert plan is not None
    return plan.records.to_dicts()


def test_the_list_sends_whoever_finds_nobody_here(world: World, client_of: ClientOf) -> None:
    said = client_of("manager").get("/users/?q=zoe").content.decode()
    assert '/where/?q=zoe">' in said


def test_add_user_is_for_hr(world: World, client_of: ClientOf) -> None:
    assert (
        "New people come from payroll by themselves"
        in client_of("manager").get("/users/add/").content.decode()
    )
    assert client_of("manager").post("/users/add/", {"first_name": "Zoe"}).status_code == 200
    assert client_of("staff").get("/users/add/").status_code == 404
    assert not world.organization.users.filter(first_name="Zoe").exists()


ZOE = {
    "first_name": "Zoe",
    "last_name": "Ng",
    "email": "zoe@agency.example",
    "reason": "agency nurse",
    "duty": "rn",
}


def test_hr_adds_somebody_who_is_not_in_payroll(world: World, client_of: ClientOf) -> None:
    client = client_of("admin")
    done = client.post("/users/add/", {**ZOE, "location": world.grove.pk}, follow=True)
    said = done.content.decode()
    assert "Zoe Ng is on the list of Maple Grove. A welcome email is on its way." in said
    zoe = world.organization.users.get(last_name="Ng")
    assert (zoe.local, str(zoe.memberships.get().primary_duty)) == (True, "RN")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reason": ""}, "Say why this person is not in payroll"),
        ({"location": ""}, "Choose the location."),
        ({"email": "nonsense"}, "is not an email address"),
        ({"first_name": "Ines", "last_name": "Calloway"}, "Ines Calloway is on the list of Maple Grove."),
    ],
)
def test_what_is_refused_keeps_what_was_typed(
    world: World, client_of: ClientOf, change: dict[str, str], says: str
) -> None:
    response = client_of("admin").post("/users/add/", {**ZOE, "location": world.grove.pk, **change})
    said = response.content.decode()
    assert response.status_code == 422
    assert says in said
    assert 'value="rn"' in said


def test_a_different_person_of_the_same_name(world: World, client_of: ClientOf) -> None:
    given = {**ZOE, "first_name": "Ines", "last_name": "Calloway", "location": world.grove.pk}
    client_of("client_success").post("/users/add/", {**given, "different_person": "yes"})
    assert world.organization.users.filter(first_name="Ines", last_name="Calloway").count() == 2


def test_a_location_of_another_organization_is_none(world: World, client_of: ClientOf) -> None:
    other = made.location(made.organization("Cedar Care"), "Cedar Point")
    response = client_of("admin").post("/users/add/", {**ZOE, "location": other.pk})
    assert response.status_code == 422


def test_a_code_is_mapped_on_the_issues_page(db: None, client: Client) -> None:
    world = maple(synced=False)
    nights.bad_night(world)
    issue = world.integration.issues.get(code="unmapped_zone", resolved_at=None)
    client.force_login(world.admin)
    said = client.get("/issues/").content.decode()
    assert "Payroll’s “MC-2” means" in said
    refused = client.post(reverse("issue-map", args=[issue.pk]), follow=True)
    assert "Choose what the code means" in refused.content.decode()
    done = client.post(reverse("issue-map", args=[issue.pk]), {"create": "Memory Care 2"}, follow=True)
    assert "MC-2 is Memory Care 2 now." in done.content.decode()
    runs.drive(world.integration.runs.at_once().get().pk)
    assert "is as payroll has them now" in client.get(done.request["PATH_INFO"]).content.decode()
    assert "MC-2" not in client.get("/issues/").content.decode()
    assert client.post(reverse("issue-map", args=[issue.pk]), {"create": "X"}).status_code == 404


def test_managers_map_nothing_and_read_nothing_of_other_locations_people(
    world: World, client_of: ClientOf
) -> None:
    issue = world.integration.issues.get(code="unmapped_zone")
    said = client_of("manager").get("/issues/").content.decode()
    assert "map-form" not in said
    assert (
        client_of("manager").post(reverse("issue-map", args=[issue.pk]), {"create": "X"}).status_code == 404
    )
    world.integration.issues.create(
        organization=world.organization,
        location=world.grove,
        code="found_elsewhere",
        key="S9",
        rows=[{"name": "Noor Castellane", "row": 9}],
        reasons=because(
            "found_elsewhere",
            name="Noor Castellane",
            source_id="S9",
            some=["Noor Castellane (Oak Hill)"],
            more=0,
        ),
    )
    assert "Oak Hill" not in client_of("manager").get("/issues/").content.decode()
    assert (
        "Noor Castellane: a new hire already works" in client_of("manager").get("/issues/").content.decode()
    )
    assert "(Oak Hill)" in client_of("admin").get("/issues/").content.decode()
    start = client_of("manager").get("/").content.decode()
    assert "Noor Castellane: a new hire already works" in start
    assert "(Oak Hill)" not in start


def test_issues_are_grouped_by_who_can_fix_them(world: World, client_of: ClientOf) -> None:
    said = client_of("manager").get("/issues/").content.decode()
    assert said.index("Yours to fix") < said.index("needs_contact-h") < said.index("For Client Success")
    cs = client_of("client_success").get("/issues/").content.decode()
    assert cs.index("Yours to fix") < cs.index("unmapped_zone-h") < cs.index("For a manager of the location")
