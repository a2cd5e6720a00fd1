"""Whose report a file may be, in a sentence or two: true before and after its mapping is saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from schedulepop.wording.lists import listing
from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _

KNOWN_FROM = {
    "public notes": _("The columns are those of a report from {title}, as public notes describe it."),
    "own report definition": _("The columns are those of a report from {title}, as we ask for it."),
    "vendor's samples or SDK": _(
        "The columns are those of a report from {title}, as the vendor's samples show it."
    ),
    "vendor's spec": _("The columns are those of a report from {title}, as the vendor specifies it."),
}
"""By what a profile was checked against."""


def said(titles: Sequence[str], checked_against: str) -> str:
    """Whose report it is, whose it may be, or nothing. `checked_against`: of the profile, where it is one."""
    if not titles:
        return ""
    if len(titles) > 1:
        return gettext("The columns fit reports from {titles}: which of them it is, is not guessed.").format(
            titles=listing(titles)
        )
    known = gettext(KNOWN_FROM[checked_against]).format(title=titles[0])
    return known + " " + gettext("It was not tried with a customer’s own file yet.")


def differences(read: Iterable[tuple[str, str, str]], absent: Sequence[str]) -> str:
    """Where the file differs. `read`: (label of a field, its column, the report's header); `absent`: headers."""
    sentences = [
        gettext("There is no {expected}: {column} gives the {label}, by its name.").format(
            expected=expected, column=column, label=label[0].lower() + label[1:]
        )
        for label, column, expected in read
    ]
    if absent:
        sentences.append(gettext("Not in the file: {names}.").format(names=", ".join(absent)))
    return " ".join(sentences)
