"""How checks become a platform's state, a line of JSON and an exit code."""

from __future__ import annotations

import json

from verify.results import Check, exit_code, failed, of_platform, summary, unverified, verified

GOOD, NONE, BAD = verified("requests", "4"), unverified("sdk", "none"), failed("payloads", "2 of 3 rows")
OWN = verified("paging", "137 people")


def test_a_platform_is_verified_by_something_of_the_vendors() -> None:
    assert of_platform([OWN, GOOD, NONE]) == "verified"
    assert of_platform([OWN, NONE]) == "unverified"  # our own stub agrees with us: of course
    assert of_platform([OWN, GOOD, BAD]) == "failed"
    assert of_platform([]) == "unverified"


def test_the_last_line_names_every_platform_once() -> None:
    found: dict[str, list[Check]] = {"bamboohr": [OWN, GOOD], "finch": [BAD], "merge": [NONE]}
    assert json.loads(summary(found)) == {
        "platforms": {
            "bamboohr": {"paging": "verified", "requests": "verified"},
            "finch": {"payloads": "failed"},
            "merge": {"sdk": "unverified"},
        },
        "verified": ["bamboohr"],
        "failed": ["finch"],
        "unverified": ["merge"],
    }


def test_only_a_failure_is_an_exit_code() -> None:
    assert exit_code({"bamboohr": [GOOD], "merge": [NONE]}) == 0
    assert exit_code({"bamboohr": [GOOD], "finch": [BAD]}) == 1
