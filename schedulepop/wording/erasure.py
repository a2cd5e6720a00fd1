"""What is said about erasing somebody: who may, why not now, what goes and what stays."""

from __future__ import annotations

from collections.abc import Mapping

from schedulepop.wording.translation import gettext, ngettext

SECTIONS = (
    "user",
    "rights",
    "links and sheets",
    "two-step sign-in",
    "memberships",
    "duties and pay",
    "zones",
    "earlier employments",
    "payroll IDs",
    "replaced payroll IDs",
    "values held against payroll",
    "history",
    "letters",
    "missing from payroll",
    "answers",
    "kept apart",
    "different people",
    "merges",
    "issues",
    "audit trail",
    "plans",
    "payroll files",
)
"""What may go, in the words of `retention.holdings`."""


def _one(title: str, count: int) -> str:
    match title:
        case "user":
            said = ngettext("the account", "{count:,} accounts of the same person", count)
        case "rights":
            said = ngettext("{count:,} right", "{count:,} rights", count)
        case "links and sheets":
            said = ngettext("{count:,} link or sheet", "{count:,} links and sheets", count)
        case "two-step sign-in":
            said = ngettext("the two-step sign-in", "{count:,} two-step sign-ins", count)
        case "memberships":
            said = ngettext("{count:,} place on the User List", "{count:,} places on the User List", count)
        case "duties and pay":
            said = ngettext("{count:,} duty, with pay", "{count:,} duties, with pay", count)
        case "zones":
            said = ngettext("{count:,} zone", "{count:,} zones", count)
        case "earlier employments":
            said = ngettext("{count:,} earlier employment", "{count:,} earlier employments", count)
        case "payroll IDs":
            said = ngettext("{count:,} payroll ID", "{count:,} payroll IDs", count)
        case "replaced payroll IDs":
            said = ngettext("{count:,} replaced payroll ID", "{count:,} replaced payroll IDs", count)
        case "values held against payroll":
            said = ngettext(
                "{count:,} value held against payroll", "{count:,} values held against payroll", count
            )
        case "history":
            said = ngettext("{count:,} change in the history", "{count:,} changes in the history", count)
        case "letters":
            said = ngettext("{count:,} letter", "{count:,} letters", count)
        case "missing from payroll":
            said = ngettext("{count:,} count of missing files", "{count:,} counts of missing files", count)
        case "answers":
            said = ngettext("{count:,} answer", "{count:,} answers", count)
        case "kept apart":
            said = ngettext("kept apart once", "kept apart {count:,} times", count)
        case "different people":
            said = ngettext(
                "{count:,} note of different people", "{count:,} notes of different people", count
            )
        case "merges":
            said = ngettext("{count:,} merge", "{count:,} merges", count)
        case "issues":
            said = ngettext("{count:,} issue", "{count:,} issues", count)
        case "audit trail":
            said = ngettext(
                "{count:,} entry of the audit trail: when and what stays, whose it was goes",
                "{count:,} entries of the audit trail: when and what stays, whose it was goes",
                count,
            )
        case "plans":
            said = ngettext("{count:,} row of stored plans", "{count:,} rows of stored plans", count)
        case _:
            said = ngettext(
                "{count:,} row of kept payroll files", "{count:,} rows of kept payroll files", count
            )
    return said.format(count=count)


def goes(counts: Mapping[str, int], unread: int = 0) -> list[str]:
    """`2 letters`, a line a section; `unread`: files that will be looked into only then."""
    said = [_one(title, count) for title, count in counts.items()]
    if unread:
        further = ngettext(
            "their rows in {count:,} more kept payroll file",
            "their rows in {count:,} more kept payroll files",
            unread,
        )
        said.append(further.format(count=unread))
    return said


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
