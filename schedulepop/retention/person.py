"""One person of one organization: which users they were, and by which payroll IDs they have ever been known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from schedulepop.accounts.models import Organization, User
from schedulepop.lib.text import fold
from schedulepop.sync.models import IdChange, Link

Ids = dict[int, frozenset[str]]


@dataclass(frozen=True)
class Person:
    """`ids`: integration → payroll IDs that were theirs; of `shared` ones somebody else has been known by them, too.

    What an ID that was shared is found in is theirs only where it says their name.
    """

    organization: Organization
    user: User
    users: tuple[int, ...]  # the user, then those that were merged into it
    ids: Ids = field(default_factory=dict)
    shared: Ids = field(default_factory=dict)
    names: frozenset[str] = frozenset()  # folded

    def is_named(self, name: str | None) -> bool:
        """Whether this is one of their names, in whatever spelling and order."""
        return name is not None and folded(name) in self.names

    def has(self, integration: int, source_id: str | None, name: str | None) -> bool:
        """Whether something with this payroll ID and name is about them."""
        if source_id is None or source_id not in self.ids.get(integration, ()):
            return False
        return source_id not in self.shared.get(integration, ()) or self.is_named(name)


def folded(name: str) -> str:
    """For comparing: `Calloway, Ines` is `Ines Calloway`."""
    return " ".join(sorted(fold(name).split()))


def of(user: User) -> Person:
    """The person a user is; of a user who was merged, the one who goes on."""
    while user.merged_into is not None:
        user = user.merged_into
    users = [user.pk]
    while more := list(
        User.objects.filter(merged_into__in=users).exclude(pk__in=users).values_list("pk", flat=True)
    ):
        users += more
    known = User.objects.filter(pk__in=users).values_list("first_name", "last_name")
    ids: defaultdict[int, set[str]] = defaultdict(set)
    others: defaultdict[int, set[str]] = defaultdict(set)
    links = Link.objects.filter(organization=user.organization_id)
    for integration, source_id in links.filter(user__in=users).values_list("integration_id", "source_id"):
        ids[integration].add(source_id)
    changed = IdChange.objects.filter(organization=user.organization_id, user__in=users)
    for integration, old, new in changed.values_list("integration_id", "old_id", "new_id"):
        ids[integration].update((old, new))
    for integration, mine in ids.items():
        taken = links.filter(integration=integration, source_id__in=mine).exclude(user__in=users)
        others[integration].update(taken.values_list("source_id", flat=True))
    return Person(
        organization=user.organization,
        user=user,
        users=tuple(users),
        ids={integration: frozenset(mine) for integration, mine in ids.items()},
        shared={integration: frozenset(taken) for integration, taken in others.items() if taken},
        names=frozenset(folded(f"{first} {last}") for first, last in known),
    )
