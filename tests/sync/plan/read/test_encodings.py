"""Old encodings are recognized by whether words look like names; text encoded twice is put right."""

from __future__ import annotations

import pytest

from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.read import read

SPANISH = ["Carrascón", "Peña", "Núñez", "Inés", "Ibáñez", "Muñoz"]
GERMAN = ["Müller", "Böhm", "Groß", "Jürgens", "Schäfer"]
HUNGARIAN = ["Szabó", "Győri", "Erdős", "Fűzfa"]
POLISH = ["Łukasik", "Wiśniewski", "Żółkiewska", "Dąbrowski"]
RUSSIAN = ["Смирнов", "Иванова", "Кузнецов"]


def _read(names: list[str], encoding: str) -> Feed:
    rows = [f"{n},Ann,{name},East" for n, name in enumerate(names, 11)]
    text = "\n".join(["Employee ID,First Name,Last Name,Unit", *rows, ""])
    return read(text.encode(encoding), pay=False)


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        *((SPANISH, one) for one in ("utf-8", "utf-16", "cp1252", "mac_roman", "cp850", "cp437", "latin-1")),
        *((GERMAN, one) for one in ("utf-8", "cp1252", "mac_roman", "cp850", "cp437")),
        *((POLISH, one) for one in ("utf-8", "cp1250", "iso8859_2", "cp852")),
        *((RUSSIAN, one) for one in ("utf-8", "cp1251", "koi8_r", "cp866")),
        (HUNGARIAN, "cp852"),
        (["Szabó"], "mac_roman"),
        (["Szabó"], "cp850"),
    ],
)
def test_the_encoding_is_recognized(names: list[str], encoding: str) -> None:
    feed = _read(names, encoding)
    assert feed.table["Last Name"].to_list() == names
    assert feed.problems.is_empty()


def test_apostrophes_and_capitals_are_no_signs_of_a_wrong_encoding() -> None:
    names = ["McÍntyre", "O’Núñez", "PEÑA", "D´Órsay"]
    assert _read(names, "cp1252").table["Last Name"].to_list() == names


def test_letters_that_could_be_others_are_said() -> None:
    feed = _read(["Gyõri", "Erdõs"], "cp1252")
    assert feed.encoding_doubted
    assert feed.problems["code"].to_list() == ["encoding_doubted"]


def test_letters_encoded_twice_are_put_right() -> None:
    twice = [name.encode().decode("cp1252") for name in ("Carrascón", "Müller", "Élan")]
    feed = _read([*twice, "Ãlvares", "Peña"], "utf-8")
    assert feed.table["Last Name"].to_list() == ["Carrascón", "Müller", "Élan", "Ãlvares", "Peña"]
    assert feed.problems["code"].to_list() == ["encoding_twice"]


def test_what_only_looks_encoded_twice_stays() -> None:
    assert _read(["Ã³Ã", "Peña"], "utf-8").table["Last Name"].to_list() == ["Ã³Ã", "Peña"]


def test_entities_of_letters_are_letters() -> None:
    names = _read(["Carrasc&oacute;n", "Szab&#243;", "R&B", "Smith & Sons"], "utf-8").table["Last Name"]
    assert names.to_list() == ["Carrascón", "Szabó", "R&B", "Smith & Sons"]


def test_in_a_mixed_file_only_the_damaged_cell_is_lost() -> None:
    data = "Employee ID,Last Name,Unit\n11,Carrascón,East\n12,Szabó,Caf\xe9\n".encode().replace(
        b"f\xc3\xa9", b"f\xe9"
    )
    feed = read(data, pay=False)
    assert feed.table.rows() == [(2, "11", "Carrascón", "East"), (3, "12", "Szabó", None)]
    assert feed.problems.select("code", "row", "column").rows() == [("bad_characters", 3, "Unit")]


@pytest.mark.parametrize(
    ("column", "written", "taken"),
    [
        ("Last Name", "Szab?", None),
        ("Last Name", "Carrasc?n", None),
        ("Last Name", "?", "?"),
        ("Unit", "Caf?teria", None),
        ("Unit", "East?", "East?"),
        ("Shirt", "Why?not", "Why?not"),
    ],
)
def test_a_question_mark_for_a_letter(column: str, written: str, taken: str | None) -> None:
    cells = {"Employee ID": "11", "First Name": "Ann", "Last Name": "Lee", "Unit": "East", "Shirt": "M"}
    cells |= {column: written}
    feed = read(f"{','.join(cells)}\n{','.join(cells.values())}\n".encode(), pay=False)
    assert feed.table[column].to_list() == [taken]
    assert feed.problems["code"].to_list() == ([] if taken else ["bad_characters"])
