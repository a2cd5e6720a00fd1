"""Every page of people, by day and by night, on a phone and a desk: no violation, nothing sideways, a picture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import PageOf
from tests.web.world import World

pytestmark = pytest.mark.django_db(transaction=True)
Seen = Callable[[Page, str], None]


def open_(page: Page, path: str, status: int = 200) -> Page:
    """Loads a page and insists on its status."""
    response = page.goto(path)
    assert response is not None
    assert response.status == status, f"{path}: {response.status}"
    return page


def test_strangers(world: World, page_of: PageOf, seen: Seen) -> None:
    page = page_of(None)
    seen(open_(page, "/sign-in/"), "sign-in")
    seen(open_(page, "/forgotten/"), "forgotten")
    seen(open_(page, "/set-up/nonsense/", 410), "link-over")
    seen(open_(page, "/nowhere/", 404), "not-found-stranger")


def test_a_manager(world: World, page_of: PageOf, seen: Seen) -> None:
    ines, here = world.ines.pk, world.grove.pk
    page = page_of("manager")
    seen(open_(page, "/"), "home")
    seen(open_(page, "/users/"), "users")
    seen(open_(page, "/users/?q=zzz"), "users-nobody")
    seen(open_(page, f"/users/{ines}/{here}/"), "profile")
    seen(open_(page, f"/users/{ines}/{here}/?edit=phone"), "profile-edit")
    seen(open_(page, f"/users/{world.both.pk}/{here}/"), "profile-both")
    seen(open_(page, "/users/999999/", 404), "not-found")


def test_an_admin_and_staff(world: World, page_of: PageOf, seen: Seen) -> None:
    page = page_of("admin")
    seen(open_(page, "/"), "home-admin")
    seen(open_(page, "/users/"), "users-admin")
    seen(open_(page_of("staff"), "/account/"), "account")


def test_the_tabs_of_a_profile(world: World, page_of: PageOf, seen: Seen) -> None:
    page = page_of("admin")
    for tab in ("duties", "zones", "pay", "account", "history/?on=2026-05-03"):
        address = f"/users/{world.ines.pk}/{world.grove.pk}/{tab}"
        seen(open_(page, address if "?" in tab else f"{address}/"), f"profile-{tab.split('/')[0]}")


def test_before_the_first_sync(site: str, page_of: PageOf, seen: Seen) -> None:
    from tests.web.world import maple

    world = maple(0, synced=False)
    page = page_of(world.admin)
    seen(open_(page, "/"), "home-preparing")


def test_somebody_on_leave_with_a_day_of_return(world: World, page_of: PageOf, seen: Seen) -> None:
    from schedulepop.directory.models import Membership

    Membership.objects.filter(user=world.ines).update(status="fmla", leave_end=date(2031, 3, 9))
    page = page_of("manager")
    open_(page, f"/users/{world.ines.pk}/{world.grove.pk}/").get_by_text("back Mar 9, 2031").first.wait_for()
    seen(page, "profile-on-leave")
    open_(page, "/users/?q=calloway").get_by_text("back Mar 9, 2031").first.wait_for()
    seen(page, "users-on-leave")


def test_long_words(world: World, page_of: PageOf, seen: Seen) -> None:
    """Names, duties and addresses that break nowhere by themselves."""
    from schedulepop.directory.models import Duty, Location
    from tests import made

    Location.objects.filter(pk=world.grove.pk).update(name="Rehabilitationswissenschaftszentrum Maple Grove")
    duty = Duty.objects.create(
        organization=world.organization,
        location=world.grove,
        name="Physiotherapieabteilungsleiterstellvertreterin",
    )
    long = made.person(
        world.grove,
        "Wilhelmina-Theodora Wolfeschlegelsteinhausenbergerdorff",
        duty=duty,
        email="wilhelmina-theodora.wolfeschlegelsteinhausenbergerdorff@rehabilitationswissenschaften.example",
        membership_more={"payroll_owned": True, "employee_number": "EMPLOYEE-0000000000000041"},
    )
    page = page_of("admin")
    seen(open_(page, "/users/?q=wolfe"), "long-users")
    seen(open_(page, f"/users/{long.pk}/{world.grove.pk}/"), "long-profile")
    seen(open_(page, f"/where/?q={long.last_name}"), "long-where")
    seen(open_(page, "/cms/"), "long-cms")
    seen(open_(page, "/"), "long-home")
