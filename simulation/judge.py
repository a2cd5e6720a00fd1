"""The judge knows payroll's truth and counts what broke a promise: doubles, wrong removals, mails, late hires."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from schedulepop import employee
from schedulepop.accounts.models import User
from schedulepop.directory.models import Membership
from schedulepop.messages import mailbox
from schedulepop.messages.models import Message
from schedulepop.sync.models import Link
from simulation.payroll import Payroll

WITHIN = timedelta(hours=24)
WELCOME = "set up your SchedulePop account"
Seat = tuple[int, str]  # the person's key, the location's code


@dataclass
class Judge:
    """Looks at the User List once a day, at noon, and at the end of the year at everything."""

    payroll: Payroll
    seats: set[Seat] = field(default_factory=set)
    wrongful: list[str] = field(default_factory=list)
    shown: dict[int, datetime] = field(
        default_factory=dict
    )  # key → first readable, not held feed that shows the hire
    appeared: dict[int, datetime] = field(default_factory=dict)
    headcount: list[int] = field(default_factory=list)

    def feed_was_good(self, feed: bytes, at: datetime) -> None:
        """A readable feed that was not held: from now on its new people should be on the list within 24 hours."""
        for record in csv.DictReader(io.StringIO(feed.decode("utf-8-sig"))):
            key = self.payroll.of_id[record["Associate ID"]]
            if not self.payroll.people[key].is_over(at.date()):
                self.shown.setdefault(key, at)

    def noon(self, today: date, at: datetime) -> None:
        """Who lost a seat since yesterday, and was it true?"""
        seats = self._seats()
        for key, place in sorted(self.seats - seats):
            person = self.payroll.people[key]
            here = person.location == place
            if here and not person.is_over(today) and person.record["Employment Status"] != "Suspended":
                self.wrongful.append(f"{today}: {person.name} at {place}")
        for key, _ in seats - self.seats:
            self.appeared.setdefault(key, at)
        self.seats = seats
        self.headcount.append(len({key for key, _ in seats}))

    def appeared_at(self, at: datetime) -> None:
        """People on the list right after a run, to the minute."""
        for key, _ in self._seats() - self.seats:
            self.appeared.setdefault(key, at)

    def duplicates(self) -> list[str]:
        """People who are more than one live user, by any of their payroll IDs, or by name and address."""
        users: dict[int, set[int]] = {}
        for source_id, user in Link.objects.values_list("source_id", "user_id"):
            users.setdefault(self.payroll.of_id[source_id], set()).add(user)
        by_name: dict[tuple[str, str], set[int]] = {}
        for user in User.objects.filter(organization__vendor=False, merged_into=None, local=False):
            by_name.setdefault((user.full_name.lower(), user.email.lower()), set()).add(user.pk)
        doubled = [self.payroll.people[key].name for key, found in users.items() if len(found) > 1]
        return doubled + [name for (name, _), found in by_name.items() if len(found) > 1]

    def mails(self, hires: set[int]) -> tuple[list[str], list[str]]:
        """(double, lost) welcome emails, as the mailboxes have them: two in one mailbox; none for a hire on the list.

        A pending invitation moves with the address (SPEC §6), so that one person may have one in two mailboxes.
        """
        received = Counter(letter.to.lower() for letter in mailbox.letters() if WELCOME in letter.subject)
        double = [address for address, count in received.items() if count > 1]
        accepted = Message.objects.filter(kind="welcome", state=Message.State.ACCEPTED)
        told = {
            self.payroll.of_id[source_id]
            for address, source_id in accepted.values_list("address", "user__links__source_id")
            if source_id is not None and received[address.lower()]
        }
        lost = [self.payroll.people[key].name for key in sorted(hires & set(self.appeared) - told)]
        return double, lost

    def within_24h(self, hires: set[int]) -> tuple[int, list[str]]:
        """How many hires were on the list within 24 hours of the first good feed that showed them; the others by
        name.
        """
        shown = {key: at for key, at in self.shown.items() if key in hires}
        late = [
            key for key, at in shown.items() if key not in self.appeared or self.appeared[key] - at > WITHIN
        ]
        return len(shown) - len(late), [self.payroll.people[key].name for key in late]

    def _seats(self) -> set[Seat]:
        codes = dict(Membership.objects.values_list("location_id", "location__codes__code").distinct())
        rows = Membership.objects.filter(status__in=employee.MAY_SIGN_IN, payroll_owned=True).values_list(
            "user_id", "location_id"
        )
        of_user: dict[int, int] = {}
        for user, source_id in Link.objects.order_by("created_at").values_list("user_id", "source_id"):
            of_user[user] = self.payroll.of_id[source_id]
        return {(of_user[user], str(codes[place])) for user, place in rows if user in of_user}
