"""What is said of a finding: one sentence for each of the plan's reasons, with what to do about it.

`{row}`, `{column}` and `{value}` are the finding's own, `{remedy}` is that of its issue code; the rest are parameters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from schedulepop import cms
from schedulepop.employee import TELLS_PAY
from schedulepop.wording import contacts, dates, files, holds, issues, lengths, lists, pay
from schedulepop.wording.translation import gettext, ngettext
from schedulepop.wording.translation import gettext_noop as _
from schedulepop.wording.values import field_label

Finding = Mapping[str, Any]
_LOOK_THERE = _("Look there for a missing quote or a stray separator, then export again.")


def message(finding: Finding) -> str:
    """The sentence. `finding`: code, reason and params (JSON, or read already), row, column and value."""
    reason, params = finding["reason"], finding["params"] or {}
    if isinstance(params, str):
        params = json.loads(params)
    if reason in holds.RULES:
        return holds.reason(reason, params)
    said = SENTENCES[reason]
    if not isinstance(said, str):
        return said(finding, **params)
    known = {name: finding.get(name) or "" for name in ("row", "column", "value")}
    return gettext(said).format(**known, **params)


NAMES_OTHERS = frozenset({"found_elsewhere", "possible_match", "ambiguous", "id_changed"})
"""Issue codes whose sentences say who resembles whom, perhaps at a location the reader does not look after."""


def for_managers(finding: Finding, name: str | None) -> str:
    """The sentence about a record of this name, with nobody of another location in it (SPEC §3)."""
    if finding["code"] not in NAMES_OTHERS:
        return message(finding)
    text = issues.text(finding["code"])
    who = name or gettext("A new hire")
    return f"{who}: {text.title[:1].lower()}{text.title[1:]}. {text.remedy}"


def messages(findings: Iterable[Finding]) -> list[str]:
    """The sentences of several findings."""
    return [message(finding) for finding in findings]


def _with_remedy(finding: Finding, said: str) -> str:
    return f"{said} {issues.text(finding['code']).remedy}"


def _who(name: str | None, source_id: str) -> str:
    return name or gettext("Payroll ID {source_id}").format(source_id=source_id)


def _row_width(finding: Finding, values: int, width: int) -> str:
    return _width(finding, _("Row {row} has {values} where the header has {width}."), values, width)


def _last_row_width(finding: Finding, values: int, width: int) -> str:
    said = _(
        "Row {row} is the last one and has {values} where the header has {width}: the file may be cut off."
    )
    return _width(finding, said, values, width)


def _width(finding: Finding, said: str, values: int, width: int) -> str:
    found = ngettext("{count} value", "{count} values", values).format(count=values)
    return f"{gettext(said).format(row=finding['row'], values=found, width=width)} {gettext(_LOOK_THERE)}"


def _broken(said: str) -> Callable[..., str]:
    return lambda finding: f"{gettext(said).format(row=finding['row'])} {gettext(_LOOK_THERE)}"


def _about(said: str) -> Callable[..., str]:
    """Of a record that waits, perhaps with those it could be."""

    def rendered(
        finding: Finding, name: str | None, source_id: str, some: list[str] | None = None, more: int = 0
    ) -> str:
        whom = lists.names(some or [], more)
        return _with_remedy(finding, gettext(said).format(name=_who(name, source_id), whom=whom))

    return rendered


def _possible_match(finding: Finding, name: str | None, source_id: str, some: list[str], more: int) -> str:
    whom = lists.names(some, more) or gettext("the same person as another record of this file")
    return _with_remedy(
        finding, gettext("{name} may be {whom}.").format(name=_who(name, source_id), whom=whom)
    )


def _number_scientific(finding: Finding, field: str) -> str:
    said = gettext(
        "The {field} {value} lost its digits in a spreadsheet: format the column as text and export again."
    )
    return said.format(field=field_label(field).lower(), value=finding["value"])


def _waits(finding: Finding, name: str | None, source_id: str, code: str) -> str:
    issue = issues.text(code)
    return f"{_who(name, source_id)}: {issue.title}. {issue.cause} {issue.remedy}"


def _matched_by_email(finding: Finding, name: str, known: str) -> str:
    said = gettext("{name} is taken for {known}, who is on the list with the same email and name.")
    return _with_remedy(finding, said.format(name=name, known=known))


def _missing_person(finding: Finding, name: str | None, source_id: str, place: str | None, since: str) -> str:
    said = (
        gettext("{name} has not been in the payroll file for {place} since {since}.")
        if place is not None
        else gettext("{name} has not been in the payroll file since {since}.")
    )
    return _with_remedy(finding, said.format(name=name or source_id, place=place, since=since))


def _cms_contradicts(finding: Finding, own: int, duty: str, of_duty: int) -> str:
    return gettext(
        "Payroll says {own}, but the duty {duty} is {of_duty} here, and that counts. Correct the one that is wrong."
    ).format(own=cms.title(own), duty=duty, of_duty=cms.title(of_duty))


def _overridden(finding: Finding, field: str, name: str, until: str, gone: bool) -> str:
    if gone:
        says = gettext("Payroll does not have the person any more.")
    elif field in TELLS_PAY:
        says = gettext("Payroll sends another one.")
    elif finding["value"]:
        says = gettext("Payroll says {value}.").format(value=finding["value"])
    else:
        says = gettext("Payroll says it is blank.")
    return gettext(
        "{field} of {name} is kept against payroll until {until}. {says} Nothing to do: it goes by itself on that "
        "day, or when payroll agrees."
    ).format(field=field_label(field), name=name, until=until, says=says)


def _undone(finding: Finding, field: str, name: str) -> str:
    return gettext(
        "{field} of {name} was undone, and payroll still sends the same. It stays out until payroll sends another "
        "value: correct it there, or release it on the person’s page."
    ).format(field=field_label(field), name=name)


def _rows_unusual(finding: Finding, read: int, usual: float) -> str:
    said = (
        gettext(
            "The payroll file has {read:,} records; {usual:,.0f} are usual, so these are {far:,.0f} fewer."
        )
        if read < usual
        else gettext(
            "The payroll file has {read:,} records; {usual:,.0f} are usual, so these are {far:,.0f} more."
        )
    )
    return _with_remedy(finding, said.format(read=read, usual=usual, far=abs(read - usual)))


def _pay_jump(finding: Finding, name: str | None, source_id: str, limit: float) -> str:
    who = name or gettext("payroll ID {source_id}").format(source_id=source_id)
    said = gettext("The pay of {name} changes by more than {limit:.0%}.")
    return _with_remedy(finding, said.format(name=who, limit=limit))


SENTENCES: dict[str, str | Callable[..., str]] = {
    "repeated_header": _(
        "Two columns are named {column}; the later one is read as {column} (2). Give each its own name in payroll."
    ),
    "header_not_first": _("The header is in row {header_row}; the rows above it are passed over."),
    "bad_characters": _(
        "A character in the column {column} was lost, so the value is not used: export the file as UTF-8."
    ),
    "control_characters": _(
        "The value in the column {column} has characters that nobody can see, so it is not used: type it anew in "
        "payroll."
    ),
    "row_cut": _broken(
        _("Row {row} is the last one and ends in the middle of a character: the file is cut off.")
    ),
    "quote_open": _broken(
        _("Row {row} has a quote that does not close, so its values cannot be told apart.")
    ),
    "cell_too_long": _broken(_("Row {row} has a value of more than 32,767 characters.")),
    "row_width": _row_width,
    "last_row_width": _last_row_width,
    "row_nameless": _(
        "Row {row} has values only in columns that are not read, so nobody can say who it is: give the person an ID "
        "in payroll, or take the row out."
    ),
    "id_blank": _("There is no payroll ID: give the person an ID in payroll."),
    "id_scientific": _(
        "The payroll ID {value} lost its digits in a spreadsheet: format the column as text and export again."
    ),
    "number_scientific": _number_scientific,
    "id_invalid": _(
        "{value} cannot be a payroll ID, which has 1 to 64 visible characters: correct it in payroll."
    ),
    "id_like_ssn": _(
        "The payroll ID {value} looks like a Social Security number: use another ID in payroll."
    ),
    "name_missing": _(
        "There is no usable first and last name: enter it in payroll. A new person waits, others keep theirs."
    ),
    "one_name": _(
        "There is only one name: enter the other one in payroll, if there is one. Nobody waits for it."
    ),
    **contacts.SENTENCES,
    "date_unreadable": _("{value} is not a day in the form of the column {column}: correct it in payroll."),
    "date_format_unknown": dates.format_unknown,
    "status_says_hours": _(
        "{value} says how much the person works, not that they are back, so they stay away. Enter the return in "
        "payroll, or map the word to a status."
    ),
    "dates_contradict": _("The last day is before the hire date: correct the dates in payroll."),
    "return_contradicts": _("The return date is before the hire date: correct the dates in payroll."),
    "status_contradicts": _(
        "The status says {value} although the last day has passed: correct the one or the other in payroll."
    ),
    "leave_contradicts": _(
        "The status says {value} although the return date has come: correct the one or the other in payroll."
    ),
    **pay.SENTENCES,
    "cms_unreadable": _("{value} is not a CMS job title code, which are 1 to 40: correct it in payroll."),
    "unmapped_location": _(
        "No location carries the code {value}: map it to a location; its people wait until then."
    ),
    "location_blank": _("The location is blank: enter it in payroll; the person waits until then."),
    "no_location_column": _(
        "The file has no location column: name the location of its people in the mapping."
    ),
    "unmapped_duty": _(
        "No duty of this location carries the code {value}: map it; people waiting get the duty at once."
    ),
    "unmapped_zone": _(
        "No zone of this location carries the code {value}: map it; people waiting get the zone at once."
    ),
    "unmapped_status": _(
        "The mapping does not say what the status {value} means: map the word. New people wait, others keep theirs."
    ),
    "status_unread": _(
        "{column} says {value}, and nothing reads it: it may be the employment status. Map the column, or say that it "
        "is no status. The person waits until then."
    ),
    "last_day_unread": dates.last_day_unread,
    "status_blank": _(
        "The status is blank: enter it in payroll, or map blank to a status. New people wait, others keep theirs."
    ),
    **files.SENTENCES,
    **lengths.SENTENCES,
    "several_records": _about(
        _("{name} has several records at one location, and nothing says which is the primary job.")
    ),
    "contradictory_records": _about(
        _("{name} is on hold: their payroll ID comes with another person's name, too.")
    ),
    "found_elsewhere": _about(_("{name} resembles {whom}, who is at another location.")),
    "erased": _("This row is of somebody who was erased, and says that they have left: it is passed over."),
    "matched_by_email": _matched_by_email,
    "possible_match": _possible_match,
    "ambiguous": _about(_("{name} could be any of {whom}.")),
    "id_changed": _about(_("{name} seems to be {whom} with a new payroll ID.")),
    "recycled_id": _about(_("{name} is on hold: their payroll ID belonged to somebody else so far.")),
    "waits": _waits,
    "missing_person": _missing_person,
    "cms_contradicts": _cms_contradicts,
    "cms_unmapped": _("{duty} at {place} has no CMS labor code yet. Choose one under CMS codes."),
    "overridden": _overridden,
    "undone": _undone,
    "run_undone": _(
        "Run {run} was undone, and payroll still sends values it brought. They stay out until payroll sends others: "
        "correct them there, or release them on the person’s page."
    ),
    "rows_unusual": _rows_unusual,
    "pay_jump": _pay_jump,
}
