"""Phone numbers in any form; the fast pattern never disagrees with the library."""

from __future__ import annotations

import phonenumbers
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schedulepop.sync.plan.values.phones import read_phones


@pytest.mark.parametrize(
    "written",
    [
        "3125550142",
        "(312) 555-0142",
        "312-555-0142",
        "312.555.0142",
        "312 555 0142",
        "+1 312 555 0142",
        "1-312-555-0142",
        "+13125550142",
        "(312)555-0142",
        "312/555-0142",
        "3125550142.0",
        "tel: 312-555-0142",
        "'3125550142",
        " 312-555-0142 ",
        "011 1 312 555 0142",
    ],
)
def test_one_number_in_many_forms(written: str) -> None:
    assert read_phones(pl.Series([written]), "US").row(0) == ("+13125550142", False)


@pytest.mark.parametrize(
    "written",
    [
        "(312) 555-0142 x12",
        "312-555-0142 ext. 12",
        "312.555.0142 Ext 12",
        "312 555 0142 #12",
        "+1 312-555-0142, extension 12",
        "tel:+1-312-555-0142;ext=12",
        "3125550142x12",
        "+13125550142x12",
    ],
)
def test_an_extension_is_kept(written: str) -> None:
    assert read_phones(pl.Series([written]), "US").row(0) == ("+13125550142x12", False)


@pytest.mark.parametrize(
    "written",
    [
        "555-0142",
        "0000000000",
        "999-999-9999",
        "123-456-7890",
        "312-555-01",
        "n/a",
        "see file",
        "3.13E+09",
        "312-555-0142 / 312-555-0143",
        "555-555-0142",
    ],
)
def test_no_complete_number(written: str) -> None:
    assert read_phones(pl.Series([written]), "US").row(0) == (None, True)


def test_other_countries() -> None:
    assert read_phones(pl.Series(["020 7946 0018", "+1 312 555 0142"]), "GB")["value"].to_list() == [
        "+442079460018",
        "+13125550142",
    ]
    assert read_phones(pl.Series(["+44 20 7946 0018"]), "US")["value"].to_list() == ["+442079460018"]


def test_null_stays_null() -> None:
    assert read_phones(pl.Series([None], dtype=pl.String), "US").row(0) == (None, False)


def by_library(written: str, country: str) -> str | None:
    """What phonenumbers alone says of a number."""
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return plain + (f"x{number.extension}" if number.extension else "")


def published() -> dict[str, list[str]]:
    """Region → the example numbers phonenumbers publishes, written in its national and international forms."""
    kinds, forms = phonenumbers.PhoneNumberType.values(), phonenumbers.PhoneNumberFormat
    found: dict[str, list[str]] = {}
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        examples = [phonenumbers.example_number_for_type(region, kind) for kind in kinds]
        invalid = phonenumbers.invalid_example_number(region)
        found[region] = [
            phonenumbers.format_number(number, form)
            for number in (*examples, invalid)
            if number is not None
            for form in (forms.E164, forms.NATIONAL, forms.INTERNATIONAL)
        ]
    return found


PUBLISHED = published()


@pytest.mark.parametrize("country", sorted({"US", "CA", "GB", "DE", "MX", *phonenumbers.SUPPORTED_REGIONS}))
def test_published_numbers_read_as_the_library_reads_them(country: str) -> None:
    abroad = [text for numbers in PUBLISHED.values() for text in numbers if text.startswith("+")]
    written = [*PUBLISHED[country], *(abroad if country in ("US", "CA", "GB") else ())]
    assert len(PUBLISHED[country]) >= 3
    assert read_phones(pl.Series(written), country)["value"].to_list() == [
        by_library(text, country) for text in written
    ]


def test_numbers_of_other_regions_without_their_code_are_judged_as_american_ones() -> None:
    """A number of another region written without its country code is judged as one of the United States."""
    written = sorted({text for numbers in PUBLISHED.values() for text in numbers if not text.startswith("+")})
    assert read_phones(pl.Series(written), "US")["value"].to_list() == [
        by_library(text, "US") for text in written
    ]


def test_every_area_code_agrees_with_the_library_at_its_edges() -> None:
    written = [
        f"{area}{exchange}0100" for area in range(200, 1000) for exchange in ("200", "560", "690", "999")
    ]
    assert read_phones(pl.Series(written), "US")["value"].to_list() == [
        by_library(text, "US") for text in written
    ]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(2_000_000_000, 9_999_999_999), min_size=10, max_size=40))
@example([5_245_600_000])  # a personal number's area code: valid with some exchanges only
@example([9_836_000_000])
def test_the_fast_pattern_agrees_with_the_library(numbers: list[int]) -> None:
    written = [str(digits) for digits in numbers]
    assert read_phones(pl.Series(written), "US")["value"].to_list() == [
        by_library(text, "US") for text in written
    ]


USUAL = st.builds(
    "{}{}{}{}{}{}{}".format,
    st.sampled_from(["", "1 ", "+1", "1-", "+1 (", "("]),
    st.integers(100, 999),
    st.sampled_from([") ", ")", "-", ".", " ", "", "/"]),
    st.integers(100, 999),
    st.sampled_from(["-", ".", " ", ""]),
    st.integers(0, 9999).map("{:04d}".format),
    st.sampled_from(["", ".0", " x12", "1"]),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(USUAL, min_size=10, max_size=40))
def test_written_as_people_write_them_the_fast_pattern_agrees_with_the_library(written: list[str]) -> None:
    found = read_phones(pl.Series(written), "US")["value"].to_list()
    assert found == [by_library(text.removesuffix(".0"), "US") for text in written]
