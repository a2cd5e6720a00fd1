"""A night means the same wherever its strip stands: in the list of customers, and on the integration's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from schedulepop.accounts.actors import Actor
from schedulepop.sync.models import Run
from schedulepop.sync.review import customers
from schedulepop.web.runs import nights
from tests.web.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"state": "applied", "rest": "approved", "decided_by": "Renata Okoye"}, "applied"),
        ({"state": "applied", "rest": "waiting", "holds": [{"rule": "short"}]}, "held"),
        ({"state": "applied", "holds": [{"rule": "short"}]}, "held"),
        ({"state": "applied", "preview": True}, "applied"),
        ({"state": "planned", "preview": True}, None),
        ({"state": "failed"}, "failed"),
        ({"state": "applied", "trigger": "answer"}, None),
        ({"state": "applied", "trigger": "effective"}, None),
    ],
    ids=[
        "approved later",
        "a rest that waits",
        "a doubted file",
        "the first sync",
        "a preview",
        "failed",
        "at once",
        "a date",
    ],
)
def test_both_strips_show_the_same(world: World, values: dict, outcome: str | None) -> None:
    at, integration = now(), world.integration
    today = integration.local_date(at)
    before = at - timedelta(days=60)
    Run.objects.filter(integration=integration).update(local_date=before.date(), requested_at=before)
    Run.objects.create(
        organization=world.organization,
        integration=integration,
        number=99,
        local_date=today,
        requested_by="x",
        **{"trigger": "manual", **values},
    )
    listed = customers.nights_of(Actor.operator("test"), [world.organization.pk], today)
    strip = nights.strips([integration], at)[integration.pk]
    expected = [outcome] if outcome else []
    assert [one.outcome for one in listed[world.organization.pk].nights] == expected
    assert [one.outcome for one in strip.nights if one.outcome] == expected
