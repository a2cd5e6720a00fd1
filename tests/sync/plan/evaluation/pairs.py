"""People on the list and records of a feed, some thousand of each, and who is really whom.

Every scenario makes the person (or people) it is about, so that nothing but chance links one to another: with a
few hundred names, chance makes namesakes enough. The seed is fixed: the same set for ever.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from schedulepop.sync.plan.match.nicknames import NICKNAMES
from tests.sync.plan.evaluation.names import FIRST, LAST

LOCATIONS = 40
OF_EACH = 150  # scenarios of every kind
BYSTANDERS = 3_000  # people on the list and in the feed under one link: nobody asks about them


@dataclass
class Set:
    """The whole evaluation."""

    people: list[dict[str, Any]] = field(default_factory=list)  # as made_frames.snapshot takes them
    records: list[dict[str, Any]] = field(default_factory=list)  # as made_frames.understood takes them
    truth: list[int | None] = field(default_factory=list)  # per record: the user it is, None: somebody new
    kinds: list[str] = field(default_factory=list)  # per record


class Maker:
    """Makes people and records, each value from the same seeded source."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.set = Set()

    def person(self, **more: Any) -> dict[str, Any]:
        """Somebody on the list: mostly linked, the others added by hand, half of them with a confirmed email."""
        first, last = self.random.choice(FIRST), self.random.choice(LAST)
        number = len(self.set.people) + 1
        email = f"{first}.{last}{number}@mail.example".lower()
        values: dict[str, Any] = {
            "user_id": number,
            "first_name": first,
            "last_name": last,
            "email": email,
            "phone": self.phone(),
            "hire_date": self.day(),
            "location_id": self.random.randint(1, LOCATIONS),
            "employee_number": f"E{number}",
        }
        if self.random.random() < 0.7:
            values["source_id"] = f"L{number}"
        elif self.random.random() < 0.5:
            values["confirmed_email"] = email
        values.update(more)
        self.set.people.append(values)
        return values

    def record(self, kind: str, whose: dict[str, Any], truth: int | None, **more: Any) -> None:
        """A record with the values of somebody but for what is said."""
        kept = {
            name: whose.get(name)
            for name in ("first_name", "last_name", "email", "phone", "hire_date", "location_id")
        }
        values = {**kept, "employee_number": None, **more, "source_id": f"R{len(self.set.records) + 1}"}
        self.set.records.append(values)
        self.set.truth.append(truth)
        self.set.kinds.append(kind)

    def phone(self) -> str:
        return f"+1{self.random.randint(2_000_000_000, 9_899_999_999)}"

    def day(self) -> date:
        return date(2012, 1, 1) + timedelta(days=self.random.randrange(14 * 365))

    def slip(self, name: str) -> str:
        """One letter missing, doubled, swapped with the next or mistyped; never the first one."""
        at = self.random.randrange(1, max(2, len(name) - 1))
        ways: list[Callable[[], str]] = [
            lambda: name[:at] + name[at + 1 :],
            lambda: name[:at] + name[at] + name[at:],
            lambda: name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
            lambda: name[:at] + self.random.choice("aeiourstln") + name[at + 1 :],
        ]
        return self.random.choice(ways)()

    def other(self, names: tuple[str, ...], *, than: str) -> str:
        return self.random.choice([name for name in names if name != than])


def _same(make: Maker, kind: str, **more: Any) -> None:
    one = make.person()
    make.record(kind, one, one["user_id"], **more)


def _new_contact(make: Maker) -> dict[str, Any]:
    return {"email": f"new{make.random.randrange(10**9)}@mail.example", "phone": make.phone()}


def new_id(make: Maker) -> None:
    _same(make, "same: new payroll ID")


def number_and_name(make: Maker) -> None:
    one = make.person()
    make.record(
        "same: employee number kept",
        one,
        one["user_id"],
        employee_number=one["employee_number"],
        **_new_contact(make),
    )


def rehired(make: Maker) -> None:
    _same(make, "same: rehired, new hire date", hire_date=make.day())


def slip_in_first(make: Maker) -> None:
    one = make.person()
    make.record(
        "same: slip in the first name",
        one,
        one["user_id"],
        first_name=make.slip(one["first_name"]),
        phone=make.phone(),
    )


def slip_in_last(make: Maker) -> None:
    one = make.person()
    make.record(
        "same: slip in the last name",
        one,
        one["user_id"],
        last_name=make.slip(one["last_name"]),
        email=_new_contact(make)["email"],
        phone=None,
    )


def nickname(make: Maker) -> None:
    formal = make.random.choice(sorted(NICKNAMES))
    one = make.person(first_name=formal.title())
    make.record(
        "same: nickname",
        one,
        one["user_id"],
        first_name=make.random.choice(NICKNAMES[formal]).title(),
        **_new_contact(make),
    )


def married(make: Maker) -> None:
    one = make.person()
    make.record(
        "same: married name",
        one,
        one["user_id"],
        last_name=make.other(LAST, than=one["last_name"]),
        phone=make.phone(),
    )


def double_name(make: Maker) -> None:
    one = make.person()
    make.record(
        "same: double last name",
        one,
        one["user_id"],
        email=_new_contact(make)["email"],
        last_name=f"{one['last_name']}-{make.other(LAST, than=one['last_name'])}",
    )


def without_accents(make: Maker) -> None:
    one = make.person(first_name="José", last_name="Núñez")
    make.record(
        "same: accents lost", one, one["user_id"], first_name="JOSE", last_name="NUNEZ", **_new_contact(make)
    )


def swapped(make: Maker) -> None:
    one = make.person()
    make.record(
        "same: first and last swapped",
        one,
        one["user_id"],
        first_name=one["last_name"],
        last_name=one["first_name"],
        email=None,
    )


def elsewhere(make: Maker) -> None:
    one = make.person()
    place = 1 + one["location_id"] % LOCATIONS
    make.record("same: at another location", one, one["user_id"], location_id=place, hire_date=make.day())


def little_left(make: Maker) -> None:
    """Another name in one part, and each other value kept only half of the time: some of them nobody can find."""
    one = make.person()
    other_name = make.random.choice(
        [
            {"first_name": make.slip(one["first_name"])},
            {"last_name": make.slip(one["last_name"])},
            {"last_name": make.other(LAST, than=one["last_name"])},
            {"first_name": make.other(FIRST, than=one["first_name"])},
        ]
    )
    new = {**_new_contact(make), "hire_date": make.day(), "location_id": make.random.randint(1, LOCATIONS)}
    lost = {name: value for name, value in new.items() if make.random.random() < 0.5}
    make.record("same: little of it left", one, one["user_id"], **other_name, **lost)


def twins(make: Maker) -> None:
    one = make.person()
    make.record(
        "other: twin hired the same day",
        one,
        None,
        first_name=make.other(FIRST, than=one["first_name"]),
        email=None,
        phone=make.phone(),
    )


def twins_alike(make: Maker) -> None:
    first, second = make.random.choice(
        [("Jean", "Joan"), ("Anna", "Anne"), ("Erin", "Erika"), ("Tina", "Gina")]
    )
    one = make.person(first_name=first)
    make.record(
        "other: twin with a similar name", one, None, first_name=second, email=None, phone=make.phone()
    )


def mother_and_daughter(make: Maker) -> None:
    one = make.person()
    make.record(
        "other: family sharing an email",
        one,
        None,
        first_name=make.other(FIRST, than=one["first_name"]),
        hire_date=make.day(),
        phone=make.random.choice([one["phone"], make.phone()]),
    )


def couple(make: Maker) -> None:
    one = make.person()
    make.record(
        "other: household, another last name",
        one,
        None,
        first_name=make.other(FIRST, than=one["first_name"]),
        last_name=make.other(LAST, than=one["last_name"]),
        hire_date=make.day(),
    )


def namesake(make: Maker) -> None:
    one = make.person()
    place = 1 + one["location_id"] % LOCATIONS
    make.record(
        "other: same name elsewhere", one, None, location_id=place, hire_date=make.day(), **_new_contact(make)
    )


def namesake_here(make: Maker) -> None:
    one = make.person()
    make.record("other: same name, same location", one, None, hire_date=make.day(), **_new_contact(make))


def shared_confirmed(make: Maker) -> None:
    """Two people on the list hold one address, which one of them confirmed; a third record has it as well."""
    one = make.person(source_id=None)
    one["confirmed_email"] = one["email"]
    make.person(email=one["email"], last_name=one["last_name"])
    make.record(
        "other: an email two people hold",
        one,
        None,
        first_name=make.other(FIRST, than=one["first_name"]),
        hire_date=make.day(),
        phone=make.phone(),
    )


def twice_in_the_feed(make: Maker) -> None:
    """A person added by hand, and two records with their address: theirs, and that of somebody of the family."""
    one = make.person(source_id=None)
    one["confirmed_email"] = one["email"]
    make.record("same: their email is in the feed twice", one, one["user_id"])
    make.record(
        "other: the second one with that email",
        one,
        None,
        first_name=make.other(FIRST, than=one["first_name"]),
        hire_date=make.day(),
        phone=make.phone(),
    )


def hire(make: Maker) -> None:
    stranger = {
        "first_name": make.random.choice(FIRST),
        "last_name": make.random.choice(LAST),
        **_new_contact(make),
        "hire_date": make.day(),
        "location_id": make.random.randint(1, LOCATIONS),
    }
    make.record("other: a hire like any", stranger, None)


SCENARIOS: tuple[Callable[[Maker], None], ...] = (
    new_id,
    number_and_name,
    rehired,
    slip_in_first,
    slip_in_last,
    nickname,
    married,
    double_name,
    without_accents,
    swapped,
    elsewhere,
    little_left,
    twins,
    twins_alike,
    mother_and_daughter,
    couple,
    namesake,
    namesake_here,
    shared_confirmed,
    twice_in_the_feed,
    hire,
)


def made(seed: int = 20_260_310) -> Set:
    """The set: every scenario `OF_EACH` times among `BYSTANDERS`."""
    make = Maker(seed)
    for scenario in SCENARIOS:
        for _ in range(OF_EACH):
            scenario(make)
    for _ in range(OF_EACH * 6):  # a night has many hires and few twins
        hire(make)
    for _ in range(BYSTANDERS):
        make.person()
    return make.set
