"""Answers to "where is my person?" as sentences: `outcomes` with what is known of the person filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from schedulepop import employee
from schedulepop.wording.outcomes import TEXTS
from schedulepop.wording.spoken import short_day
from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _
from schedulepop.wording.values import kind

Params = Mapping[str, Any]
SOMEBODY = {
    "email": _("Somebody with that email address"),
    "number": _("Somebody with that number"),
    "id": _("Somebody with that ID"),
    "name": _("Somebody of that name"),
}
"""How a sentence names a person without saying more than the reader typed."""
NOBODY = {
    "email": _("Nobody with that email address"),
    "number": _("Nobody with that number"),
    "id": _("Nobody with that ID"),
    "name": _("Nobody of that name"),
}
_LETTERS = {
    "failed": _("did not go out"),
    "unknown": _("may not have gone out"),
    "queued": _("has not gone out yet"),
}
_WHY_IN_DOUBT = {
    "several_records": _("there are several for one location, and none is marked as the primary one."),
    "contradictory_records": _("one payroll ID comes with different names."),
    "recycled_id": _("the payroll ID belonged to somebody else so far."),
}
_WHY_HELD = {
    "creates_location": _("an unusual number of people would be added at once."),
    "contact_moved": _("an email or phone was somebody else’s so far; only that waits."),
    "resembles_leaver": _("somebody who resembles them is leaving or missing, and that is decided first."),
}


def sentence(outcome: str, params: Params) -> str:
    """The one sentence. Parameters are values of the facts; what is unknown is left out of them."""
    return _tidy(gettext(TEXTS[outcome].sentence), outcome, params)


def step(outcome: str, params: Params) -> str:
    """The one next step."""
    return _tidy(gettext(TEXTS[outcome].step), outcome, params)


def here(outcome: str) -> str:
    """Where somebody who waits stands."""
    return gettext(TEXTS[outcome].here)


def who(params: Params) -> str:
    """The person as the reader may know them."""
    if params.get("nobody"):
        return gettext(NOBODY[params["nobody"]])
    if params.get("somebody"):
        return gettext(SOMEBODY[params["somebody"]])
    return params.get("name") or gettext("Payroll ID {source_id}").format(source_id=params.get("source_id"))


def held_for_managers(rule: str) -> str:
    """Why somebody is on hold, without the names of others that the guard's own sentence may have."""
    return gettext(_WHY_HELD.get(rule, _("it looks unusual, so nobody was touched.")))


def unreadable(column: str, message: str) -> str:
    """Why a row cannot be used: the finding, with its column."""
    if not column:
        return message or gettext("it could not be read.")
    said = gettext("in the column “{column}”: {message}")
    return said.format(column=column, message=message[:1].lower() + message[1:])


def written_as(number: str) -> str:
    """Of somebody whose number was typed otherwise."""
    return gettext("Payroll writes it {number}.").format(number=number)


def newer_waits(at: str) -> str:
    """Beside an answer that rests on the file applied last."""
    said = gettext(
        "A newer payroll file, of {at}, is on hold and waits for HR; until then the one before it counts."
    )
    return said.format(at=at)


def unplaced() -> str:
    """Of a row that cannot be used, to somebody who may not know more of it."""
    return gettext("its location cannot be read either.")


def _tidy(text: str, outcome: str, params: Params) -> str:
    said = {name: str(value or "") for name, value in params.items()} | {"name": who(params)}
    fill = _FRAGMENTS.get(outcome)
    said = {"code": "", "day": "", "status": ""} | said | (fill(params) if fill else {})
    whole = text.format_map(said)
    return whole[:1].upper() + whole[1:]


def _day(params: Params, known: str, unknown: str = "") -> dict[str, str]:
    day: date | None = params.get("day")
    return {"day": gettext(known).format(day=short_day(day, params["today"])) if day else gettext(unknown)}


def _code(params: Params, known: str) -> dict[str, str]:
    return {"code": gettext(known).format(code=params["code"]) if params.get("code") else ""}


def _status(params: Params) -> dict[str, str]:
    if params["ends_on"]:
        day = short_day(params["ends_on"], params["today"])
        return {"status": gettext(", with {day} as the last day").format(day=day)}
    status = employee.Status(params["status"])
    if status == employee.Status.ACTIVE:
        return {"status": ""}
    label = status.label if status.label.isupper() else status.label.lower()
    on_leave = status in (employee.Status.LEAVE, employee.Status.FMLA, employee.Status.FURLOUGH)
    said = gettext(", on {status}") if on_leave else gettext(", status: {status}")
    return {"status": said.format(status=label)}


_FRAGMENTS: dict[str, Callable[[Params], dict[str, str]]] = {
    "unmapped_location": lambda params: _code(params, _(" code, “{code}”,")),
    "last_day_unread": lambda params: _code(params, _(", “{code}”,")),
    "unmapped_status": lambda params: _code(params, _(", “{code}”,")),
    "id_in_doubt": lambda params: {"why": gettext(_WHY_IN_DOUBT[params["doubt"]])},
    "letter_failed": lambda params: {"letter": gettext(_LETTERS[params["letter"]])},
    "waits_for_mapping": lambda params: {"kind": kind(params["kind"])},
    "missing": lambda params: _day(params, "{day}"),
    "missing_here": lambda params: _day(params, "{day}"),
    "upcoming": lambda params: _day(params, _(" on {day}"), _(" soon")),
    "left": lambda params: _day(params, _(", since {day}")),
    "no_longer_named": lambda params: _day(params, _(" on {day}")),
    "on_list": _status,
}
"""What a sentence says only when it is known."""
