"""A broken file in a nightly run: the run ends with a sentence or a hold, and nobody on the list changes."""

from __future__ import annotations

import pytest

from schedulepop.directory.models import Membership
from tests.sync.plan.campaign.broken import KINDS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_broken_file_changes_nobody(payroll, synced, kind: str) -> None:
    for data in KINDS[kind][:3]:
        payroll.path.write_bytes(data)
        run = payroll.runs()
        assert run.state in ("failed", "held", "applied")
        assert run.error or run.holds or run.state == "applied"
        assert Membership.objects.filter(status="active").count() == 6
