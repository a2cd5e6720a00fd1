"""`--by` somebody of another organization, or of another location: every command answers as if nothing were there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from schedulepop.cli.app import app
from tests import made
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db


def commands(of: Any, *above: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    if hasattr(of, "commands"):
        for name, one in of.commands.items():
            yield from commands(one, *above, name)
    elif any(one.name == "by" for one in of.params) and above != ("org", "add"):
        yield above, of


ALL = dict(commands(typer.main.get_command(app)))
OPTIONAL = ("location", "works_for", "plan", "to", "org", "letter")  # said all the same
LIST = ("org", "list")  # names no organization: the only one that answers everybody, with what is theirs


def words_of(command: Any, known: dict[str, str]) -> list[str]:
    """A call that names what is known, and something for everything else it needs."""
    words = []
    for one in command.params:
        value = known.get(one.name or "", "1")
        if one.name in ("kind", "connector"):
            value = known.get(command.name + one.name, value)
        if one.param_type_name == "argument":
            words += [value] if one.required or one.name in OPTIONAL else []
        elif one.required or one.name in OPTIONAL:
            words += [one.opts[0], value]
    return words


def known(world: World, **instead: str) -> dict[str, str]:
    slug = instead.get("org", world.organization.slug)
    user = instead.get("user", world.ines.username)
    return {
        "org": slug,
        "where": f"{slug}/payroll",
        "integration": f"{slug}/payroll",
        "run": f"{slug}/payroll#{world.run.number}",
        "username": user,
        "kept": user,
        "merged": user,
        "location": instead.get("location", "Maple Grove"),
        "works_for": slug,
        "letter": "welcome",
        "answerkind": "same",
        "mapkind": "duty",
        "field": "phone",
        "until": "2027-01-01",
        "quarter": "2026Q1",
        "facility_id": "365123",
        "duty": "RN",
        "code": "7",
    }


@pytest.mark.parametrize("words", [one for one in ALL if one != LIST], ids=" ".join)
def test_of_another_organization(words: tuple[str, ...], cli) -> None:
    world, stranger = maple(8), made.admin(made.organization("Cedar Care"))
    there = cli(*words, *words_of(ALL[words], known(world)), "--by", stranger.username)
    nothing = {"org": "no-such-health", "user": "no.such.person", "location": "Nowhere"}
    absent = cli(*words, *words_of(ALL[words], known(world, **nothing)), "--by", stranger.username)
    assert there.exit_code == absent.exit_code != 0, (there.output, there.exception)
    assert there.stdout == absent.stdout == ""
    same = there.stderr.replace(world.organization.slug, "no-such-health")
    assert (
        same.replace(world.ines.username, "no.such.person").replace("Maple Grove", "Nowhere") == absent.stderr
    )


def test_the_list_of_organizations_is_of_ones_own(cli) -> None:
    world, stranger = maple(8), made.admin(made.organization("Cedar Care"))
    said = cli(*LIST, "--by", stranger.username)
    assert "cedar-care" in said.stdout
    assert world.organization.slug not in said.stdout


@pytest.mark.parametrize(
    "words", [one for one in ALL if "location" in {p.name for p in ALL[one].params}], ids=" ".join
)
def test_of_another_location(words: tuple[str, ...], cli) -> None:
    """Only their own locations are named, and one that is not theirs is answered like one that is not there."""
    world = maple(8)
    by = ("--by", world.manager_elsewhere.username)
    there = cli(*words, *words_of(ALL[words], known(world)), *by)
    absent = cli(*words, *words_of(ALL[words], known(world, location="Nowhere")), *by)
    assert there.output.replace("Maple Grove", "Nowhere") == absent.output
    assert "Maple Grove" not in absent.output
