"""Bad and odd nights: what payroll sends instead of the good export, and which codes say so.

No codes: the night is odd and harmless, and nothing has to be said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.sync.plan.campaign.payroll import GOOD, Export

REFUSED = "refused"  # the run fails with a sentence


@dataclass(frozen=True)
class Night:
    """One night."""

    name: str
    data: bytes
    says: frozenset[str] = frozenset()  # one of these codes or rules has to be told


def _night(name: str, sent: Export | str | bytes, says: str = "") -> Night:
    text = sent.text() if isinstance(sent, Export) else sent
    data = text.encode() if isinstance(text, str) else text
    return Night(name, data, frozenset(says.split()))


def _upper(place: int, value: str) -> str:
    return value.upper()


def _slip(name: str) -> Export:
    """The column moved down by one row."""
    at = GOOD.header.index(name)
    values = [row[at] for row in GOOD.rows]
    return GOOD.column(name, lambda place, value: values[place - 1])


def _swap_two(name: str) -> Export:
    at = GOOD.header.index(name)
    values = [row[at] for row in GOOD.rows]
    values[3], values[4] = values[4], values[3]
    return GOOD.column(name, lambda place, value: values[place])


def _words(*words: str) -> Export:
    return GOOD.column("Status", lambda place, value: words[place % len(words)])


TEXT = GOOD.text()
ROWS = GOOD.rows
LEFT = GOOD.column("Status", lambda place, value: "Terminated" if place % 3 == 0 else value)
NIGHTS = (
    _night(
        "every header renamed", replace(GOOD, header=tuple(f"FIELD_{n}" for n in range(10))), "column_gone"
    ),
    _night("status header renamed", GOOD.called(Status="Zustand"), "column_gone"),
    _night("email header renamed", GOOD.called(Email="E-Mail-Adresse"), "column_gone"),
    _night("email column gone", GOOD.without("Email"), "column_gone"),
    _night("status column gone", GOOD.without("Status"), "column_gone"),
    _night("location column gone", GOOD.without("Location"), "column_gone"),
    _night("ID column gone", GOOD.without("Employee ID"), "column_gone"),
    _night("hours for a status", _words("Full-Time", "Part-Time", "Per Diem"), "status_words"),
    _night("a pay class for a status", _words("Hourly", "Salaried"), "status_words"),
    _night("codes of another system", _words("1", "3", "9"), "status_words"),
    _night("words of another language", _words("Aktiv", "Ausgetreten"), "status_words"),
    _night("words that map, from another column", _words("Employed", "Working", "Active"), "status_words"),
    _night("everybody terminated", _words("Terminated"), "removals_location"),
    _night("a third terminated", LEFT, "removals_location"),
    _night("everybody inactive", _words("I"), "removals_location"),
    _night("everybody on leave", _words("Leave of Absence"), "field_change"),
    _night("nobody in it", replace(GOOD, rows=()), "empty"),
    _night("no bytes", b"", REFUSED),
    _night("cut in the middle", TEXT[: len(TEXT) // 2], "short"),
    _night("cut after one building", replace(GOOD, rows=ROWS[:60]), "short"),
    _night("ten people fewer", replace(GOOD, rows=ROWS[10:]), "short"),
    _night("renumbered", GOOD.column("Employee ID", lambda n, v: f"77{n:04}"), "ids_changed short"),
    _night("zeros lost", GOOD.column("Employee ID", lambda n, v: v.lstrip("0")), "ids_changed short"),
    _night("IDs slipped by a row", _slip("Employee ID"), "field_change ids_changed"),
    _night("scientific IDs", GOOD.column("Employee ID", lambda n, v: "1.01E+05"), "rejects"),
    _night("IDs that say nothing", GOOD.column("Employee ID", lambda n, v: "N/A"), "rejects"),
    _night("emails slipped by a row", _slip("Email"), "field_change contact_moved"),
    _night("phones slipped by a row", _slip("Phone"), "field_change contact_moved"),
    _night("two emails swapped", _swap_two("Email"), "contact_moved"),
    _night("two phones swapped", _swap_two("Phone"), "contact_moved"),
    _night("one address for all", GOOD.column("Email", lambda n, v: "staff@maple.org"), "field_change"),
    _night("another domain", GOOD.column("Email", lambda n, v: v.replace("maple", "mapl")), "field_change"),
    _night("emails blank", GOOD.column("Email", lambda n, v: ""), "column_blank"),
    _night("emails N/A", GOOD.column("Email", lambda n, v: "N/A"), "column_blank"),
    _night("statuses blank", GOOD.column("Status", lambda n, v: ""), "column_blank"),
    _night("names swapped", GOOD.swapped("First Name", "Last Name"), "field_change ids_changed"),
    _night("names in capitals", GOOD.column("Last Name", _upper), "field_change"),
    _night(
        "locations swapped", GOOD.column("Location", lambda n, v: "MS" if v == "MN" else "MN"), "field_change"
    ),
    _night("unknown locations", GOOD.column("Location", lambda n, v: f"X{v}"), "unmapped_location"),
    _night("departments for duties", GOOD.swapped("Job Code", "Department"), "unmapped_duty field_change"),
    _night("figures for zones", GOOD.column("Department", lambda n, v: str(n)), "unmapped_zone"),
    _night("accents asked for", TEXT.encode("ascii", "replace"), "bad_characters"),
    _night("accents dropped", TEXT.encode("ascii", "ignore"), "letters_damaged"),
    _night("encoded twice", TEXT.encode().decode("cp1252").encode(), "encoding_twice"),
    _night(
        "controls in names",
        GOOD.column("First Name", lambda n, v: v + "\x1b[0m" * (n < 5)),
        "bad_characters",
    ),
    _night(
        "directions in names",
        GOOD.column("Last Name", lambda n, v: "\u202e" * (n < 5) + v),
        "bad_characters",
    ),
    _night("a log-in page", "<!DOCTYPE html><html><body>Log in</body></html>", REFUSED),
    _night("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", REFUSED),
    _night("a workbook", b"PK\x03\x04" + b"\0" * 200 + b"xl/workbook.xml", REFUSED),
    _night("a row with too many values", TEXT.replace("Ada,Abbott", "Ada,Abbott,,,", 1), "ragged_row"),
    _night("Mac Roman", TEXT.encode("mac_roman")),
    _night("DOS", TEXT.encode("cp850")),
    _night("Windows", TEXT.encode("cp1252")),
    _night("UTF-16", TEXT.encode("utf-16")),
    _night("semicolons", GOOD.text(";")),
    _night("tabs and a title", "Staff list of Maple\n\n" + GOOD.text("\t")),
    _night("other order", replace(GOOD, rows=ROWS[::-1])),
    _night("everybody twice", replace(GOOD, rows=ROWS + ROWS)),
    _night("protected cells", TEXT.replace("00101,", '="00101",')),
    _night("a total at the end", TEXT + "Total,90,,,,,,,,\n"),
)
