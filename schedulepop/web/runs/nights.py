"""What came of an integration's last nights, for its strip of 30: one query, however many integrations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import BooleanField, ExpressionWrapper, Q

from schedulepop.sync.models import Integration, Run, RunState, Trigger
from schedulepop.sync.review.night_outcomes import outcome_of
from schedulepop.web.shell import charts
from schedulepop.web.shell.charts import NightOutcome, NightsStrip
from schedulepop.web.shell.navigation import address

SHOWN = 30


def strips(integrations: Iterable[Integration], at: datetime) -> dict[int, NightsStrip]:
    """The strip of each integration, by its id, up to its organization's day at that time.

    A night is a run that read payroll: previews nobody applied, undos, and dates that fell due are none.
    """
    listed = list(integrations)
    found = (
        Run.objects.full()
        .filter(
            integration__in=[one.pk for one in listed],
            organization__in={one.organization_id for one in listed},
            requested_at__gte=at - timedelta(days=SHOWN + 2),
            undo_of=None,
        )
        .exclude(trigger=Trigger.EFFECTIVE)
        .exclude(Q(preview=True) & ~Q(state__in=[RunState.APPLIED, RunState.UNDONE]))
        .annotate(doubted=ExpressionWrapper(~Q(holds=[]) & Q(decided_by=""), output_field=BooleanField()))
        .order_by("number")
        .values_list("integration", "pk", "local_date", "state", "rest", "doubted")
    )
    by_integration: dict[int, list[NightOutcome]] = {one.pk: [] for one in listed}
    for integration, pk, day, state, rest, doubted in found:
        if outcome := outcome_of(state, rest, doubted=doubted):
            by_integration[integration].append(NightOutcome(day, outcome, address("run", pk)))
    return {
        one.pk: charts.nights_strip(by_integration[one.pk], one.local_date(at), slots=SHOWN) for one in listed
    }
