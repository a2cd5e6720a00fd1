"""Known faults: looked for in the text, mended for Prism only, and no excuse once they are gone."""

from __future__ import annotations

from pathlib import Path

from verify.against_spec import Seen, _unexcused, checks, mended
from verify.catalog import Fault

PATTERN = Fault(
    platform="finch",
    says="the version's pattern is the text YYYY-MM-DD",
    source="its own specification",
    text="pattern: YYYY-MM-DD",
    mend='pattern: "^[0-9-]+$"',
)
COMMAS = Fault(platform="finch", says="commas are refused", source="its prose", excuses=r"query\.fields: ")


def test_a_fault_is_mended_in_a_copy(tmp_path: Path) -> None:
    spec = tmp_path / "finch.yaml"
    spec.write_text("a\npattern: YYYY-MM-DD\nb\n", "utf-8")
    served, stale = mended(spec, [PATTERN, COMMAS], tmp_path / "build")
    assert stale == []
    assert served.read_text("utf-8") == 'a\npattern: "^[0-9-]+$"\nb\n'
    assert "YYYY" in spec.read_text("utf-8")


def test_a_fault_that_is_gone_makes_the_list_stale(tmp_path: Path) -> None:
    spec = tmp_path / "finch.yaml"
    spec.write_text("mended by the vendor\n", "utf-8")
    assert mended(spec, [PATTERN], tmp_path / "build") == (spec, [PATTERN.says])


def test_a_known_fault_explains_what_it_names_and_nothing_else() -> None:
    used: set[str] = set()
    broken = ["GET /people: query.fields: must be array", "GET /people: query.size: must be integer"]
    assert _unexcused(broken * 2, [PATTERN, COMMAS], used) == [broken[1]]
    assert used == {COMMAS.says}


def test_a_known_fault_that_no_answer_shows_any_more_fails() -> None:
    seen = Seen(requests=4, records=2, rows=2)
    assert [(one.what, one.state) for one in checks(seen, [COMMAS], set())] == [
        ("requests", "verified"),
        ("answers", "verified"),
        ("faults", "failed"),
    ]
    seen.broken = ["GET /people: query.fields: must be array"]
    assert [one.state for one in checks(seen, [COMMAS], set())] == ["verified"] * 3


def test_a_broken_request_and_an_unread_answer_fail() -> None:
    seen = Seen(
        requests=4, records=1, broken=["GET /people: query.size: must be integer"], unread=["no list"]
    )
    assert [(one.what, one.said) for one in checks(seen, [], set())] == [
        ("requests", "GET /people: query.size: must be integer"),
        ("answers", "no list"),
    ]


def test_what_prism_cannot_make_up_is_unverified() -> None:
    seen = Seen(requests=1, unmade=["/employees/7"])
    assert checks(seen, [], set())[1].state == "unverified"
