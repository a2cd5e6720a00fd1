"""ID changes of a federal quarter, and new IDs nobody has linked."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop.cms import Quarter
from schedulepop.sync.cms import id_changes
from schedulepop.sync.models import IdChange, Integration, Issue
from tests import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def grove():
    place = made.location()
    org = place.organization
    payroll = Integration.objects.create(organization=org, name="Payroll", slug="payroll", connector="file")
    ines = made.person(place, "Ines Calloway")
    for day, old, new in (
        (date(2025, 9, 30), "1", "2"),
        (date(2025, 12, 31), "3", "4"),
        (date(2025, 10, 1), "2", "3"),
        (date(2026, 1, 1), "4", "5"),
    ):
        IdChange.objects.create(
            organization=org,
            integration=payroll,
            user=ines,
            old_id=old,
            new_id=new,
            changed_on=day,
            by="Henry",
        )
    return place


def test_the_changes_of_a_quarter_oldest_first(grove) -> None:
    rows = id_changes.rows(grove.organization, Quarter(2026, 1))
    assert rows[0] == {
        "name": "Ines Calloway",
        "old_id": "2",
        "new_id": "3",
        "changed_on": "2025-10-01",
        "integration": "payroll",
        "by": "Henry",
    }
    assert [(row["old_id"], row["new_id"]) for row in rows] == [("2", "3"), ("3", "4")]
    assert not id_changes.rows(made.organization("Oak Care"), Quarter(2026, 1))


def test_new_ids_nobody_has_linked(grove) -> None:
    org, payroll = grove.organization, Integration.objects.get()
    for code, resolved in (("id_changed", None), ("recycled_id", None), ("id_changed", made.NOON)):
        Issue.objects.create(
            organization=org,
            integration=payroll,
            code=code,
            key=f"{code}{bool(resolved)}",
            resolved_at=resolved,
        )
    assert [issue.key for issue in id_changes.unlinked(org)] == ["id_changedFalse"]
