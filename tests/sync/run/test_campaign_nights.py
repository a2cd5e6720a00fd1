"""The campaign's nights through PostgreSQL: the list stays right, and the good night after each is quiet again."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.directory.models import Membership
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Issue, Run
from schedulepop.sync.plan.policy import Mapping
from tests import made, scale
from tests.sync.conftest import Payroll
from tests.sync.plan.campaign.nights import NIGHTS, REFUSED
from tests.sync.plan.campaign.payroll import COLUMNS, GOOD

pytestmark = pytest.mark.django_db

KEPT = (
    "user__first_name",
    "user__last_name",
    "user__email",
    "user__phone",
    "location",
    "status",
    "hire_date",
    "termination_date",
    "ends_on",
)


def _list() -> list[tuple[object, ...]]:
    return sorted(Membership.objects.values_list("user__links__source_id", *KEPT), key=str)


def _told(run: Run) -> set[str]:
    """The rules that hold, and the codes of the run's findings and of what is open."""
    found = {hold["rule"] for hold in run.holds} | {one["code"] for one in run.summary.get("issues", [])}
    return found | set(Issue.objects.filter(resolved_at=None).values_list("code", flat=True))


@pytest.fixture(params=["recognized", "mapped"])
def ninety(request: pytest.FixtureRequest) -> Payroll:
    organization = made.organization()
    for name, code in (("Maple North", "MN"), ("Maple South", "MS")):
        place = made.location(organization, name, code)
        for duty in ("RN", "LPN", "CNA"):
            made.duty(place, duty, duty)
        for zone in ("E", "W"):
            made.zone(place, f"Wing {zone}", zone)
    path = Path(tempfile.mkdtemp(dir=os.environ["SCHEDULEPOP_HOME"])) / "payroll.csv"
    mapping = Mapping(columns=COLUMNS if request.param == "mapped" else {})
    integration = lifecycle.add(
        organization,
        "Payroll",
        connector="file",
        config={"path": str(path)},
        actor=Actor.operator("test"),
        mapping=mapping,
    )
    payroll = Payroll(integration, path)
    path.write_text(GOOD.text(), encoding="utf-8")
    payroll.first_sync()
    return payroll


def test_the_nights_of_a_bad_year(ninety: Payroll) -> None:
    before = _list()
    assert len(before) == len(GOOD.rows)
    for night in NIGHTS[:: scale.reach(6, 1)]:
        ninety.path.write_bytes(night.data)
        run = ninety.runs()
        assert _list() == before, night.name
        if REFUSED in night.says:
            assert (run.state, bool(run.error)) == ("failed", True), night.name
        else:
            assert not night.says or night.says & _told(run), (night.name, _told(run))
        ninety.path.write_text(GOOD.text(), encoding="utf-8")
        assert (ninety.runs().holds, _list() == before) == ([], True), night.name
