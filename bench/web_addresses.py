"""Which pages `bench.web` measures: every one that somebody opens, as whoever it is largest for.

tests/web/test_measured_pages.py compares them with the URLconf.
"""

from __future__ import annotations

LINKED = {
    "question": ("admin", "questions", r"/questions/\d+/[^/\"?]+/"),
    "run-person": ("admin", "run", r"/runs/\d+/people/[^\"?#/]+/"),
    "merge": ("admin", "duplicates", r"/users/merge/\d+/\d+/"),
    "duty": ("admin", "duties", r"/organization/duties/duty/\d+/"),
}
"""Name → (who, the page that leads there, how the address looks): what waits, and for whom, pages know."""


def addresses(readers: dict[str, int]) -> dict[str, tuple[str, str]]:
    """Name → (who, address)."""
    pages = {
        "admin": _of_an_admin(readers),
        "manager": {
            "home": "/",
            "users": "/users/",
            "invite": "/users/invite/",
            "whereis-name": "/where/?q=maria",
            "issues": "/issues/",
            "decisions": "/decisions/",
            "run": f"/runs/{readers['held_run']}/",
        },
        "client_success": {
            "home": "/",
            "customers": "/customers/",
            "customers-on-hold": "/customers/?show=on_hold",
            "customers-search": "/customers/?q=home",
            "customers-last": "/customers/?page=99999",
            "customer": "/customers/of/home-7/",
            "customer-add": "/customers/add/",
            "connection": "/integrations/bench-health/payroll/connection/",
            "start-from": "/integrations/bench-health/payroll/start-from/",
        },
        "lead": {
            "customers": "/customers/",
            "customer": "/customers/of/bench-health/",
            "hand-over": "/customers/hand-over/",
            "operations": "/operations/",
        },
        "signed_out": {
            "sign-in": "/sign-in/",
            "forgot-password": "/forgotten/",
            "sheet-code": "/set-up/",
        },
    }
    return {
        name if who == "admin" else f"{who}-{name}": (who, path)
        for who, of_one in pages.items()
        for name, path in of_one.items()
    }


def _of_an_admin(readers: dict[str, int]) -> dict[str, str]:
    place = f"/organization/locations/{readers['location']}/"
    return {
        "home": "/",
        "whereis": "/where/",
        "whereis-name": "/where/?q=maria",
        "whereis-id": "/where/?q=00100003",
        "issues": "/issues/",
        "issues-last": "/issues/?page=99999",
        "questions": "/questions/",
        "decisions": "/decisions/",
        "cms": "/cms/",
        "cms-last": "/cms/?page=99999",
        "cms-ids": "/cms/ids/2026Q4/",
        "cms-employees": f"/cms/employees/{readers['location']}/2026Q4/",
        "headcount": "/headcount/",
        "headcount-set-up": "/headcount/?show=set_up",
        "activity": "/activity/",
        "activity-last": "/activity/?page=99999",
        "organization": "/organization/",
        "grants": "/organization/grants/",
        "duties": "/organization/duties/",
        "locations": "/organization/locations/",
        "location": place,
        "location-close": place + "close/",
        "mail": "/organization/mail/",
        "letters": "/organization/mail/letters/",
        "letter": "/organization/mail/letters/welcome/light/",
        "how-it-works": "/how-it-works/",
        "account": "/account/",
        "two-step": "/account/two-step/",
        **_people(readers),
        **_runs(readers),
        **_integration(),
    }


def _people(readers: dict[str, int]) -> dict[str, str]:
    person = f"/users/{readers['person']}/{readers['location']}/"
    tabs = ("zones", "duties", "history", "pay", "account", "hold", "erase")
    return {
        "users": "/users/",
        "users-last": "/users/?page=99999",
        "users-search": "/users/?q=ma",
        "users-filtered": "/users/?status=leave_of_absence",
        "users-not-set-up": "/users/?set_up=none",
        "add-user": "/users/add/",
        "duplicates": "/users/duplicates/",
        "duplicates-last": "/users/duplicates/?page=99999",
        "held-values": "/users/held/",
        "profile": person,
        **{f"profile-{tab}": f"{person}{tab}/" for tab in tabs},
    }


def _runs(readers: dict[str, int]) -> dict[str, str]:
    run = f"/runs/{readers['held_run']}/"
    return {
        "runs": "/runs/",
        "run": run,
        "run-first": f"/runs/{readers['first_run']}/",
        "run-decide": run + "decide/",
        "run-approve": run + "approve/",
        "run-discard": run + "discard/",
        "run-replay": run + "replay/",
        "at-once": f"/at-once/{readers['run_at_once']}/",
    }


def _integration() -> dict[str, str]:
    at = "/integrations/bench-health/payroll/"
    below = ("limits", "crosswalk", "settings", "received", "versions", "columns", "codes", "test")
    return {
        "integrations": "/integrations/",
        "integration-add": "/integrations/add/",
        "integration-add-one": "/connect/upload/",
        "report-request": "/connect/adp_wfn/report/",
        "integration": at,
        "limit-nights": at + "limits/short/?short_number=5&short_percent=5",
        **{name: f"{at}{name}/" for name in below},
    }
