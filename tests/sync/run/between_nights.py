"""What tests of runs at once share: who is hired, who asks, and all that only a night moves."""

from __future__ import annotations

from schedulepop.accounts.models import User
from schedulepop.sync.models import (
    Fingerprints,
    Integration,
    Link,
    MissingLink,
    Run,
)
from schedulepop.sync.run import at_once_requests as requests
from schedulepop.sync.run import runs
from tests.sync.plan.asking import AGNES, OPERATOR, Maple
from tests.web.world import FIRST, LAST

AGNES_AT_GROVE = AGNES.replace("020,9020,", "021,9021,").replace(",202,RN,North Hall", ",101,RN,East Wing")


def of(maple: Maple) -> Integration:
    return Integration.objects.select_related("organization").get(pk=maple.payroll.integration.pk)  # type: ignore[attr-defined]


def at_once(maple: Maple, *ids: str, **more: bool) -> Run:
    run = requests.request(of(maple), ids, actor=OPERATOR, **more)
    assert run is not None
    return runs.drive(run.pk)


def hired(number: int) -> str:
    name = f"{FIRST[number % 20]},{LAST[(number * 7) % 20]}{'son' if number >= 20 else ''}"
    return (
        f"{300 + number},{9300 + number},{name},n{number}@example.com,(515) 555-{2000 + number},"
        f"101,CNA,East Wing,Active,2026-{1 + number % 11:02}-{1 + number % 27:02}"
    )


def new_people() -> int:
    return Link.objects.filter(source_id__startswith="3", retired_at=None).count()


def moved(integration: Integration) -> tuple[object, ...]:
    """All that only a night moves."""
    fresh = Integration.objects.get(pk=integration.pk)
    return (
        fresh.last_success_at,
        fresh.last_source_time,
        fresh.last_good,
        fresh.state,
        fresh.failing_since,
        list(MissingLink.objects.order_by("pk").values()),
        [bytes(blob) for blob in Fingerprints.objects.values_list("blob", flat=True)],
    )


def found_elsewhere(maple: Maple) -> User:
    """Agnes of Oak Hill is in tonight's file at Maple Grove, under a new ID; Maple Grove's manager has to say."""
    maple.hires(AGNES_AT_GROVE)
    return User.objects.get(last_name="Hillman")
