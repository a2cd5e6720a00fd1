"""A new customer on one page: name, time zone, whom to ask, locations with their codes, the first HR admin invited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from schedulepop.directory import actions
from schedulepop.directory.actions import NewCustomer, NewLocation, NewPerson
from schedulepop.directory.errors import Invalid
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import Role
from schedulepop.web.shell.visit import Visit

ROWS, MOST_ROWS = 3, 60
ADDERS: frozenset[Role] = frozenset({"client_success"})
ZONES = {
    "America/New_York": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Phoenix": "Mountain, Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic, Puerto Rico",
}
OTHER_ZONES = sorted(
    one
    for one in available_timezones()
    if one.split("/")[0] in {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Pacific"}
)
FIELDS = ("name", "timezone", "support_name", "support_email", "support_phone")
ADMIN = ("first_name", "last_name", "email")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form's locations, with what is wrong in it."""

    number: int
    name: str
    codes: str
    name_error: str = ""
    codes_error: str = ""


@dataclass(frozen=True, slots=True)
class TextField:
    """One line of text in the form."""

    id: str
    label: str
    value: str
    error: str
    type: str = "text"
    required: bool = False


_TEXTS = {
    "name": ("Name", "text", True),
    "admin_first_name": ("First name", "text", False),
    "admin_last_name": ("Last name", "text", True),
    "admin_email": ("Email", "email", True),
    "support_name": ("Support contact", "text", False),
    "support_email": ("Support email", "email", False),
    "support_phone": ("Support phone", "tel", False),
}
"""Label, kind and whether it is needed."""


@role_required(ADDERS)
@require_http_methods(["GET", "POST"])
def add_customer(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The form; then on to connecting payroll. `more` in it asks for further lines of locations."""
    if request.method == "GET":
        return _page(request, {"timezone": "America/New_York"}, [], {})
    typed = {
        name: request.POST.get(name, "").strip() for name in (*FIELDS, *(f"admin_{one}" for one in ADMIN))
    }
    places = list(zip(request.POST.getlist("location"), request.POST.getlist("codes"), strict=False))[
        :MOST_ROWS
    ]
    if "more" in request.POST:
        return _page(request, typed, places, {}, further=ROWS)
    kept = [(name.strip(), codes) for name, codes in places if name.strip() or codes.strip()]
    new = _typed_customer(typed, kept)
    try:
        made = actions.add_customer(new, actor=visit.actor)
    except Invalid as invalid:
        return _page(request, typed, kept, invalid.fields, status=422)
    request.session["place"] = {"organization": made.pk, "location": None}
    admin = f"{typed['admin_first_name']} {typed['admin_last_name']}".strip()
    messages.success(
        request,
        f"{made.name} is here, and {admin} gets a welcome email at {typed['admin_email']}. Next: connect payroll.",
    )
    return redirect("integration-add")


def _typed_customer(typed: Mapping[str, str], places: list[tuple[str, str]]) -> NewCustomer:
    return NewCustomer(
        **{name: typed[name] for name in FIELDS},
        locations=tuple(NewLocation(name, tuple(split_codes(codes))) for name, codes in places),
        admin=NewPerson(typed["admin_first_name"], typed["admin_last_name"], typed["admin_email"]),
    )


def split_codes(text: str) -> list[str]:
    """Payroll codes as typed, separated by commas; each once."""
    return list(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))


def _page(
    request: HttpRequest,
    typed: Mapping[str, str],
    places: list[tuple[str, str]],
    errors: Mapping[str, str],
    *,
    further: int = 0,
    status: int = 200,
) -> HttpResponse:
    count = min(MOST_ROWS, max(ROWS, len(places) + further))
    lines = [*places, *[("", "")] * (count - len(places))]
    why = {name.replace(".", "_"): said for name, said in errors.items()}
    context: dict[str, Any] = {
        "typed": typed,
        "fields": {
            name: TextField(name, label, typed.get(name, ""), why.get(name, ""), kind, needed)
            for name, (label, kind, needed) in _TEXTS.items()
        },
        "rows": [
            Row(
                number,
                name,
                codes,
                errors.get(f"locations.{number}.name", ""),
                errors.get(f"locations.{number}.codes", ""),
            )
            for number, (name, codes) in enumerate(lines)
        ],
        "errors": why,
        "zones": ZONES,
        "other_zones": OTHER_ZONES,
        "may_have_more": count < MOST_ROWS,
    }
    return render(request, "web/organization/add_customer.html", context, status=status)
