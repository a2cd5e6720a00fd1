"""Pay below zero: told as it is on every platform, so that it becomes an issue of that record and stops nobody else."""

from __future__ import annotations

import csv
from dataclasses import replace

import polars as pl
import pytest

from schedulepop.connectors import get, source_of
from schedulepop.connectors.spool import collect
from schedulepop.connectors.testing.running import QUICK
from schedulepop.lib.http import Door
from schedulepop.sync.plan.values.money import read_money
from tests.connectors.people import Platform, people, platforms


@pytest.mark.parametrize("platform", platforms(), ids=lambda one: one.kind)
def test_it_comes_as_it_was_written_and_cannot_be_read(platform: Platform) -> None:
    one, other = people(2)
    connector = replace(get(platform.kind), limits=QUICK)
    with platform.stub([]) as stub:
        stub.tells(platform.records([replace(one, pay=-2_450), other]))
        door = Door(allowed=("127.0.0.1",), routes=stub.routes)
        kept: dict[str, str] = {}
        with source_of(
            connector, platform.config, platform.secrets, door=door, keep_secret=kept.__setitem__
        ) as source:
            (file,) = collect(connector, source).files
            with file.path.open(encoding="utf-8", newline="") as lines:
                rates = [row[connector.proposed["pay_rate"]] for row in csv.DictReader(lines)]
    assert rates[0].startswith("-24.5")
    assert read_money(pl.Series(rates))["unreadable"].to_list() == [True, False]
