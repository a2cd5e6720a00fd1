"""No text of a feed makes apply fail: every field with every kind of odd text, in one real run (SPEC §5 Normalize).

PostgreSQL refuses NUL in text and in JSON, lone surrogates, and whatever is longer than its column.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from schedulepop.accounts.models import User
from schedulepop.directory.models import Duty, Membership
from schedulepop.employee import LONGEST
from schedulepop.lib.text import UNFIT
from schedulepop.sync.models import Run
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import report
from tests.sync.conftest import HEADER, Payroll

pytestmark = pytest.mark.django_db
COLUMNS = HEADER.split(",")
ODD = {
    "NUL": "Wi\0ng",
    "escape": "Wi\x1b[31mng",
    "bell and delete": "\x07Wing\x7f",
    "C1": "Wi\x85ng\x9b",
    "emoji": "Wing 🏥👩‍⚕️",
    "bidi": "Wi\u202eng\u2066\u200f",
    "noncharacters": "Wi\uffffng\ufdd0\U0010ffff",
    "line ends": "Wi\nng\u2028\u2029\rx",
    "tags": "Wing\U000e0041\ufe0f",
    "spaces only": "\u00a0\u2003\u200b",
    "invisible": "\u200d\ufeff\u00ad",
    "replacement": "Wi\ufffdng",
    "folds to more": "ΐ" * 60,
    "quotes": "Wi\"ng',\\N \\.",
}
LENGTHS = sorted(
    {n + more for n in (*LONGEST.values(), 80, 200, 250) for more in (-1, 0, 1)} | {2_000, 30_000}
)
MARKS = {
    "composed": "e\u0301",  # two code points, one after NFC
    "not composed": "x\u0301",
    "astral": "🏥",
    "plain": "w",
}


def texts() -> dict[str, str]:
    """What stands in one cell, by its kind."""
    long = {f"{n} {kind}": text * (n // len(text) + 1) for n in LENGTHS for kind, text in MARKS.items()}
    exact = {key: text[: int(key.split()[0])] for key, text in long.items()}
    return {**ODD, **exact, "composed to the limit": MARKS["composed"] * 120}


def people() -> list[list[str]]:
    """For each column and each kind of text a person who has it there, and is plain else."""
    rows = []
    for place in range(len(COLUMNS)):
        for text in texts().values():
            n = f"{len(rows):05}"
            plain = [
                f"E{n}",
                f"N{n}",
                f"Ada{_word(len(rows))}",
                f"Orr{_word(len(rows))}",
                f"p{n}@example.org",
                "",
            ]
            plain += ["101", "RN", "East Wing", "Active", "2020-01-15"]
            plain[place] = f"{text}@example.org" if COLUMNS[place] == "Email" else text
            rows.append(plain)
    return rows


def _word(number: int) -> str:
    return "".join(chr(ord("a") + int(figure)) for figure in f"{number:05}")


def as_csv(rows: list[list[str]], header: list[str] = COLUMNS) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def creates_codes(payroll: Payroll) -> None:
    integration: Any = payroll.integration
    integration.mapping = Mapping(create_codes=frozenset({"duty", "zone"})).model_dump(mode="json")
    integration.save()


def test_every_field_with_every_kind_of_text(payroll: Payroll) -> None:
    creates_codes(payroll)
    rows = people()
    payroll.path.write_text(as_csv(rows), encoding="utf-8")
    payroll.first_sync()
    run = Run.objects.get()
    counts = run.counts
    assert counts["created"] + counts["held"] + counts["rejected"] == counts["read"] == len(rows)
    said = report.told_issues(run.summary["issues"])
    assert {"text_too_long", "bad_characters", "id_invalid", "unmapped_duty", "unmapped_zone"} <= {
        one["code"] for one in said
    }
    kept = [
        *User.objects.values_list("first_name", "last_name", "email", "phone"),
        *Duty.objects.values_list("name"),
    ]
    assert not [text for texts_of in kept for text in texts_of if re.search(UNFIT, text)]
    by_number = set(Membership.objects.values_list("employee_number", flat=True))
    assert "w" * LONGEST["employee_number"] in by_number
    assert Duty.objects.filter(name="w" * LONGEST["name"]).exists()
    again = payroll.runs(full=True)
    assert (again.counts["created"], again.counts["updated"], again.counts["deactivated"]) == (0, 0, 0)
