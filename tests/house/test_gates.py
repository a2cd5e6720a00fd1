"""Gates that a release has to pass: layers, migrations that match the models, Django's deployment check."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.house.documents import ROOT


def test_the_layers_are_kept() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_migrations_are_what_the_models_are() -> None:
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None)
    assert not loader.detect_conflicts()
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    missing = detector.changes(graph=loader.graph)
    assert not {app: [str(o) for m in found for o in m.operations] for app, found in missing.items()}


def test_it_is_fit_to_be_deployed_behind_https() -> None:
    environment = os.environ | {
        "DATABASE_URL": "postgresql://app:secret@db.example/schedulepop",
        "SCHEDULEPOP_BASE_URL": "https://people.maplehealth.example",
        "SCHEDULEPOP_BEHIND_PROXY": "0",
    }
    words = [sys.executable, "-W", "error", "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the browser journeys set it in a shared process
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
