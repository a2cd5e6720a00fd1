"""The Test button, with what it does meanwhile: each step stands in the integration's row as soon as it is taken.

Whoever waits reads it there, and so does whoever comes back later. No value of anybody's is in it: counts, the
company's name, permissions, and the sentence that the connector said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import now as clock

from schedulepop.accounts.actors import Actor
from schedulepop.sync.errors import Refused
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration

BROKEN_OFF = timedelta(minutes=3)
"""After which a test that says nothing more has died with its process: it may take one minute."""


@dataclass(frozen=True, slots=True)
class LastTest:
    """How far the newest test came, and what it found."""

    at: datetime
    by: str
    host: str = ""  # whom it asked
    requests: int = 0
    reached: bool = False  # somebody answered
    signed_in: bool = False  # and let us in
    finished: bool = False
    ok: bool = False
    sentence: str = ""
    company: str = ""
    people: int | None = None
    not_granted: tuple[str, ...] = ()  # permissions

    def is_under_way(self, at: datetime) -> bool:
        return not self.finished and at - self.at < BROKEN_OFF

    def is_broken_off(self, at: datetime) -> bool:
        return not self.finished and not self.is_under_way(at)


def of(integration: Integration) -> LastTest | None:
    """The newest test; None where nobody tested yet."""
    kept: dict[str, Any] = integration.last_test
    if not kept:
        return None
    return LastTest(
        **kept | {"at": datetime.fromisoformat(kept["at"]), "not_granted": tuple(kept["not_granted"])}
    )


def run(integration: Integration, *, actor: Actor, at: Callable[[], datetime] = clock) -> LastTest:
    """Tests, and tells each step in the row. Raises Refused while another test of it is under way.

    In a view it needs `@own_transactions`, or nobody sees a step before the last.
    """
    last = _begin(integration, actor, at())

    def watch(event: str, **fields: Any) -> None:
        nonlocal last
        if event == "door.answer":
            last = _after(last, str(fields["url"]), int(fields["status"]))
            _keep(integration, last)

    try:
        answer = lifecycle.test(integration, actor=actor, watch=watch)
    except Exception:
        _keep(integration, replace(last, finished=True, sentence="The test broke off. Test again."))
        raise
    last = replace(
        last,
        finished=True,
        ok=answer.ok,
        sentence=answer.sentence,
        company=answer.company,
        people=answer.people,
        not_granted=answer.not_granted,
    )
    _keep(integration, last)
    return last


def forget(integration: Integration) -> None:
    """Other settings or secrets: what was found with the old ones says nothing."""
    integration.last_test = {}
    integration.save(update_fields=["last_test"])


def _begin(integration: Integration, actor: Actor, at: datetime) -> LastTest:
    with transaction.atomic():
        locked = Integration.objects.select_for_update().get(pk=integration.pk)
        before = of(locked)
        if before is not None and before.is_under_way(at):
            raise Refused(f"{before.by} is testing it right now. Wait for the answer.")
        last = LastTest(at, actor.by)
        _keep(integration, last)
    return last


def _after(last: LastTest, url: str, status: int) -> LastTest:
    """One more answer; status 0: none came."""
    return replace(
        last,
        host=url.split("/")[2],
        requests=last.requests + 1,
        reached=last.reached or status > 0,
        signed_in=last.signed_in or 0 < status < 400,
    )


def _keep(integration: Integration, last: LastTest) -> None:
    integration.last_test = asdict(last) | {"at": last.at.isoformat()}
    integration.save(update_fields=["last_test"])
