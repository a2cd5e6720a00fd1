"""What is said about erasing somebody: who may, why not now, what goes and what stays."""

from __future__ import annotations

from collections.abc import Mapping

from schedulepop.wording.translation import gettext, ngettext
from schedulepop.wording.translation import gettext_noop as _

SECTIONS = {
    "user": _("the account"),
    "rights": _("rights"),
    "links and sheets": _("links and sheets"),
    "two-step sign-in": _("two-step sign-in"),
    "memberships": _("places on the User List"),
    "duties and pay": _("duties, with pay"),
    "zones": _("zones"),
    "earlier employments": _("earlier employments"),
    "payroll IDs": _("payroll IDs"),
    "replaced payroll IDs": _("replaced payroll IDs"),
    "values held against payroll": _("values held against payroll"),
    "history": _("changes in the history"),
    "letters": _("letters"),
    "missing from payroll": _("counts of missing files"),
    "answers": _("answers"),
    "kept apart": _("times kept apart"),
    "different people": _("notes of different people"),
    "merges": _("merges"),
    "issues": _("issues"),
    "audit trail": _("entries of the audit trail: when and what stays, whose it was goes"),
    "plans": _("rows of stored plans"),
    "payroll files": _("rows of kept payroll files"),
}


def goes(counts: Mapping[str, int]) -> list[str]:
    """`2 letters`, a line a section."""
    return [f"{count:,} × {gettext(SECTIONS[title])}" for title, count in counts.items()]


def stays(employments: int) -> list[str]:
    """What is kept all the same."""
    said = [gettext("That somebody was erased, when, and who asked for it; no name.")]
    said.append(
        gettext(
            "A keyed hash of each payroll ID, so that payroll’s record of the employment that is over makes nobody "
            "again. Whoever is hired again is a new person."
        )
    )
    if employments:
        kept = ngettext(
            "{count} employment with its ID and days, without a name: CMS asks for it.",
            "{count} employments with their IDs and days, without a name: CMS asks for them.",
            employments,
        )
        said.append(kept.format(count=employments))
    return said


def only_admins(organization: str) -> str:
    return gettext("Only an admin of {organization} can erase somebody.").format(organization=organization)


def oneself() -> str:
    return gettext("Nobody erases themselves. Another admin can.")


def employed(name: str) -> str:
    return gettext(
        "{name} is still employed at a location. Only who has left everywhere can be erased."
    ).format(name=name)


def has_rights(name: str) -> str:
    return gettext("{name} still has rights here. Take them back first.").format(name=name)


def held_against_payroll(name: str) -> str:
    return gettext(
        "The status or last day of {name} is held against payroll. Release it first: payroll may still name them."
    ).format(name=name)


def waits(name: str) -> str:
    return gettext("Something about {name} waits for a decision. Decide it first.").format(name=name)


def not_typed(username: str) -> str:
    return gettext("Nothing was erased. Type {username} to confirm.").format(username=username)


def begun() -> str:
    return gettext("They are being erased. In a few minutes nothing of them is left but what was said.")


def under_way() -> str:
    return gettext("They are being erased already.")
