"""What waits for a decision in a plan, counted by consequence, in words."""

from __future__ import annotations

from dataclasses import dataclass

from schedulepop.web.templatetags.words import upper_first
from schedulepop.wording.lists import listing
from schedulepop.wording.spoken import number
from schedulepop.wording.translation import ngettext


def changes_words(n: int) -> str:
    """`one change`, `40 changes`."""
    return ngettext("%s change", "%s changes", n) % number(n)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a decision in a plan, by consequence."""

    removals: int = 0
    creates: int = 0
    others: int = 0

    @property
    def total(self) -> int:
        return self.removals + self.creates + self.others

    @property
    def noun(self) -> str:
        """`nine removals`, `nine removals and one new person`, `40 changes`."""
        parts = []
        if self.removals:
            parts.append(ngettext("%s removal", "%s removals", self.removals) % number(self.removals))
        if self.creates:
            parts.append(ngettext("%s new person", "%s new people", self.creates) % number(self.creates))
        if self.others and parts:
            parts.append(ngettext("%s other change", "%s other changes", self.others) % number(self.others))
        return listing(parts) or changes_words(self.others)

    @property
    def button(self) -> str:
        """The same with figures, and short, for a button."""
        if self.removals == self.total:
            return ngettext("%s removal", "%s removals", self.total) % f"{self.total:,}"
        if self.creates == self.total:
            return ngettext("%s new person", "%s new people", self.total) % f"{self.total:,}"
        return ngettext("%s change", "%s changes", self.total) % f"{self.total:,}"

    @property
    def consequence(self) -> str:
        """What happens to people when it is approved."""
        parts = []
        if self.removals:
            lose = ngettext(
                "%s person loses sign-in at once and their sessions end",
                "%s people lose sign-in at once and their sessions end",
                self.removals,
            )
            parts.append(lose % number(self.removals))
        if self.creates:
            join = ngettext("%s person joins the User List", "%s people join the User List", self.creates)
            parts.append(join % number(self.creates))
        if self.others:
            get = ngettext(
                "%s person gets payroll’s new values", "%s people get payroll’s new values", self.others
            )
            parts.append(get % number(self.others))
        return f"{upper_first(listing(parts))}." if parts else "Nothing changes."
