"""What a probe and a scraper are told: by any host name, without a session, and nothing that is anybody's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils.timezone import now
from prometheus_client.parser import text_string_to_metric_families

from schedulepop.health import figures, readiness
from schedulepop.sync.models import Integration
from tests import made
from tests.as_web import ROLE

TOKEN = "canary-metrics-token-51e0"
ELSEWHERE = {"HTTP_HOST": "10.0.0.7:8000"}  # how a probe names us


@pytest.fixture(autouse=True)
def _asked_anew() -> None:
    figures.recent.forget()


@pytest.fixture
def as_web(db: None) -> Iterator[None]:
    """The probes stand before what changes the role of a test's request."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")
        yield
        cursor.execute("RESET ROLE")


def beat(seconds: float | None) -> None:
    """A worker whose heart beat so long ago; None: no worker."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        if seconds is not None:
            at = now() - timedelta(seconds=seconds)
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])


def metrics() -> dict[tuple[str, ...], float]:
    """(name, value of its label) → value."""
    answer = Client().get("/metrics", **ELSEWHERE, HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


class TestAlive:
    """Without `django_db`: whoever asked the database would fail."""

    def test_any_host_is_answered(self) -> None:
        answer = Client().get("/healthz", **ELSEWHERE, HTTP_COOKIE="session=somebody")
        assert (answer.status_code, answer.content) == (200, b"ok\n")
        assert answer["Cache-Control"] == "no-store"

    def test_plain_http_is_not_sent_to_https(self, settings: Any) -> None:
        settings.SECURE_SSL_REDIRECT = True
        assert Client().get("/healthz", **ELSEWHERE).status_code == 200

    def test_other_methods_and_names_are_not(self) -> None:
        assert Client().post("/healthz", **ELSEWHERE).status_code == 405
        assert Client().get("/healthz/", **ELSEWHERE).status_code == 400


@pytest.mark.django_db
class TestReady:
    @pytest.mark.parametrize(
        ("seconds", "status", "code"),
        [(5, 200, "ok"), (119, 200, "ok"), (121, 503, "silent"), (None, 503, "silent")],
    )
    def test_a_worker_has_beaten_within_two_minutes(
        self, seconds: float | None, status: int, code: str, request: pytest.FixtureRequest
    ) -> None:
        beat(seconds)
        request.getfixturevalue("as_web")
        answer = Client().get("/readyz", **ELSEWHERE)
        assert answer.status_code == status
        assert answer.json() == {
            "ready": status == 200,
            "database": "ok",
            "migrations": "ok",
            "worker": code,
        }

    def test_a_missing_migration(self) -> None:
        beat(1)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'sync' AND name = '0001_initial'")
        answer = Client().get("/readyz")
        assert (answer.status_code, answer.json()["migrations"]) == (503, "behind")

    def test_a_schema_of_somebody_elses(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE django_migrations (theirs text)")  # found before ours
        assert readiness.readiness() == {"database": "ok", "migrations": "behind", "worker": "unknown"}

    def test_a_database_that_is_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(*_: object) -> None:
            raise OperationalError("connection refused at 10.0.0.9 for user canary")

        monkeypatch.setattr(connection, "cursor", away)
        answer = Client().get("/readyz")
        monkeypatch.undo()
        assert answer.status_code == 503
        assert answer.json() == {
            "ready": False,
            "database": "away",
            "migrations": "unknown",
            "worker": "unknown",
        }


@pytest.mark.django_db
class TestWhoMayReadTheMetrics:
    def test_nobody_where_no_token_is_set(self, settings: Any) -> None:
        settings.METRICS_TOKEN = ""
        assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 404

    @pytest.mark.parametrize(
        "given", ["", "Bearer", "Bearer x", TOKEN, f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}é"]
    )
    def test_nobody_with_another_token(self, settings: Any, given: str) -> None:
        settings.METRICS_TOKEN = TOKEN
        answer = Client().get("/metrics", HTTP_AUTHORIZATION=given)
        assert (answer.status_code, answer.content) == (401, b"")
        assert answer["WWW-Authenticate"] == "Bearer"

    def test_the_database_is_away(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(**_: object) -> None:
            raise OperationalError

        settings.METRICS_TOKEN = TOKEN
        monkeypatch.setattr(figures, "read", away)
        answer = Client().get("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
        assert (answer.status_code, answer.content) == (503, b"")


@pytest.mark.django_db
def test_the_web_reads_the_figures_of_everybody_and_no_name(
    settings: Any, request: pytest.FixtureRequest
) -> None:
    settings.METRICS_TOKEN = TOKEN
    for name in ("Maple Health", "Birch Care"):
        Integration.objects.create(
            organization=made.organization(name),
            name="Payroll",
            slug="payroll",
            connector="bamboohr",
            state="paused",
        )
    beat(7)
    request.getfixturevalue("as_web")
    told = metrics()
    assert told["schedulepop_integrations", "paused"] == 2
    assert 7 <= told["schedulepop_worker_beat_seconds",] < 60
    assert told["schedulepop_queue_jobs", "runs"] == told["schedulepop_runs", "applied"] == 0
    assert told["schedulepop_database_bytes",] > 1_000_000
    assert told["schedulepop_letters", "stopped"] == told["schedulepop_mail_stops", "everybody"] == 0
    assert told["schedulepop_jobs_dead",] == 0
    assert not [key for key in told if "maple" in str(key).lower() or "birch" in str(key).lower()]
    assert Integration.objects.count() == 0, "the web itself sees none of them"


@pytest.mark.django_db
def test_no_worker_at_all_is_infinitely_long_ago(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    beat(None)
    assert metrics()["schedulepop_worker_beat_seconds",] == float("inf")
