"""Duplicates, merge and unmerge on the command line: a preview first, then by its hash."""

from __future__ import annotations

import json
import re

import pytest

from schedulepop.accounts.models import User
from tests import made


@pytest.fixture
def twice(db: None):
    place = made.location(made.organization(), "Maple Grove", "MG")
    for username in ("ines", "ines-2"):
        made.person(place, "Ines Calloway", username=username, email="ines@example.com")
    return place


def test_found_looked_at_merged_and_taken_back(cli, twice) -> None:
    (pair,) = json.loads(cli("users", "duplicates", "maple-health", "--json").stdout)
    assert (pair["keep"], pair["merge"]) == ("ines", "ines-2")
    assert "same email" in pair["why"]
    assert "Ines Calloway (ines)" in cli("users", "duplicates", "maple-health").stdout

    seen = cli("users", "merge", "ines", "ines-2")
    assert seen.exit_code == 0
    assert "Maple Grove: both are there and become one" in seen.stdout
    assert "Nothing is changed yet" in seen.stdout
    assert not User.objects.exclude(merged_into=None).exists()

    plan = re.search(r"--plan (\w+)", seen.stdout)[1]
    assert cli("users", "merge", "ines", "ines-2", "--reason", "Hired twice", "--plan", plan).exit_code == 0
    assert User.objects.get(username="ines-2").merged_into.username == "ines"
    assert "Nobody seems to be there twice" in cli("users", "duplicates", "maple-health").stdout

    back = cli("users", "unmerge", "ines-2")
    assert "two users again" in back.stdout
    assert User.objects.get(username="ines-2").merged_into is None


def test_what_cannot_be_is_one_sentence(cli, twice) -> None:
    manager = made.manager(twice, username="margo")
    for words, said in (
        (("merge", "ines", "nobody"), "There is no user"),
        (("merge", "ines", "ines"), "one user, not two"),
        (("merge", "ines", "ines-2", "--plan", "0123456789ab", "--reason", "x"), "Look at the preview again"),
        (("merge", "ines", "ines-2", "--by", manager.username), "Only an admin"),
        (("duplicates", "maple-health", "--by", manager.username), "Only an admin"),
        (("unmerge", "ines"), "not merged into anybody"),
    ):
        done = cli("users", *words)
        assert done.exit_code == 1
        assert said in done.stderr
