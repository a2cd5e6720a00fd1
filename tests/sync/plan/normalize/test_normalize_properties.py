"""Laws of normalize: the order of records decides nothing, parts add up to the whole, no value is too odd.

Another dozen of feeds in every run; `make test-all` tries some sixty of each.
"""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from schedulepop.sync.plan.frames.steps import Normalized
from schedulepop.sync.plan.normalize import normalize
from schedulepop.sync.plan.policy import Exclusion, Mapping, Policy
from schedulepop.sync.plan.values.dates import propose_dates
from tests.scale import reach
from tests.sync.plan.made_frames import file_profile, nobody

COLUMNS = {
    "source_id": "ID",
    "employee_number": "No",
    "full_name": "Name",
    "email": "Email",
    "phone": "Phone",
    "location": "Site",
    "duty": "Job",
    "zone": "Unit",
    "status": "Status",
    "hire_date": "Hired",
    "termination_date": "Left",
    "cms_code": "CMS",
    "pay_rate": "Rate",
    "pay_unit": "Per",
    "primary_flag": "Main",
}
MAPPING = Mapping(
    blank_clears=frozenset({"phone", "termination_date"}),
    duties={"QMA": "Aide"},
    exclude=(Exclusion(name="test", column="Name", contains="zz"),),
)
_ANY = st.one_of(st.none(), st.text(max_size=12))


def _one_of(*usual: str) -> st.SearchStrategy[str | None]:
    return st.one_of(st.sampled_from(usual), st.sampled_from(usual), _ANY)


_ROW = st.fixed_dictionaries(
    {
        "ID": _one_of("1", "2", "00123", "1.2E+05", "900-12-3456"),
        "No": _one_of("77", "1.2E+05"),
        "Name": _one_of("Lee, Ann", "Bo Ray", "Cher", "zz Test", "Smith Jr, John"),
        "Email": _one_of("ann@example.org", "none@example.org", "bad"),
        "Phone": _one_of("312-555-0142", "555-0142"),
        "Site": _one_of("MN", "ms", "XX"),
        "Job": _one_of("RN", "QMA", "xyz"),
        "Unit": _one_of("E", "W "),
        "Status": _one_of("Active", "T", "Gone", "LOA"),
        "Hired": _one_of("1/2/2024", "1/31/2024", "3/11/2026", "0000-00-00"),
        "Left": _one_of("1/31/2020", "12/31/2026"),
        "CMS": _one_of("7", "41"),
        "Rate": _one_of("21.50", "$1,234.5", "1.2.3"),
        "Per": _one_of("H", "year", "??"),
        "Main": _one_of("Y", "N"),
    }
)
_ROWS = st.lists(_ROW, min_size=1, max_size=8)


def _table(rows: list[dict[str, str | None]]) -> pl.DataFrame:
    blank_is_null = [{name: (value or "").strip() or None for name, value in row.items()} for row in rows]
    table = pl.DataFrame(blank_is_null, schema=dict.fromkeys(COLUMNS.values(), pl.String))
    return table.with_row_index("row", offset=2)


def _understand(table: pl.DataFrame, whole: pl.DataFrame) -> Normalized:
    dates = propose_dates(whole, COLUMNS, MAPPING)
    return normalize(file_profile(whole, COLUMNS, dates), table, MAPPING, Policy(pay=True), nobody())


def _by_row(found: Normalized) -> dict[str, list[tuple[object, ...]]]:
    frames = {"records": found.records, "rejected": found.rejected, "excluded": found.excluded}
    frames["problems"] = found.problems.filter(pl.col("row").is_not_null())
    return {name: sorted(frame.rows(), key=repr) for name, frame in frames.items()}


@settings(max_examples=reach(15, 60), deadline=None)
@given(_ROWS, st.randoms())
def test_the_order_of_records_decides_nothing(rows: list[dict[str, str | None]], random: object) -> None:
    table = _table(rows)
    shuffled = table.sample(fraction=1, shuffle=True, seed=random.randrange(1_000))  # type: ignore[attr-defined]
    there, here = _understand(shuffled, table), _understand(table, table)
    assert _by_row(there) == _by_row(here)
    assert there.codes.rows() == here.codes.rows()
    assert here.records["row"].is_sorted()


@settings(max_examples=reach(15, 60), deadline=None)
@given(_ROWS)
def test_every_record_is_in_exactly_one_frame(rows: list[dict[str, str | None]]) -> None:
    table = _table(rows)
    found = _understand(table, table)
    places = [*found.records["row"], *found.rejected["row"], *found.excluded["row"]]
    assert sorted(places) == table["row"].to_list()


@settings(max_examples=reach(12, 50), deadline=None)
@given(_ROWS)
def test_record_by_record_is_the_same_as_all_at_once(rows: list[dict[str, str | None]]) -> None:
    table = _table(rows)
    whole = _by_row(_understand(table, table))
    alone = [_by_row(_understand(table[index : index + 1], table)) for index in range(table.height)]
    for name, found in whole.items():
        assert found == sorted((row for part in alone for row in part[name]), key=repr)


@settings(max_examples=reach(12, 50), deadline=None)
@given(_ROWS)
def test_clean_means_no_finding(rows: list[dict[str, str | None]]) -> None:
    table = _table(rows)
    found = _understand(table, table)
    doubtful = set(found.problems["row"].drop_nulls())
    assert [row not in doubtful for row in found.records["row"]] == found.records["clean"].to_list()


def test_an_empty_feed_is_understood() -> None:
    table = _table([{}]).clear()
    found = _understand(table, table)
    assert found.records.height == found.rejected.height == found.codes.height == 0
