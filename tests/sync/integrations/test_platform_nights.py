"""Each platform from its credentials to its second night: the list equals what its stub says.

Of 60 people; all: 250, which is several pages of most (the pages themselves are in the laws of connectors).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from schedulepop import jobs
from schedulepop.connectors import get
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Integration, Run, RunState
from schedulepop.sync.run import runs
from schedulepop.sync.run.account import Account
from tests import made
from tests.cli.conftest import Run as Command
from tests.cli.conftest import cli  # noqa: F401 (the fixture)
from tests.connectors.people import Person, Platform, next_night, people, platforms
from tests.scale import reach

pytestmark = pytest.mark.django_db
NAME = "maple-health/payroll"
PEOPLE = reach(60, 250)


@pytest.fixture(params=platforms(), ids=lambda one: one.kind)
def platform(request: Any) -> Platform:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stub is nobody's server: what a platform allows in a minute is not waited for."""
    monkeypatch.setattr(Account, "turn", lambda *_: None)


def truth(told: list[Person]) -> dict[str, tuple[Any, ...]]:
    return {
        one.id: (
            *one.names,
            one.email,
            one.home,
            one.job,
            one.unit,
            "terminated" if one.left else "active",
            one.hired,
            one.pay * 100,
        )
        for one in told
    }


def listed() -> dict[str, tuple[Any, ...]]:
    found = Membership.objects.select_related("user", "location", "primary_duty", "primary_zone")
    return {
        one.employee_number: (
            one.user.first_name,
            one.user.last_name,
            one.user.email,
            one.location.name,
            str(one.primary_duty),
            str(one.primary_zone),
            one.status,
            str(one.hire_date),
            one.duties.get(duty=one.primary_duty).pay_rate,
        )
        for one in found.prefetch_related("duties").exclude(status="transferred")
    }


def added(platform: Platform, cli: Command, folder: Path) -> None:  # noqa: F811
    """The integration by the command line, with secrets from files and the columns that the connector proposes."""
    org = made.organization()
    for home, code in platform.homes.items():
        made.location(org, home, code)
    mapping = folder / "mapping.toml"
    proposed = {"columns": dict(get(platform.kind).proposed), "create_codes": ["duty", "zone"]}
    mapping.write_text(tomli_w.dumps(proposed))
    words = [f"--set={name}={value}" for name, value in {**platform.config, "pay": "on"}.items()]
    for name, value in platform.secrets.items():
        (folder / name).write_text(value)
        words.append(f"--secret={name}=@{folder / name}")
    done = cli(
        "integration", "add", org.slug, "Payroll", "--connector", platform.kind, "--mapping", mapping, *words
    )
    assert done.exit_code == 0, done.output


def test_from_credentials_to_the_second_night(
    platform: Platform,
    cli: Command,  # noqa: F811
    settings: Any,
    tmp_path: Path,
) -> None:
    first = people(PEOPLE)
    with platform.up(settings, first) as stub:
        added(platform, cli, tmp_path)
        tested = cli("integration", "test", NAME)
        assert tested.exit_code == 0, tested.output
        assert "people" in tested.output
        cli("sync", "preview", NAME)
        seen = Run.objects.get()
        assert (seen.state, seen.counts.get("created")) == (RunState.PLANNED, PEOPLE), seen.error
        done = cli("sync", "approve", NAME, "--plan", seen.plan_hash)
        assert done.exit_code == 0, done.output
        assert cli("integration", "activate", NAME).exit_code == 0
        assert listed() == truth(first)

        second = next_night(first, date.today())
        stub.tells(platform.records(second))
        run = jobs.request_run(Integration.objects.get(), trigger="schedule", actor=jobs.SCHEDULER)
        run = runs.drive(run.pk)
    assert run.state == RunState.APPLIED, (run.error, run.holds)
    assert (run.counts["created"], run.counts["held"]) == (2, 0)
    assert listed() == truth(second)
