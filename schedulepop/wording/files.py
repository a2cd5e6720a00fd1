"""What is said of a file as a whole: its columns and its encoding, and how it was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schedulepop.wording import lists, refusals
from schedulepop.wording.translation import gettext, ngettext
from schedulepop.wording.translation import gettext_noop as _
from schedulepop.wording.values import field_label

Finding = Mapping[str, Any]


def _nothing_recognized(finding: Finding, headers: list[str], more: int) -> str:
    said = gettext(
        "No column of this file is known: {headers}. Say on the columns page which column is which."
    )
    return said.format(headers=lists.names(headers, more))


def _id_column_missing(finding: Finding, column: str | None, per_job: bool) -> str:
    said = gettext("No column is known as the payroll ID, so nobody can be kept apart.")
    if column is None:
        return said + " " + gettext("Add it to the export, or choose its column on the columns page.")
    if per_job:
        likely = gettext(
            "{column} may be it, but it seems to name positions: somebody with two jobs would be two people. An ID of "
            "the person is better."
        )
    else:
        likely = gettext("{column} looks like it: choose it on the columns page.")
    return f"{said} {likely.format(column=column)}"


SENTENCES: dict[str, str | Callable[..., str]] = {
    "nothing_recognized": _nothing_recognized,
    "id_column_missing": _id_column_missing,
    "encoding_doubted": _(
        "The file is not in UTF-8 and was read as {encoding}; some of its accents may be other letters. Names that "
        "differ in nothing else keep their spelling: export the file as UTF-8."
    ),
    "encoding_twice": _(
        "Accents in the file were encoded twice and have been put right: export the file as UTF-8."
    ),
    "letters_damaged": _(
        "{value} in the column {column} is the present name with its accents lost, so the name stays: export the file "
        "as UTF-8."
    ),
}


def note(reason: str, params: Mapping[str, Any]) -> str:
    """What a reader of a file may want to know of how it was read (`sync.plan.reasons.NOTES`)."""
    said = NOTES[reason]
    return said(**params) if callable(said) else gettext(said).format(**params)


def _layout(encoding: str, separator: str, header_row: int) -> str:
    return gettext("{encoding}, separated by {separator}, header in row {row}").format(
        encoding=encoding, separator=gettext(refusals.SEPARATORS[separator]), row=header_row
    )


def _sheets(chosen: str, others: list[str]) -> str:
    if not others:
        return gettext("sheet {chosen}").format(chosen=chosen)
    return gettext("sheet {chosen}; not read: {others}").format(chosen=chosen, others=", ".join(others))


def _header_repeated(count: int) -> str:
    return ngettext(
        "the header is repeated in {count} row, which is passed over",
        "the header is repeated in {count} rows, which are passed over",
        count,
    ).format(count=count)


def _column_passed_over(column: str, instead: str, field: str) -> str:
    label = field_label(field)
    return gettext("{column} is not read: {instead} gives the {field}.").format(
        column=column, instead=instead, field=f"{label[0].lower()}{label[1:]}"
    )


NOTES: dict[str, str | Callable[..., str]] = {
    "layout": _layout,
    "sheets": _sheets,
    "header_repeated": _header_repeated,
    "total_below": _("a total below the last person is passed over"),
    "number_as_id": _("There is no payroll ID column, so {column} identifies people."),
    "column_passed_over": _column_passed_over,
}
