"""The figures of an installation in which nothing is."""

from __future__ import annotations

from schedulepop.health import metrics
from schedulepop.health.figures import INTEGRATIONS, LETTERS, Figures, Queue
from schedulepop.jobs import QUEUES
from schedulepop.sync.models import RunState

NOTHING = Figures(
    queues=dict.fromkeys(QUEUES, Queue(0, 0.0)),
    runs=dict.fromkeys(RunState.values, 0),
    integrations=dict.fromkeys(INTEGRATIONS, 0),
    letters=dict.fromkeys(LETTERS, 0),
    oldest_letter_seconds=0.0,
    mail_server_away_seconds=0.0,
    mail_stops={"everybody": 0, "organization": 0},
    dead_jobs=0,
    fetches=0,
    worker_beat_seconds=None,
    database_bytes=0,
    sizes={},
)


def metric_names() -> list[str]:
    """The names that `/metrics` gives, in its order."""
    return [family.name for family in metrics.families(NOTHING)]
