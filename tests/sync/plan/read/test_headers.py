"""Headers of some forty platforms, and headers that only resemble one; both lists were written blind.

Whoever wrote `headers.csv` and `decoys.csv` had not seen what is recognized here. With the rules of before, 642 of
808 headers were right, 22 wrong, and 86 of 552 decoys were taken.
"""

from __future__ import annotations

import csv
from pathlib import Path

from schedulepop.sync.plan.read.columns import recognize

HERE = Path(__file__).parent
UNREAD = ""
NEVER = "never stored"
MEANS: dict[str, set[str]] = {
    "employee_id": {"source_id"},
    "employee_number": {"source_id", "employee_number"},
    "personal_email": {"email"},
    "home_phone": {"phone"},
    "work_phone": {"phone", UNREAD},
    "rehire_date": {"hire_date", "rehire_date"},
    "seniority_date": {"original_hire_date", UNREAD},
    "labor_code": {"cms_code"},
    "pay_rate": {"pay_rate", NEVER},
    "pay_unit": {"pay_unit", NEVER},
    "pay_effective": {"pay_effective_date", NEVER},
    "sensitive": {NEVER, UNREAD},
    "birth_date": {NEVER},
    "other": {UNREAD, NEVER},
    "middle_name": {UNREAD},
    "preferred_name": {UNREAD},
    "employment_type": {UNREAD},
    "position_id": {UNREAD},
}
"""What each meaning of the list may be read as; the rest have the name of our field."""
SAMPLES = {"duty": ["Nurse Aide", "Cook", "Registered Nurse"]}
TAKEN_FOR_WHAT_IT_IS = {"leave_end"}
"""Headers of a return from leave stand among the decoys of last days and rehires: we have a field for them."""
NAMED = ["Legal First Name", "Legal Last Name"]


def read_as(header: str, meaning: str) -> str:
    """The field that a header gives in a file that has names and, but for those of status, a status."""
    beside = [] if meaning in ("full_name", "first_name", "last_name") else NAMED
    beside = beside if meaning == "status" else [*beside, "Employment Status"]
    samples = {header: SAMPLES.get(meaning, [])}
    found = recognize([header, *beside], samples)
    if header in found.dropped:
        return NEVER
    return next((field for field, column in found.columns.items() if column == header), UNREAD)


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_headers_of_forty_platforms() -> None:
    listed = rows("headers.csv")
    assert len(listed) >= 500
    assert len({row["platform"] for row in listed}) >= 25
    seen = {row["header"]: read_as(row["header"], row["meaning"]) for row in listed}
    meant = {row["header"]: MEANS.get(row["meaning"], {row["meaning"]}) for row in listed}
    wrong = {h: f for h, f in seen.items() if f not in meant[h] and f not in (UNREAD, NEVER)}
    assert not wrong
    right = sum(seen[header] in meant[header] for header in seen)
    assert right >= 0.97 * len(listed)


def test_headers_that_only_resemble_a_field() -> None:
    listed = rows("decoys.csv")
    assert len(listed) >= 200
    seen = {row["header"]: read_as(row["header"], row["looks_like"]) for row in listed}
    taken = {h: f for h, f in seen.items() if f not in (UNREAD, NEVER) and f not in TAKEN_FOR_WHAT_IT_IS}
    assert not taken
