"""Names in one column or two, in every form people carry them."""

from __future__ import annotations

import polars as pl
import pytest

from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.values.person_names import read_full_names, read_names, split_name, tidy


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Lee, Ann", "Ann", "Lee"),
        ("Lee,Ann", "Ann", "Lee"),
        ("Lee, Ann M", "Ann", "Lee"),
        ("Lee, Ann  M.", "Ann", "Lee"),
        ("Lee, Mary Jo", "Mary Jo", "Lee"),
        ("Lee, Mary Jo K.", "Mary Jo", "Lee"),
        ("Ann Lee", "Ann", "Lee"),
        ("Ann M. Lee", "Ann", "Lee"),
        ("Mary Jo Lee", "Mary Jo", "Lee"),
        ("Abu Salim, Karim   ", "Karim", "Abu Salim"),
        ("De La Cruz, María José", "María José", "De La Cruz"),
        ("María de la Cruz", "María", "de la Cruz"),
        ("Ludwig van der Berg", "Ludwig", "van der Berg"),
        ("O'Neil, Siobhán", "Siobhán", "O'Neil"),
        ("Brown-King, Jean-Luc", "Jean-Luc", "Brown-King"),
        ("Smith, John Jr", "John", "Smith Jr"),
        ("Smith Jr, John", "John", "Smith Jr"),
        ("Smith, Jr., John", "John", "Smith Jr."),
        ("Smith, John Q., III", "John", "Smith III"),
        ("John Smith III", "John", "Smith III"),
        ("John Smith, Jr.", "John", "Smith Jr."),
        ("Jane Doe, RN", "Jane", "Doe"),
        ("Jane Doe RN", "Jane", "Doe"),
        ("Doe, Jane, RN", "Jane", "Doe"),
        ("Doe, Jane RN", "Jane", "Doe"),
        ("Doe, Jane (Janey)", "Jane", "Doe"),
        ('Doe, Robert "Bob"', "Robert", "Doe"),
        ("LEE, ANN", "ANN", "LEE"),
        ("Nguyen, An", "An", "Nguyen"),
        ("Do, Minh", "Minh", "Do"),
        ("Ng, Md", "Md", "Ng"),
        ("X, Malcolm", "Malcolm", "X"),
        ("Dr. Ulla Vance", "Ulla", "Vance"),
        ("Dr Ulla Vance", "Ulla", "Vance"),
        ("DR ULLA VANCE", "ULLA", "VANCE"),
        ("Prof. Dr. Ulla Vance", "Ulla", "Vance"),
        ("Vance, Dr. Ulla", "Ulla", "Vance"),
        ("Mrs. Vance, Ulla", "Ulla", "Vance"),
        ("Vance, Ulla, Dr.", "Ulla", "Vance"),
        ("Sr. Mary Okafor", "Mary", "Okafor"),
        ("Okafor Sr., Femi", "Femi", "Okafor Sr."),
        ("Vance CNA, Ulla", "Ulla", "Vance"),
        ("Vance, Ulla R.N.", "Ulla", "Vance"),
        ("Vance, Ulla, RN, BSN", "Ulla", "Vance"),
        ("Vance, Ulla RN-BC", "Ulla", "Vance"),
        ("Ulla Vance, rn, msn", "Ulla", "Vance"),
        ("Ulla Vance PhD", "Ulla", "Vance"),
        ("Vance, Ulla OTR/L", "Ulla", "Vance"),
        ("VANCE, ULLA RN", "ULLA", "VANCE"),
        ("ANNE MARIE DO", "ANNE MARIE", "DO"),
        ("Rn, Pita", "Pita", "Rn"),
        ("Hana Ma", "Hana", "Ma"),
        ("Vance Jr., Ulla, RN", "Ulla", "Vance Jr."),
        ("Vance, Ulla 'Lulu'", "Ulla", "Vance"),
        ("Ulla “Lulu” Vance", "Ulla", "Vance"),
        ("Omar al-Rashid", "Omar", "al-Rashid"),
        ("Femi St. John", "Femi", "St. John"),
        ("Greta von der Au", "Greta", "von der Au"),
        ("O' Dell, Sean", "Sean", "O' Dell"),
        ("Null, Ingrid", "Ingrid", "Null"),
        ("Ingrid Last", "Ingrid", "Last"),
        ("Wibowo", None, "Wibowo"),
        ("Wibowo, RN", None, "Wibowo"),
        ("Wibowo RN", None, "Wibowo"),
        ("Lee,", None, "Lee"),
        (", Ann", "Ann", None),
    ],
)
def test_full_names_are_split(name: str, first: str | None, last: str | None) -> None:
    assert read_full_names(pl.Series([name]), Mapping()).row(0) == (first, last)
    assert split_name(tidy(pl.Series([name]))[0]) == (first, last)


@pytest.mark.parametrize("name", ["", "N/A", "???", "12345", "Jr.", "TBD, TBD"])
def test_no_name_gives_nothing(name: str) -> None:
    assert read_full_names(pl.Series([name]), Mapping()).row(0) == (None, None)


def test_the_order_can_be_declared() -> None:
    names = pl.Series(["Lee Ann", "de la Cruz María José", "Ray, Bo", "Dr. Vance Ulla RN", "Cruz Bo III"])
    found = read_full_names(names, Mapping(name_order="last_first"))
    assert found.rows() == [
        ("Ann", "Lee"),
        ("María José", "de la Cruz"),
        ("Bo", "Ray"),
        ("Ulla", "Vance"),
        ("Bo", "Cruz III"),
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("  Ann   Marie ", "Ann Marie"),
        ("Jose\u0301", "José"),
        ("Ann\u00a0Marie", "Ann Marie"),
        ("D'Angelo", "D'Angelo"),
        ("ANN", "ANN"),
        ("李", "李"),
        ("Mr. Bo", "Bo"),
        ("Sister Mary", "Mary"),
        ("Dr.", "Dr."),
        ("Vance RN", "Vance"),
        ("Vance, lpn", "Vance"),
        ("Vance, Jr.", "Vance Jr."),
        ("Vance Jr. RN", "Vance Jr."),
        ("RN", "RN"),
        ("Do", "Do"),
        ("Van Do", "Van Do"),
        ("VAN DO", "VAN DO"),
        ("Vance, Ulla", "Vance, Ulla"),
        ("Corinna (Cory)", "Corinna"),
        ('"Cory"', '"Cory"'),
        ("van den Hoek", "van den Hoek"),
        ("Null", "Null"),
        ("-", None),
        ("N/A", None),
        ("TBD", None),
        ("123", None),
        (None, None),
    ],
)
def test_separate_columns_lose_only_what_is_no_part_of_a_name(written: str | None, read: str | None) -> None:
    assert read_names(pl.Series([written], dtype=pl.String)).to_list() == [read]
