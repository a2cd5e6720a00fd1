"""Role × address × method × whose object: who may what, for every route of the URLconf.

A route that is not in the table fails, and so does one in it that is gone. What is asked for is the reader's own,
another location's, another organization's, or nobody's. Whoever may not have something is told that it does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from schedulepop.accounts.models import Grant, User
from schedulepop.directory.models import Location
from schedulepop.sync.models import Integration, Issue, Run
from tests import made, scale, standing
from tests.web.routes import parts_of_routes
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db

HERE = ("admin", "client_success")  # of Maple Health
ELSEWHERE = ("admin_elsewhere", "client_success_elsewhere")  # of Cedar Care
MANAGERS = ("manager", "manager_elsewhere")  # of Maple Grove; of Oak Hill
EVERYBODY = ("signed_out", "staff", *MANAGERS, *HERE, *ELSEWHERE, "lead")
ANYBODY, SIGNED_IN, LOOKS_AFTER, RUNS_SYNCS, ADMINISTERS, VENDORS, ADDERS, LEADS, NOBODY = (
    "anybody",
    "signed in",
    "looks after",
    "runs syncs",
    "administers",
    "client success",
    "looks after customers",
    "leads it",
    "nobody",
)
ROLES = {
    ANYBODY: EVERYBODY,
    SIGNED_IN: EVERYBODY[1:],
    LOOKS_AFTER: (*MANAGERS, *HERE, *ELSEWHERE),
    RUNS_SYNCS: (*HERE, *ELSEWHERE),
    ADMINISTERS: ("admin", "admin_elsewhere"),
    VENDORS: ("client_success", "client_success_elsewhere", "lead"),
    ADDERS: ("client_success", "client_success_elsewhere"),
    LEADS: ("lead",),
    NOBODY: (),
}
"""Who may open a page at all."""
OWN, OTHER_LOCATION, OTHER_ORGANIZATION, NO_SUCH = "own", "other location", "other organization", "no such"
OWNERS = {
    OWN: ("manager", *HERE),
    OTHER_LOCATION: ("manager_elsewhere", *HERE),
    OTHER_ORGANIZATION: ELSEWHERE,
    NO_SUCH: (),
}
"""Whose a person (or what belongs to a location) is."""


@dataclass(frozen=True)
class Rule:
    """What a route is open to."""

    methods: str
    roles: str
    form: tuple[str, ...] = ()  # fields of a POST that name the object, too
    absent: bool = False  # the world has no such object of one's own: even who may is told so
    of_organization: bool = field(
        default=False
    )  # not of a location: managers of the organization have it, too


G, P, GP = "GET", "POST", "GET POST"
TABLE = {
    # account
    "account": Rule(GP, SIGNED_IN),
    "account-confirm": Rule(P, SIGNED_IN),
    "account-digest": Rule(P, LOOKS_AFTER),
    "confirm-address": Rule(GP, ANYBODY),
    "demo-sign-in": Rule(P, NOBODY),
    "mail": Rule(G, NOBODY),
    "mail-html": Rule(G, NOBODY),
    "forgot-password": Rule(GP, ANYBODY),
    "second-step": Rule(GP, ANYBODY),
    "two-step": Rule(GP, SIGNED_IN),
    "set-up": Rule(GP, ANYBODY),
    "sheet-code": Rule(GP, ANYBODY),
    "sign-in": Rule(GP, ANYBODY),
    "sign-out": Rule(P, ANYBODY),
    # home and shell
    "home": Rule(G, SIGNED_IN),
    "activity": Rule(G, RUNS_SYNCS),
    "headcount": Rule(G, LOOKS_AFTER),
    "how-it-works": Rule(G, SIGNED_IN),
    "organization": Rule(GP, RUNS_SYNCS),
    "organization-mail": Rule(GP, RUNS_SYNCS),
    "organization-letters": Rule(G, RUNS_SYNCS),
    "organization-letter": Rule(G, RUNS_SYNCS),
    "duties-and-zones": Rule(G, RUNS_SYNCS),
    "duty-or-zone": Rule(GP, RUNS_SYNCS, absent=True),
    "parts-merge": Rule(GP, RUNS_SYNCS, absent=True),
    "parts-unmerge": Rule(P, RUNS_SYNCS, absent=True),
    "grants": Rule(G, RUNS_SYNCS),
    "grants-give": Rule(P, RUNS_SYNCS, absent=True),
    "grants-end": Rule(P, RUNS_SYNCS, absent=True),
    "locations": Rule(GP, RUNS_SYNCS),
    "location": Rule(GP, RUNS_SYNCS),
    "location-close": Rule(GP, RUNS_SYNCS),
    "place": Rule(P, SIGNED_IN, form=("place",)),
    "theme": Rule(P, ANYBODY),
    # cms
    "cms": Rule(G, RUNS_SYNCS),
    "cms-code": Rule(P, RUNS_SYNCS),
    "cms-employees": Rule(GP, RUNS_SYNCS, absent=True),
    "cms-facility": Rule(P, RUNS_SYNCS),
    "cms-ids": Rule(G, RUNS_SYNCS),
    "cms-ids-file": Rule(G, RUNS_SYNCS),
    # customers: of Client Success alone
    "customers": Rule(G, VENDORS),
    "customer": Rule(G, VENDORS),
    "customer-add": Rule(GP, ADDERS),
    "customer-assign": Rule(P, LEADS),
    "customers-hand-over": Rule(GP, LEADS),
    "operations": Rule(GP, LEADS),
    # integrations
    "integrations": Rule(G, RUNS_SYNCS),
    "integration-add-one": Rule(GP, RUNS_SYNCS),
    "integration-connection": Rule(GP, RUNS_SYNCS),
    "integration-start-from": Rule(GP, RUNS_SYNCS),
    "integration-test": Rule(GP, RUNS_SYNCS),
    "report-request": Rule(G, RUNS_SYNCS),
    "integration-add": Rule(G, RUNS_SYNCS),
    "integration": Rule(G, RUNS_SYNCS),
    "integration-activate": Rule(P, RUNS_SYNCS),
    "integration-changes": Rule(GP, RUNS_SYNCS),
    "integration-forget": Rule(P, RUNS_SYNCS),
    "integration-codes": Rule(GP, RUNS_SYNCS),
    "integration-columns": Rule(GP, RUNS_SYNCS),
    "integration-crosswalk": Rule(GP, RUNS_SYNCS),
    "integration-drop": Rule(GP, RUNS_SYNCS, absent=True),
    "integration-receive": Rule(P, RUNS_SYNCS),
    "integration-import": Rule(P, RUNS_SYNCS),
    "integration-limits": Rule(GP, RUNS_SYNCS),
    "integration-limit-nights": Rule(G, RUNS_SYNCS, absent=True),
    "integration-mapping": Rule(G, RUNS_SYNCS),
    "integration-pause": Rule(P, RUNS_SYNCS),
    "integration-received": Rule(G, RUNS_SYNCS),
    "integration-versions": Rule(GP, RUNS_SYNCS),
    "integration-retire": Rule(P, RUNS_SYNCS),
    "integration-preview": Rule(P, RUNS_SYNCS),
    "integration-reading": Rule(G, RUNS_SYNCS),
    "integration-settings": Rule(GP, RUNS_SYNCS),
    # payroll's own job: by a token, and by no session
    "mail-events": Rule("POST", ANYBODY),
    "drop": Rule("POST PUT", ANYBODY),
    "drop-folder": Rule("POST PUT", ANYBODY),
    "drop-file": Rule("POST PUT", ANYBODY),
    # issues
    "issues": Rule(G, LOOKS_AFTER),
    "issue-map": Rule(P, RUNS_SYNCS, absent=True),
    "issue-ask": Rule(P, LOOKS_AFTER, absent=True),
    "questions": Rule(G, LOOKS_AFTER),
    "question": Rule(GP, LOOKS_AFTER, absent=True),
    # runs
    "runs": Rule(G, RUNS_SYNCS),
    "runs-sync": Rule(P, RUNS_SYNCS, form=("integration",)),
    "run": Rule(G, LOOKS_AFTER, of_organization=True),
    "run-ask": Rule(P, LOOKS_AFTER, absent=True, of_organization=True),
    "decisions": Rule(G, LOOKS_AFTER),
    "deferral-end": Rule(P, RUNS_SYNCS, absent=True),
    "run-decide": Rule(GP, RUNS_SYNCS),
    "run-approve": Rule(GP, LOOKS_AFTER, of_organization=True),
    "run-discard": Rule(GP, LOOKS_AFTER, of_organization=True),
    "run-release": Rule(GP, LOOKS_AFTER, absent=True),
    "run-replay": Rule(GP, RUNS_SYNCS, of_organization=True),
    "run-undo": Rule(GP, LOOKS_AFTER, of_organization=True),
    "run-undo-person": Rule(GP, LOOKS_AFTER, absent=True),
    "run-person": Rule(G, LOOKS_AFTER, absent=True),
    "at-once": Rule(G, LOOKS_AFTER, of_organization=True),
    "sync-person": Rule(P, LOOKS_AFTER, absent=True),
    # users
    "users": Rule(G, LOOKS_AFTER),
    "user-add": Rule(GP, LOOKS_AFTER),
    "invite": Rule(G, LOOKS_AFTER),
    "invite-print": Rule(P, LOOKS_AFTER),
    "invite-send": Rule(P, LOOKS_AFTER),
    "invite-sent": Rule(G, LOOKS_AFTER),
    "overrides": Rule(G, RUNS_SYNCS),
    "override-set": Rule(GP, RUNS_SYNCS),
    "override-release": Rule(P, RUNS_SYNCS),
    "duplicates": Rule(G, RUNS_SYNCS),
    "duplicates-different": Rule(P, RUNS_SYNCS, absent=True),
    "merge": Rule(GP, RUNS_SYNCS),
    "unmerge": Rule(P, RUNS_SYNCS, absent=True),
    "person": Rule(G, LOOKS_AFTER),
    "person-add-here": Rule(P, LOOKS_AFTER, absent=True),
    "profile": Rule(G, LOOKS_AFTER),
    "profile-access": Rule(P, LOOKS_AFTER),
    "profile-account": Rule(G, LOOKS_AFTER),
    "profile-duties": Rule(G, LOOKS_AFTER),
    "profile-erase": Rule(GP, ADMINISTERS),
    "profile-export": Rule(P, ADMINISTERS),
    "profile-extra": Rule(P, LOOKS_AFTER),
    "profile-field": Rule(GP, LOOKS_AFTER),
    "profile-history": Rule(G, LOOKS_AFTER),
    "profile-link": Rule(P, LOOKS_AFTER),
    "profile-mail": Rule(P, LOOKS_AFTER, absent=True),
    "profile-notes": Rule(GP, LOOKS_AFTER),
    "profile-pay": Rule(G, LOOKS_AFTER, absent=True),
    "profile-review": Rule(P, LOOKS_AFTER),
    "profile-standing": Rule(P, LOOKS_AFTER),
    "profile-zones": Rule(G, LOOKS_AFTER),
    "profile-role": Rule(P, RUNS_SYNCS),
    "profile-second-factor": Rule(P, RUNS_SYNCS, absent=True),
    "whereis": Rule(G, LOOKS_AFTER),
}
PK = {
    "duty-or-zone": "duty_id",
    "grants-end": "grant",
    "issue-ask": "issue",
    "issue-map": "issue",
    "parts-merge": "duty_id",
    "unmerge": "user_id",
}
"""What `pk` is, where it is no run."""
FIXED = {
    "quarter": "2026Q1",
    "form": "csv",
    "kind": "duty",
    "token": "abc",
    "name": "phone",
    "key": "upload",
    "letter": "welcome",
    "theme": "light",
}
OBJECTS = (
    "organization",
    "integration",
    "pk",
    "source_id",
    "user_id",
    "duty_id",
    "location_id",
    "one_id",
    "kept_id",
)
NOBODYS = {"organization": "nowhere", "slug": "payroll", "source_id": "S0", "place": "0/0"}


@dataclass
class Estate:
    """Two customers, their people and what is theirs."""

    world: World
    users: dict[str, User]
    objects: dict[str, dict[str, str]]


@standing.made_once
def estate() -> Estate:
    """Maple Health with two locations, Cedar Care with one, and one reader of every role."""
    world = maple(people=6)
    cedar = made.organization("Cedar Care", timezone="America/Chicago")
    point = made.location(cedar, "Cedar Point", "CP")
    theirs = Integration.objects.create(
        organization=cedar, name="Payroll export", slug="payroll", connector="file"
    )
    run = Run.objects.create(
        organization=cedar,
        integration=theirs,
        number=1,
        trigger="manual",
        state="applied",
        requested_by="x",
        local_date=world.run.local_date,
    )
    issue = Issue.objects.filter(organization=world.organization)[0]
    issue.pk, issue.organization, issue.integration = None, cedar, theirs
    issue.location_id = None
    issue.save()
    duty = made.duty(point, "RN")
    pair = [made.person(point, name, duty=duty) for name in ("Paul Stranger", "Paula Stranger")]
    users = {role: world.person(role) for role in (*HERE, *MANAGERS, "staff")}
    users |= {
        "admin_elsewhere": made.admin(cedar, "Una Cedar"),
        "client_success_elsewhere": made.client_success(cedar, "Carl Cedar"),
        "lead": made.lead(),
    }
    agnes = User.objects.get(last_name="Hillman")
    objects = {
        OWN: _of(world.integration, world.run, world.grove, [world.ines, world.staff]),
        OTHER_LOCATION: _of(world.integration, world.run, world.hill, [agnes, world.both]),
        OTHER_ORGANIZATION: _of(theirs, run, point, pair),
    }
    return Estate(world, users, objects)


def _of(integration: Integration, run: Run, place: Location, people: list[User]) -> dict[str, str]:
    org = integration.organization
    first, second = (str(one.pk) for one in people)
    return {
        "organization": org.slug,
        "slug": integration.slug,
        "integration": str(integration.pk),
        "pk": str(run.pk),
        "issue": str(Issue.objects.filter(organization=org)[0].pk),
        "grant": str(Grant.objects.filter(organization=org).order_by("pk")[0].pk),
        "source_id": f"S{first}",
        "user_id": first,
        "location_id": str(place.pk),
        "duty_id": str(place.duties.all()[0].pk),
        "one_id": first,
        "other_id": second,
        "kept_id": first,
        "merged_id": second,
        "place": f"{org.pk}/{place.pk}",
    }


def test_every_route_is_in_the_table() -> None:
    assert set(TABLE) == set(parts_of_routes())


@pytest.mark.parametrize("role", EVERYBODY)
def test_who_may_what(estate: Estate, role: str) -> None:
    client = Client(raise_request_exception=False)
    if role != "signed_out":
        client.force_login(estate.users[role])
    kept, wrong = client.cookies.output(header=""), []
    for name, rule in TABLE.items():
        parts = parts_of_routes()[name]
        names_objects = bool({*parts, *rule.form} & {*OBJECTS, "place"})
        for whose in asked_of(role) if names_objects else ("",):
            known = estate.objects.get(whose, {}) | FIXED
            known |= {"pk": known[PK[name]]} if name in PK and PK[name] in known else {}
            url = reverse(name, kwargs={one: known.get(one, NOBODYS.get(one, "987654321")) for one in parts})
            form = {one: known.get(one, NOBODYS.get(one, "987654321")) for one in rule.form}
            for method in ("GET", "POST", "PUT", "DELETE") if whose in (OWN, "") else rule.methods.split():
                client.cookies = SimpleCookie(kept)
                with transaction.atomic():
                    answer = (
                        client.generic(method, url)
                        if method not in (G, P)
                        else getattr(client, method.lower())(url, form)
                    )
                    transaction.set_rollback(True)
                seen, expected = seen_as(answer), expected_of(name, role, method, whose)
                if seen not in expected:
                    wrong.append(
                        f"{method} {name} ({whose or 'no object'}): {answer.status_code}, not {expected}"
                    )
    assert not wrong, "\n".join(wrong)


def asked_of(role: str) -> tuple[str, ...]:
    """Whose objects a role asks for. Of their own organization all do alike: who is of the other one asks for Maple
    Health's, of which nothing is theirs, and under `make test-all` for the rest.
    """
    everything = (OWN, OTHER_LOCATION, OTHER_ORGANIZATION, NO_SUCH)
    return (OWN, OTHER_LOCATION) if role in ELSEWHERE and not scale.ALL else everything


def seen_as(answer: object) -> str:
    """The class of an answer."""
    status, to = answer.status_code, answer.headers.get("Location", "")  # type: ignore[attr-defined]
    if status in (301, 302) and to.startswith("/sign-in/?"):
        return "sign in"
    return {404: "not there", 405: "closed", 403: "not yours"}.get(
        status, "there" if status < 500 else "broken"
    )


def expected_of(name: str, role: str, method: str, whose: str) -> set[str]:
    """The classes of answers that are right."""
    rule = TABLE[name]
    if method not in rule.methods.split():
        return {"closed"} | ({"sign in"} if role == "signed_out" else {"not there"})
    if role not in ROLES[rule.roles]:
        return {"sign in"} if role == "signed_out" and rule.roles != NOBODY else {"not there"}
    if not whose:
        return {"there"}
    if role == "lead" and rule.roles in (VENDORS, LEADS):  # of all customers, not of their people
        return {"not there"} if whose == NO_SUCH else {"there"}
    owners = OWNERS[whose]
    if rule.roles == RUNS_SYNCS or rule.of_organization:
        here = {OWN, OTHER_LOCATION}
        owners = (*HERE, *MANAGERS) if whose in here else owners
    if rule.absent and whose in (OWN, OTHER_LOCATION) and role not in ELSEWHERE:
        return {"there", "not yours", "not there"}  # nothing is there to be anybody's
    if role not in owners:
        return {"not there"}
    return {"there", "not yours", "not there"} if rule.absent else {"there", "not yours"}
