"""What is said of a file as a whole: its columns and its encoding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schedulepop.wording import lists
from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _

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
