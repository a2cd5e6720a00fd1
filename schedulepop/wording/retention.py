"""What went because it was past its time or was erased, and what is exported, in words."""

from __future__ import annotations

from collections.abc import Mapping

from schedulepop.wording.lists import listing
from schedulepop.wording.translation import gettext, ngettext

ORDER = ("plans", "files", "runs", "issues", "messages", "invitations", "erased_employments", "audit")


def _one(name: str, count: int) -> str:
    match name:
        case "plans":
            said = ngettext("{count:,} plan", "{count:,} plans", count)
        case "files":
            said = ngettext("{count:,} payroll file", "{count:,} payroll files", count)
        case "runs":
            said = ngettext("{count:,} entry of runs", "{count:,} entries of runs", count)
        case "issues":
            said = ngettext("{count:,} solved issue", "{count:,} solved issues", count)
        case "messages":
            said = ngettext("{count:,} letter", "{count:,} letters", count)
        case "invitations":
            said = ngettext("{count:,} old link", "{count:,} old links", count)
        case "erased_employments":
            said = ngettext(
                "{count:,} employment without a name", "{count:,} employments without a name", count
            )
        case _:
            said = ngettext(
                "{count:,} entry of the audit trail", "{count:,} entries of the audit trail", count
            )
    return said.format(count=count)


def only_admins_export(organization: str) -> str:
    """Who may take away all that is held on somebody."""
    return gettext("Only an admin of {organization} can export all that is held on somebody.").format(
        organization=organization
    )


def went(gone: Mapping[str, int]) -> str:
    """`2 plans and 1 payroll file`; of nothing, nothing."""
    return listing([_one(name, gone[name]) for name in ORDER if name in gone]) if gone else gettext("nothing")
