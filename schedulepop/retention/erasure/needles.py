"""What is looked for in texts about others: the words by which somebody who was erased could be known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import Q

from schedulepop.accounts import sealing
from schedulepop.accounts.models import User
from schedulepop.retention.person import Person, folded
from schedulepop.sync.models import Erasure

GONE = "…"  # what stands where a word of theirs stood
_ESCAPED = set('"\\')  # in JSON a word with these is written otherwise
SHORTEST = 5  # letters of a word that is looked for: a shorter one stands in too much else


@dataclass(frozen=True)
class Sought:
    """A person who has no account any more, and their words, which nobody else has: names, login, addresses, phone."""

    person: Person
    words: tuple[str, ...]

    def without(self, text: str) -> str:
        """The text without their words."""
        for word in self.words:
            text = text.replace(word, GONE)
        return text

    def cleaned(self, value: Any) -> Any:
        """The same of any value that JSON takes."""
        return json.loads(self.without(json.dumps(value, ensure_ascii=False)))


def of(person: Person) -> Sought:
    """Words that somebody else of the organization has, too, are theirs as well and stay."""
    users = list(User.objects.filter(pk__in=person.users))
    others = User.objects.filter(organization=person.organization).exclude(pk__in=person.users)
    words = []
    for user in users:
        words.append(user.username)
        if not others.filter(first_name__iexact=user.first_name, last_name__iexact=user.last_name).exists():
            words += [user.full_name, f"{user.last_name}, {user.first_name}"]
        for address in {user.email, user.confirmed_email} - {""}:
            if not others.filter(Q(email__iexact=address) | Q(confirmed_email__iexact=address)).exists():
                words.append(address)
        if user.phone and not others.filter(phone=user.phone).exists():
            words.append(user.phone)
    found = dict.fromkeys(word for word in words if len(word) >= SHORTEST and not set(word) & _ESCAPED)
    return Sought(person, tuple(found))


def sealed(sought: Sought, erasure: Erasure) -> str:
    """For the job to go on with, once the account has gone."""
    person = replace(sought.person, organization=None, user=None)  # type: ignore[arg-type]
    told = asdict(person) | {"words": sought.words}
    return sealing.seal(json.dumps(told, default=sorted), _purpose(erasure))


def unsealed(erasure: Erasure) -> Sought:
    """The same again."""
    told = json.loads(sealing.unseal(erasure.sealed, _purpose(erasure)))
    ids, shared = (
        {int(key): frozenset(some) for key, some in told[name].items()} for name in ("ids", "shared")
    )
    person = Person(erasure.organization, User(), tuple(told["users"]), ids, shared, frozenset(told["names"]))
    return Sought(person, tuple(told["words"]))


def _purpose(erasure: Erasure) -> str:
    return f"erasure {erasure.pk}"


def numbered(sought: Sought) -> Iterator[tuple[int, str]]:
    """(integration, payroll ID) of everything that was theirs alone."""
    for integration, ids in sought.person.ids.items():
        for one in sorted(ids - sought.person.shared.get(integration, frozenset())):
            yield integration, one


__all__ = ["GONE", "Sought", "folded", "numbered", "of", "sealed", "unsealed"]
