"""The benchmark compares the same work: limit and product end with the same people and the same history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench import generator, ground, limit, product
from bench.__main__ import result
from schedulepop import postgres
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Change, Integration, Run

N = 500


def people(organization: int) -> list[tuple[Any, ...]]:
    """The User List, by employee number."""
    list_ = Membership.objects.filter(organization=organization).order_by("employee_number")
    return list(
        list_.values_list(
            "employee_number",
            "user__first_name",
            "user__last_name",
            "user__sort_name",
            "user__email",
            "user__phone",
            "location__name",
            "status",
            "hire_date",
            "original_hire_date",
            "primary_duty__name",
            "primary_zone__name",
            "duties__duty__name",
            "zones__zone__name",
            "is_primary",
            "payroll_owned",
        )
    )


def history(organization: int) -> list[tuple[str, str, set[tuple[str, Any, str]]]]:
    """Who changed and how, field by field, in any order."""
    changes = Change.objects.filter(organization=organization).order_by("run", "source_id")
    return [
        (c.source_id, c.verb, {(f["field"], f.get("old"), f["new"]) for f in c.fields if f["new"]})
        for c in changes
    ]


@pytest.mark.django_db(transaction=True)
def test_limit_and_product_end_with_the_same_people(database_urls: postgres.Urls, tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.touch()
    by_hand = ground.make(N, export, "By Hand")
    ours = ground.make(N, export, "Ours")
    Integration.objects.filter(pk=ours.integration).update(policy={"whole_compare_below": 0})
    with psycopg.connect(database_urls.app, autocommit=True) as database:
        for feed in (generator.feed(N), generator.feed(N), generator.changed(N, 0.1), generator.feed(N)):
            export.write_bytes(feed)
            limit.sync(database, by_hand)
            product.sync(ours)
            assert people(by_hand.organization) == people(ours.organization)
            assert history(by_hand.organization) == history(ours.organization)
    members = people(ours.organization)
    assert len(members) == N
    assert all(phone.startswith("+1") for phone in (row[5] for row in members) if phone)
    counts = (
        Run.objects.filter(integration=ours.integration).order_by("number").values_list("counts", flat=True)
    )
    assert [(c["created"], c["updated"]) for c in counts] == [(N, 0), (0, 0), (0, 50), (0, 50)]


def test_the_last_line_is_what_scripts_read() -> None:
    phases = [
        ("load", 2.0),
        ("unchanged", 0.5),
        ("unchanged", 0.3),
        ("unchanged", 0.4),
        ("reordered", 0.6),
        ("changed", 1.0),
    ]
    one = {"phases": [{"phase": name, "seconds": s, "steps": {}} for name, s in phases], "rss_mb": 80}
    double = {"phases": [{**p, "seconds": 2 * p["seconds"]} for p in one["phases"]], "rss_mb": 300}
    assert result(7, {"limit": [one], "product": [double]}) == {
        "n": 7,
        "load": {"limit_s": 2.0, "product_s": 4.0, "ratio": 2.0},
        "unchanged": {"limit_s": 0.4, "product_s": 0.8, "ratio": 2.0},
        "reordered": {"limit_s": 0.6, "product_s": 1.2, "ratio": 2.0},
        "changed": {"limit_s": 1.0, "product_s": 2.0, "ratio": 2.0},
        "rss_mb": 300,
    }
