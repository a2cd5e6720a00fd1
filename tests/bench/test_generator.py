"""The benchmark's feeds are always the same, and nobody in them is mistaken for anybody else."""

from __future__ import annotations

import hashlib
import io
import re
import time

import phonenumbers
import polars as pl
import pytest

from bench import generator, words
from schedulepop.sync.plan.policy import Mapping

COLUMN = generator.COLUMNS
MANY = 20_000


def table(feed: bytes) -> pl.DataFrame:
    return pl.read_csv(io.BytesIO(feed), infer_schema=False).fill_null("")


@pytest.fixture(scope="module")
def many() -> pl.DataFrame:
    return table(generator.feed(MANY))


def test_the_same_bytes_in_every_process_and_version() -> None:
    assert hashlib.sha256(generator.feed(1_000)).hexdigest()[:16] == "33cfd7f4e8c2453e"
    assert hashlib.sha256(generator.changed(1_000)).hexdigest()[:16] == "ab0c6a48317ff616"


@pytest.mark.parametrize("n", [1, 2, 499, 1_000, 1_499])
def test_as_many_records_as_asked_for(n: int) -> None:
    frame = table(generator.feed(n))
    assert frame.shape == (n, 12)
    assert frame.columns == list(COLUMN.values())
    assert frame[COLUMN["location"]].n_unique() == max(1, n // 500)


@pytest.mark.parametrize("n", [0, -1, generator.MOST + 1])
def test_other_sizes_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match="between 1 and"):
        generator.feed(n)


def test_ids_emails_and_names_are_unique(many: pl.DataFrame) -> None:
    for field in ("source_id", "employee_number"):
        assert many[COLUMN[field]].n_unique() == MANY
    assert many[COLUMN["source_id"]].str.contains(r"^00\d{6}$").all()
    emails = many[COLUMN["email"]].str.to_lowercase().filter(many[COLUMN["email"]] != "")
    assert emails.n_unique() == emails.len() > 0.999 * MANY
    assert emails.str.contains(r"^[a-z]+\.[a-z]+@example\.com$").all()
    assert many.select(COLUMN["first_name"], COLUMN["last_name"]).n_unique() == MANY


def test_nobody_shares_a_hire_date_and_half_a_name(many: pl.DataFrame) -> None:
    for field in ("first_name", "last_name"):
        assert many.select(COLUMN[field], COLUMN["hire_date"]).n_unique() == MANY


def test_phones_are_mostly_clean(many: pl.DataFrame) -> None:
    phones = many[COLUMN["phone"]]
    clean = phones.str.contains(r"^\(\d{3}\) 555-\d{4}$")
    assert 0.97 < clean.mean() < 0.99  # type: ignore[operator]
    odd = [phone for phone in phones.filter(~clean) if re.search(r"\d", phone)]
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone, "US")) for phone in odd)
    assert 0 < phones.len() - clean.sum() - len(odd) < 20  # written, but no number
    digits = phones.str.replace_all(r"\D", "").str.tail(10).filter(phones.str.contains(r"\d"))
    assert digits.n_unique() == digits.len()


def test_every_area_code_exists() -> None:
    numbers = [phonenumbers.parse(f"({area}) 555-0134", "US") for area in words.AREAS]
    assert all(phonenumbers.is_valid_number(number) for number in numbers)
    assert len(set(words.AREAS)) * 10_000 >= generator.MOST


def test_codes_name_what_the_feed_uses(many: pl.DataFrame) -> None:
    codes = generator.codes(MANY)
    assert {place.code for place in codes.locations} == set(many[COLUMN["location"]])
    assert {code for code, _, _ in codes.duties} == set(many[COLUMN["duty"]])
    assert {code for code, _ in codes.zones} == set(many[COLUMN["zone"]])
    assert (len(codes.locations), len(codes.duties), len(codes.zones)) == (40, 14, 6)
    assert sum(share for *_, share in generator.DUTIES) == 100
    mapping = Mapping.model_validate(generator.MAPPING)
    assert set(many[COLUMN["status"]]) == set(mapping.statuses)


@pytest.mark.parametrize(
    ("n", "share", "count"), [(1_000, 0.01, 10), (MANY, 0.01, 200), (300, 0.5, 150), (50, 0, 0)]
)
def test_the_promised_share_changes_in_one_field_each(n: int, share: float, count: int) -> None:
    before, after = table(generator.feed(n)), table(generator.changed(n, share))
    different = {field: before[column] != after[column] for field, column in COLUMN.items()}
    assert {field for field, where in different.items() if where.any()} <= {
        "phone",
        "zone",
        "email",
        "last_name",
    }
    per_person = pl.DataFrame(different).sum_horizontal()
    assert (per_person.max(), per_person.sum()) == (1 if count else 0, count)
    assert max(int(where.sum()) for where in different.values()) <= count // 4 + 1


def test_changes_are_spread_over_locations_and_collide_with_nobody(many: pl.DataFrame) -> None:
    after = table(generator.changed(MANY))
    moved = after.filter(many[COLUMN["zone"]] != after[COLUMN["zone"]])
    assert moved[COLUMN["location"]].value_counts()["count"].max() < 15  # type: ignore[operator]  # of 500
    for field in ("email", "phone"):
        everything = pl.concat([many[COLUMN[field]], after[COLUMN[field]]])
        assert everything.n_unique() == many[COLUMN[field]].n_unique() + 50


def test_it_is_fast() -> None:
    start = time.perf_counter()
    generator.feed(100_000)
    assert time.perf_counter() - start < 5  # about 0.3 s on two free cores
