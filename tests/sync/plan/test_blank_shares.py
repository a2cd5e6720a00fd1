"""How much of a column is blank: a word for nothing is a blank, but for names."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.fingerprints import blank_shares


def test_words_for_nothing_are_blanks() -> None:
    table = pl.DataFrame(
        {
            "row": [2, 3, 4, 5],
            "Unit": ["East", "N/A", None, "#REF!"],
            "Email": ["ann@example.org", "none", "bo@example.org", "no-one.else@example.org"],
            "Last": ["Null", "N/A", "Lee", None],
        }
    )
    columns = {"zone": "Unit", "email": "Email", "last_name": "Last", "phone": "Mobile"}
    assert blank_shares(table, columns) == {"zone": 0.75, "email": 0.25, "last_name": 0.25}
    assert blank_shares(table.clear(), columns) == {}
