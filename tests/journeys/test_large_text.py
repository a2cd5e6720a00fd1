"""Every page with the text at 200 %, on a phone and a desk, and at 400 % zoom: nothing sideways, nothing cut.

WCAG 1.4.4 and 1.4.10.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import now
from playwright.sync_api import Page

from schedulepop import jobs
from schedulepop.accounts import invitations
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Invitation, User
from schedulepop.directory.models import Membership, Zone
from schedulepop.sync.integrations import drop_addresses, dropped_files, lifecycle
from schedulepop.sync.run import at_once_requests, runs
from schedulepop.web.urls import urlpatterns
from tests import made
from tests.web import nights
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db(transaction=True)
BASE = ("maple-health", "payroll")
VIEWS = (
    ("text at 200 % on a phone", 360, 200),
    ("text at 200 % on a desk", 1280, 200),
    ("400 % zoom", 320, 100),
)
TABS = ("duties", "zones", "pay", "account")
NO_PAGES = {
    "account-confirm",
    "account-digest",
    "cms-code",
    "cms-facility",
    "cms-ids-file",
    "customer-assign",
    "demo-sign-in",
    "drop",
    "mail-events",
    "drop-file",
    "drop-folder",
    "duplicates-different",
    "integration-activate",
    "invite-print",
    "invite-send",
    "invite-sent",
    "integration-forget",
    "integration-import",
    "integration-mapping",
    "integration-pause",
    "integration-retire",
    "integration-preview",
    "integration-receive",
    "deferral-end",
    "grants-end",
    "grants-give",
    "integration-limit-nights",
    "issue-ask",
    "issue-map",
    "mail-html",
    "place",
    "profile-access",
    "profile-export",
    "profile-extra",
    "profile-field",
    "profile-link",
    "profile-mail",
    "profile-notes",
    "override-release",
    "parts-unmerge",
    "profile-review",
    "profile-role",
    "profile-second-factor",
    "profile-standing",
    "run-ask",
    "runs-sync",
    "second-step",
    "sign-out",
    "sync-person",
    "theme",
    "person",
    "person-add-here",
    "unmerge",
}
"""Posts, parts of a page, files, and addresses that lead on."""

LOOK = """() => {
  const seen = document.documentElement.clientWidth, told = [];
  for (const folded of document.querySelectorAll("details:not([open])")) folded.open = true;
  if (document.documentElement.scrollWidth > seen)
    told.push(`the page is ${document.documentElement.scrollWidth - seen} px too wide`);
  const within = (one, is) => {
    for (let box = one; box; box = box.parentElement) if (is(getComputedStyle(box))) return true;
    return false;
  };
  const apart = (one) => one.closest(".vh, svg, select, input, textarea")
    || within(one, (style) => style.clipPath !== "none")
    || within(one.parentElement, (style) => ["auto", "scroll"].includes(style.overflowX));
  for (const one of document.querySelectorAll("main *, .shell-side *")) {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (!one.checkVisibility({visibilityProperty: true}) || !box.width || apart(one)) continue;
    const words = one.textContent.trim().slice(0, 40);
    const name = `${one.tagName.toLowerCase()}.${[...one.classList].join(".")} “${words}”`;
    if (box.right > seen + 1 || box.left < -1) told.push(`${name} stands out at ${Math.round(box.right)}`);
    else if (["hidden", "clip"].includes(style.overflowX) && style.textOverflow !== "ellipsis"
      && one.scrollWidth > one.clientWidth + 1)
      told.push(`${name} is cut by ${one.scrollWidth - one.clientWidth} px`);
  }
  return told.slice(0, 6);
}"""
"""What is wider than the screen, or cut by its own box; what may be scrolled and what ends in an ellipsis is not."""


@pytest.fixture
def world(site: str) -> World:
    """The morning after a bad night, with somebody who may be two."""
    found = maple(synced=False)
    nights.bad_night(found)
    records = nights.bad_records()
    nights.night(found, [*records, records[1] | {"Emp #": "009500", "Facility": "OH", "Dept": "North Hall"}])
    return found


@pytest.fixture
def addresses(world: World, settings: Any, mailbox: Any) -> list[tuple[str | User | None, str, str]]:
    """(who, name, address) of every page."""
    made.demo(settings)
    held = world.integration.runs.latest("pk")
    applied = world.integration.runs.get(number=1)
    member = Membership.objects.filter(location=world.grove, user__links__isnull=False).order_by("pk")[0]
    one, other = (
        row.user_id
        for row in Membership.objects.filter(location=world.hill, payroll_owned=True).order_by("pk")[:2]
    )
    zone, other_zone = Zone.objects.filter(location=world.grove).order_by("pk")[:2]
    alone = applied.changes.order_by("pk")[0].source_id
    lead = made.lead()
    here = member.user.links.get().source_id
    at_once = at_once_requests.request(world.integration, [here], actor=Actor.operator("test"))
    assert at_once is not None
    runs.drive(at_once.pk)
    link = invitations.create(world.staff, Invitation.SET_UP, held.requested_at)
    pages: list[tuple[str | User | None, str, tuple[Any, ...], str]] = [
        (None, "sign-in", (), ""),
        (None, "forgot-password", (), ""),
        (None, "set-up", (link,), ""),
        (None, "set-up", ("over",), ""),
        (None, "sheet-code", (), ""),
        (None, "confirm-address", ("over",), ""),
        (None, "mail", (), ""),
        ("staff", "account", (), ""),
        ("manager", "home", (), ""),
        ("manager", "users", (), ""),
        ("manager", "users", (), "?q=zzz"),
        ("manager", "invite", (), ""),
        ("manager", "profile", (member.user_id, world.grove.pk), ""),
        ("manager", "profile", (member.user_id, world.grove.pk), "?edit=phone"),
        ("manager", "profile", (world.both.pk, world.grove.pk), ""),
        *(("admin", f"profile-{tab}", (member.user_id, world.grove.pk), "") for tab in TABS),
        ("admin", "profile-erase", (member.user_id, world.grove.pk), ""),
        ("manager", "profile-history", (world.both.pk, world.grove.pk), "?on=2026-01-05"),
        ("manager", "whereis", (), ""),
        ("manager", "how-it-works", (), ""),
        ("staff", "how-it-works", (), ""),
        ("manager", "whereis", (), "?q=Noor Sandoval"),
        ("manager", "issues", (), ""),
        ("manager", "user-add", (), ""),
        ("manager", "run", (held.pk,), ""),
        ("manager", "at-once", (at_once.pk,), ""),
        ("admin", "home", (), ""),
        ("admin", "activity", (), "?door=all"),
        ("admin", "users", (), ""),
        ("admin", "headcount", (), ""),
        ("admin", "organization", (), ""),
        ("admin", "organization-mail", (), ""),
        ("admin", "organization-letters", (), ""),
        ("admin", "organization-letters", (), "?letter=digest&as=text"),
        ("admin", "organization-letter", ("digest", "dark"), ""),
        ("admin", "grants", (), "?q=a"),
        ("admin", "locations", (), ""),
        ("admin", "location", (world.hill.pk,), ""),
        ("admin", "location-close", (world.hill.pk,), ""),
        ("admin", "duties-and-zones", (), ""),
        ("admin", "duty-or-zone", ("zone", zone.pk), ""),
        ("admin", "parts-merge", ("zone", zone.pk), f"?into={other_zone.pk}"),
        ("admin", "headcount", (), "?show=set-up"),
        ("admin", "account", (), ""),
        ("admin", "issues", (), ""),
        ("admin", "questions", (), ""),
        ("admin", "question", (world.integration.pk, "009500"), ""),
        ("admin", "overrides", (), ""),
        ("admin", "override-set", (member.user_id, world.grove.pk), ""),
        ("admin", "duplicates", (), ""),
        ("admin", "merge", (one, other), ""),
        ("admin", "cms", (), ""),
        ("admin", "cms-ids", ("2026Q1",), ""),
        ("admin", "cms-employees", (world.grove.pk, "2026Q1"), ""),
        ("admin", "runs", (), ""),
        ("admin", "run", (held.pk,), ""),
        ("admin", "run", (applied.pk,), ""),
        ("admin", "run-approve", (held.pk,), ""),
        ("admin", "run-decide", (held.pk,), ""),
        ("admin", "decisions", (), ""),
        ("admin", "run-discard", (held.pk,), ""),
        ("admin", "run-replay", (applied.pk,), ""),
        ("admin", "run-undo", (applied.pk,), ""),
        ("admin", "run-undo-person", (applied.pk, alone), ""),
        ("admin", "run-person", (held.pk, "009000"), ""),
        ("admin", "run-release", (held.pk, "009000"), ""),
        ("client_success", "customers", (), ""),
        ("client_success", "customer", ("maple-health",), ""),
        ("client_success", "customer-add", (), ""),
        (lead, "customers-hand-over", (), ""),
        (lead, "operations", (), ""),
        (lead, "customers-hand-over", (), f"?from={world.client_success.pk}"),
        ("client_success", "integrations", (), ""),
        ("client_success", "integration-add", (), ""),
        *(
            ("client_success", f"integration{part}", BASE, "")
            for part in (
                "",
                "-columns",
                "-codes",
                "-crosswalk",
                "-limits",
                "-received",
                "-settings",
                "-versions",
            )
        ),
        ("client_success", "integration-changes", BASE, ""),
        ("client_success", "integration-add-one", ("adp_wfn",), ""),
        ("client_success", "integration-add-one", ("upload",), ""),
        ("client_success", "report-request", ("adp_wfn",), ""),
        ("client_success", "integration-connection", BASE, ""),
        ("client_success", "integration-test", BASE, ""),
        ("client_success", "integration-start-from", BASE, ""),
        ("client_success", "integration-drop", _dropped(world), ""),
        ("client_success", "integration-reading", _reading(world), ""),
        ("admin", "two-step", (), ""),
    ]
    return [(who, name, reverse(name, args=args) + query) for who, name, args, query in pages]


def _dropped(world: World) -> tuple[str, str]:
    """An integration with a drop address, to which a file for each of two facilities came."""
    actor = Actor.operator("test")
    one = lifecycle.add(
        world.organization, "Dropped", connector="drop", config={"each_facility": True}, actor=actor
    )
    drop_addresses.make(one, actor=actor)
    for name in ("grove_20261129.csv", "hill_20261129.csv"):
        dropped_files.receive(one, f"Emp #,Name\n1,{name}\n2,Ines Calloway\n".encode(), name=name, at=now())
    return one.organization.slug, one.slug


def _reading(world: World) -> tuple[str, str]:
    """An integration whose people are being read."""
    actor = Actor.operator("test")
    one = lifecycle.add(
        world.organization,
        "Bamboo",
        connector="bamboohr",
        config={"company": "maplehealth"},
        actor=actor,
    )
    jobs.request_reading(one, actor=actor)
    return one.organization.slug, one.slug


def _draft(page: Page) -> None:
    """A change of the mapping that is not saved yet."""
    page.goto(reverse("integration-codes", args=BASE))
    page.get_by_label("Status for A").select_option("terminated")
    page.click("text=See what this changes")
    page.wait_for_selector("h1:has-text('What this changes')")


def _names(patterns: list[Any]) -> Iterator[str]:
    """The names of all addresses, those of a room too."""
    for one in patterns:
        yield from _names(one.url_patterns) if hasattr(one, "url_patterns") else [one.name]


def test_every_page_fits_whatever_the_size_of_its_text(
    world: World, addresses: list[tuple[str | User | None, str, str]], page_of: Callable[..., Page]
) -> None:
    missing = set(_names(urlpatterns)) - NO_PAGES - {name for _, name, _ in addresses}
    assert not missing, "a page that is not looked at"
    opened: dict[str | User | None, Page] = {}
    wrong: list[str] = []
    for who, name, address in addresses:
        page = opened[who] = opened.get(who) or page_of(who)
        if name == "integration-changes":
            _draft(page)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == (410 if "/over/" in address else 200), f"{address}: {answer.status}"
        assert page.url.endswith(address.replace(" ", "%20")), f"{address} leads to {page.url}"
        for view, width, percent in VIEWS:
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
            wrong += [f"{address} as {who}, {view}: {line}" for line in page.evaluate(LOOK)]
    assert not wrong, "\n".join(wrong)
