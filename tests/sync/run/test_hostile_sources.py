"""Hostile files and servers, as a whole run meets them: a sentence, nobody changed, and the next night goes through."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.connectors import REGISTRY
from schedulepop.connectors.testing import Fault
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.integrations import dropped_files, secrets
from schedulepop.sync.models import Fetch, RawFeed, RunState
from schedulepop.sync.run import runs, source_lease
from tests.connectors.people import people, platform
from tests.lib.formats.made import STAFF, archive, xlsx
from tests.lib.formats.receiving import HERE
from tests.lib.formats.test_unpack_refused import FAR, bomb
from tests.saying import refusing
from tests.sync.conftest import PEOPLE, Payroll
from tests.sync.integrations.dropping import HIRE, export, maple_grove
from tests.sync.run.test_fetching import integration, requested

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
SECONDS = 60
FILES: dict[str, Callable[[], bytes]] = {
    "a cell at the very end": lambda: xlsx({"Staff": STAFF}, extra=FAR),
    "a zip bomb": lambda: archive({"staff.csv": bytes(300 * 2**20)}),
    "a gzip of 10 GB": lambda: bomb(2**27) * 80,
    "a PGP bomb": lambda: (HERE / "bomb.pgp").read_bytes(),
    "a gzip cut off": lambda: gzip.compress(export())[:-9],
}


@pytest.fixture(autouse=True)
def _lease_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread that renews leases sees no test's transaction."""
    monkeypatch.setattr(source_lease.renewal, "of", nullcontext)


@pytest.fixture
def with_its_key(synced: Payroll) -> Payroll:
    """Payroll's file by folder, with the key that opens the PGP bomb."""
    secrets.store(synced.integration, {"pgp_key": (HERE / "bomb.key").read_text()}, actor=OPERATOR)  # type: ignore[arg-type]
    return synced


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_a_sentence_and_the_next_night_goes_through(
    with_its_key: Payroll, name: str
) -> None:
    with_its_key.path.write_bytes(FILES[name]())
    began = time.monotonic()
    run = with_its_key.runs()
    assert time.monotonic() - began < SECONDS
    assert run.state == RunState.FAILED
    assert run.error_code == (
        "feed_empty" if "PGP" in name else "feed_unreadable"
    )  # that one holds NULs only
    assert run.error.startswith("payroll.csv ")
    assert run.error.endswith(".")
    assert Membership.objects.filter(status="active").count() == 6
    with_its_key.sends(*PEOPLE, HIRE)
    assert with_its_key.runs().counts["created"] == 1


@pytest.mark.parametrize("name", FILES)
def test_at_a_drop_address_it_is_refused_and_nothing_is_kept(name: str) -> None:
    drop = maple_grove()
    if "PGP" in name:
        secrets.store(drop.integration, {"pgp_key": (HERE / "bomb.key").read_text()}, actor=OPERATOR)
    body = FILES[name]()
    with refusing(NeedsAdmin, r"^export\.bin "):
        dropped_files.receive(drop.integration, body, name="export.bin", at=drop.integration.created_at)
    assert not RawFeed.objects.exists()


@pytest.mark.parametrize(
    ("kind", "fault", "code"),
    [
        ("bamboohr", "drip", "source_busy"),
        ("adp_wfn", "endless", "feed_unreadable"),
        ("bamboohr", "redirect", "feed_unreadable"),
        ("bamboohr", "oversize", "feed_unreadable"),
    ],
    ids=["a byte a second", "pages for ever", "redirected to 169.254.169.254", "an answer without an end"],
)
def test_a_hostile_server_is_a_sentence_and_the_next_night_goes_through(
    kind: str, fault: str, code: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = REGISTRY[kind]
    quick = replace(patient.limits, tries=1, wait=1, answer=2, total=20, pages=20, body=2**20)
    with platform(kind).up(settings, people(30)) as stub:
        one = integration(platform(kind))
        first = runs.drive(requested(one).pk)
        runs.approve(first, plan_hash=first.plan_hash, actor=OPERATOR)
        before = Membership.objects.count()
        monkeypatch.setitem(REGISTRY, kind, replace(patient, limits=quick))
        stub.faults = (Fault(fault),)
        began = time.monotonic()
        run = runs.drive(requested(one).pk)
        assert time.monotonic() - began < SECONDS
        assert (run.state, run.error_code) == (RunState.FAILED, code)
        assert run.error.endswith(".")
        assert "169.254" not in run.error
        assert Membership.objects.count() == before
        assert Fetch.objects.get().leased_until is None
        stub.faults = ()
        monkeypatch.setitem(REGISTRY, kind, patient)
        assert runs.drive(requested(one).pk).state == RunState.APPLIED
