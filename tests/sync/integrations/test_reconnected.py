"""An employer connects to Finch again in another way: every ID is another one, and everybody is who they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schedulepop import jobs
from schedulepop.connectors.testing import Stub
from schedulepop.sync.models import Integration, Link, Run, RunState
from schedulepop.sync.run import runs
from tests.cli.conftest import Run as Command
from tests.cli.conftest import cli  # noqa: F401 (the fixture)
from tests.connectors.people import people, platform
from tests.sync.integrations.test_platform_nights import NAME, _no_waiting, added, listed, truth  # noqa: F401

pytestmark = pytest.mark.django_db


def connected_anew(stub: Stub) -> dict[str, str]:
    """Every ID becomes another one, as it does when another way of signing in shows a payroll's other keys."""
    changed = {}
    for record in stub.recording:
        before = record["listed"]["id"]
        changed[before] = before.replace("b41f6e02", "d93c07a8")
        for part in record.values():
            part["id"] = changed[before]
    return changed


# Finch's guide "Handling API Responses": IDs are constant for one way of signing in, and may differ between two.
def test_new_ids_are_held_and_taken_over_by_a_crosswalk(
    cli: Command,  # noqa: F811
    settings: Any,
    tmp_path: Path,
) -> None:
    finch, told = platform("finch"), people(60)
    with finch.up(settings, told) as stub:
        added(finch, cli, tmp_path)
        cli("sync", "preview", NAME)
        done = cli("sync", "approve", NAME, "--plan", Run.objects.get().plan_hash)
        assert done.exit_code == 0, done.output
        assert cli("integration", "activate", NAME).exit_code == 0

        changed = connected_anew(stub)
        run = jobs.request_run(Integration.objects.get(), trigger="schedule", actor=jobs.SCHEDULER)
        run = runs.drive(run.pk)
        assert (run.state, run.counts["created"], run.counts["deactivated"]) == (RunState.HELD, 0, 0)
        assert "ids_changed" in {hold["rule"] for hold in run.holds}
        assert listed() == truth(told)

        crosswalk = tmp_path / "crosswalk.csv"
        rows = [",".join(pair) for pair in changed.items()]
        crosswalk.write_text("\n".join(["old_id,new_id", *rows]))
        taken = cli("integration", "crosswalk", NAME, crosswalk)
        assert taken.exit_code == 0, taken.output
        cli("sync", "run", NAME)
    run = Run.objects.latest("number")
    assert (run.state, run.holds, run.counts["unchanged"]) == (RunState.APPLIED, [], 60)
    assert listed() == truth(told)
    live = Link.objects.filter(retired_at=None)
    assert set(live.values_list("source_id", flat=True)) == set(changed.values())
