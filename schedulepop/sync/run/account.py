"""An account at a platform: how often it may be asked, and how often it may be refused, by all workers together.

Payroll accounts lock. So a sign-in is written down before it is tried, unless the account has signed in and was not
refused since: 3 within 10 minutes, counting tests, previews and nights; then nobody tries before the first is over.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.timezone import now as clock

from schedulepop.connectors import get
from schedulepop.connectors.contract import SourceBusyError, marked
from schedulepop.sync.models import Credential, Integration
from schedulepop.sync.run import queries

TRIES, WITHIN = 3, timedelta(minutes=10)
LONGEST_TURN = 120.0  # seconds that a turn is waited for; a later one is a time to come back
LONGEST_WAIT = timedelta(hours=24)  # that a source may ask for


@dataclass(slots=True)
class Account:
    """One integration's account. Its keys are keyed hashes: the account's name is in no table of ours."""

    title: str
    timezone: str
    pace_key: str
    try_key: str
    per_minute: int | None
    began: datetime | None = None  # the try that was written down

    @classmethod
    def of(cls, integration: Integration) -> Account:
        """The account is what its settings are marked with; its refused tries count within the organization."""
        connector = get(integration.connector)
        names = marked(connector.config, "sent_to") | marked(connector.config, "account")
        named: list[object] = [connector.kind, {name: integration.config.get(name) for name in sorted(names)}]
        return cls(
            connector.title,
            integration.organization.timezone,
            _key("pace", named),
            _key("tries", [integration.organization_id, *named]),
            connector.limits.per_minute,
        )

    def begin(self) -> None:
        """Writes the try down. Raises SourceBusyError when there may be none before some time."""
        at = clock()
        busy = Credential.objects.filter(key=self.pace_key).values_list("next_at", flat=True).first()
        if busy is not None and busy > at + timedelta(seconds=LONGEST_TURN):
            raise SourceBusyError(
                f"{self.title} asked not to be called before {self._wall_clock(busy)}.", retry_at=busy
            )
        with transaction.atomic():
            row = self._locked(at)
            if row.proven:
                return
            if len(row.tries) >= TRIES:
                until = datetime.fromisoformat(row.tries[0]) + WITHIN
                raise SourceBusyError(
                    f"{self.title} was asked to sign in {TRIES} times within 10 minutes without success. Accounts are "
                    f"locked after a few more, so it is not tried before {self._wall_clock(until)}. Check the "
                    "credentials.",
                    retry_at=until,
                )
            self.began = at
            row.tries.append(at.isoformat())
            row.save()

    def succeeded(self) -> None:
        """It signed in: what was refused before is forgotten."""
        Credential.objects.filter(key=self.try_key).update(proven=True, tries=[])

    def refused(self) -> None:
        """It did not; the try counts."""
        with transaction.atomic():
            row = self._locked(clock())
            row.proven = False
            if self.began is None:
                row.tries.append(clock().isoformat())
            row.save()

    def unknown(self) -> None:
        """Something else failed, before or after signing in: the try is taken back."""
        if self.began is None:
            return
        with transaction.atomic():
            row = self._locked(clock())
            if (mine := self.began.isoformat()) in row.tries:
                row.tries.remove(mine)
                row.save()

    def wait_until(self, retry_at: datetime) -> datetime:
        """Nobody asks before that: the source said so. Returns the time, which is at most a day ahead."""
        at = min(retry_at, clock() + LONGEST_WAIT)
        Credential.objects.update_or_create(key=self.pace_key, defaults={"next_at": at})
        return at

    def turn(self, sleep: Callable[[float], None]) -> None:
        """Waits for this request's turn. Raises SourceBusyError when that is too far away."""
        if not self.per_minute:
            return
        ((at, seconds),) = queries.rows("credential_turn", key=self.pace_key, every=60 / self.per_minute)
        if seconds > LONGEST_TURN:
            raise SourceBusyError(f"{self.title} is asked by many at once.", retry_at=at)
        if seconds > 0:
            sleep(seconds)

    def _locked(self, at: datetime) -> Credential:
        Credential.objects.get_or_create(key=self.try_key)
        row = Credential.objects.select_for_update().get(key=self.try_key)
        row.tries = [one for one in row.tries if datetime.fromisoformat(one) > at - WITHIN]
        return row

    def _wall_clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(ZoneInfo(self.timezone)):%H:%M}"


def _key(use: str, named: list[object]) -> str:
    return salted_hmac(
        f"schedulepop.account.{use}", json.dumps(named, sort_keys=True), algorithm="sha256"
    ).hexdigest()
