"""Every page that somebody opens is measured in an organization of 50,000, or stands here with a reason."""

from __future__ import annotations

import re
from collections import defaultdict

from django.urls import NoReverseMatch, resolve, reverse

from bench.web_addresses import LINKED, addresses
from tests.web.routes import parts_of_routes, routes
from tests.web.test_roles_and_addresses import NOBODY, TABLE, G

ANOTHER = {
    "person": "leads to the profile",
    "cms-ids-file": "a file",
    "integration-mapping": "a file",
    "confirm-address": "needs a link from a letter, and is of one person",
    "set-up": "needs a link from a letter, and is of one person",
    "second-step": "needs half a sign-in, and is of one person",
    "profile-field": "a part of `profile`",
    "profile-notes": "a part of `profile`",
    "run-undo": "of a run that nothing came after; it shows 200 people at most",
    "integration-reading": "of a platform that has answered; the 20 records of its sample",
    "integration-changes": "of a mapping that somebody is changing; a large file is read by the worker",
    "invite-sent": "needs letters under way; one count of them",
    "integration-drop": "of an integration that files are dropped for; its address and its facilities",
    "parts-merge": "the two of `duty`, beside each other",
    "run-undo-person": "a part of `run-undo`",
    "run-release": "asks about one person who waits",
}
"""Route → why no page of it is measured."""


def _names_in(address: str) -> set[str]:
    return {resolve(address.partition("?")[0]).url_name}


def test_every_page_is_measured_or_it_is_said_why_not() -> None:
    ids = defaultdict(lambda: 1)
    measured = {name for _, path in addresses(ids).values() for name in _names_in(path)}
    measured |= {name for name in routes() for pattern in LINKED.values() if _may_be(name, pattern[2])}
    pages = {name for name, rule in TABLE.items() if G in rule.methods.split() and rule.roles != NOBODY}
    assert pages - measured == set(ANOTHER)


def test_a_page_that_leads_to_others_is_measured_too() -> None:
    assert {page for _, page, _ in LINKED.values()} <= set(addresses(defaultdict(lambda: 1)))


def _may_be(name: str, pattern: str) -> bool:
    """Whether a route's address, with ones for what is in it, is of the pattern."""
    values = dict.fromkeys(parts_of_routes()[name], 1) | {"kind": "duty"}
    there = {part: values[part] for part in parts_of_routes()[name]}
    try:
        return re.fullmatch(pattern, reverse(name, kwargs=there)) is not None
    except NoReverseMatch:
        return False
