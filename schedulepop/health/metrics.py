"""The figures as Prometheus reads them. No label names an organization, an integration or a person."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from schedulepop.health.figures import Figures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
NO_WORKER = float("inf")


def exposition(figures: Figures) -> bytes:
    """In Prometheus' text format. Of this process itself it says nothing: any web process answers the same."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Of(figures))
    return generate_latest(registry)


class _Of(Collector):
    """Prometheus' form of figures that have been read."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def describe(self) -> list[Metric]:
        """Nothing: there is no second collector whose names could be the same."""
        return []

    def collect(self) -> Iterator[Metric]:
        """As `families` gives them."""
        return families(self._figures)


def families(told: Figures) -> Iterator[Metric]:
    """Every metric of this product."""
    yield _labelled(
        "schedulepop_queue_jobs",
        "Jobs that could start now, by queue.",
        "queue",
        {name: one.jobs for name, one in told.queues.items()},
    )
    yield _labelled(
        "schedulepop_queue_oldest_seconds",
        "How long the oldest of them has waited, by queue.",
        "queue",
        {name: one.oldest_seconds for name, one in told.queues.items()},
    )
    yield _labelled("schedulepop_runs", "Runs requested in the last 24 hours, by state.", "state", told.runs)
    yield _labelled(
        "schedulepop_integrations",
        "Integrations by condition; one may be in several.",
        "condition",
        told.integrations,
    )
    yield _labelled("schedulepop_letters", "Letters that have not arrived, by state.", "state", told.letters)
    yield _plain(
        "schedulepop_letters_oldest_seconds",
        "How long the oldest letter has waited that could go out now.",
        told.oldest_letter_seconds,
    )
    yield _plain(
        "schedulepop_mail_server_away_seconds",
        "Since when the mail server has not answered; 0: it did when it was asked last.",
        told.mail_server_away_seconds,
    )
    yield _labelled("schedulepop_mail_stops", "Switches that hold mail, by whose.", "of", told.mail_stops)
    yield _plain(
        "schedulepop_jobs_dead", "Jobs that broke off with their worker and are still there.", told.dead_jobs
    )
    yield _plain("schedulepop_fetches", "Sources that are being asked right now.", told.fetches)
    beat = told.worker_beat_seconds
    yield _plain(
        "schedulepop_worker_beat_seconds",
        "Since the last beat of any worker; +Inf: there is none.",
        NO_WORKER if beat is None else beat,
    )
    yield _plain("schedulepop_database_bytes", "The size of the database.", told.database_bytes)
    stored = {name: one.bytes for name, one in told.sizes.items()}
    yield _labelled("schedulepop_stored_bytes", "What is stored, with indexes, by kind.", "kind", stored)


def _plain(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _labelled(name: str, meaning: str, label: str, values: dict[str, int] | dict[str, float]) -> Metric:
    made = GaugeMetricFamily(name, meaning, labels=[label])
    for key, value in sorted(values.items()):
        made.add_metric([key], value)
    return made
