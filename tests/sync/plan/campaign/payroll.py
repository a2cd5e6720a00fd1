"""Ninety people of two buildings as their payroll exports them, and everything that has happened to such exports."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

FIRST = (
    *(
        "Ada",
        "Bea",
        "Cyd",
        "Dan",
        "Eva",
        "Flo",
        "Gus",
        "Hal",
        "Ida",
        "Joe",
        "Kim",
        "Lou",
        "Mia",
        "Ned",
        "Ola",
    ),
    *(
        "Pam",
        "Quin",
        "Ray",
        "Sue",
        "Tom",
        "Uma",
        "Vic",
        "Wes",
        "Xan",
        "Yan",
        "Zoë",
        "José",
        "Inés",
        "Renée",
        "Björn",
    ),
)
LAST = ("Abbott", "Brandvold", "Carrascón")
HEADER = (
    "Employee ID",
    "First Name",
    "Last Name",
    "Email",
    "Phone",
    "Location",
    "Job Code",
    "Department",
    "Status",
    "Hire Date",
)
COLUMNS = dict(
    zip(
        (
            "source_id",
            "first_name",
            "last_name",
            "email",
            "phone",
            "location",
            "duty",
            "zone",
            "status",
            "hire_date",
        ),
        HEADER,
        strict=True,
    )
)


@dataclass(frozen=True)
class Export:
    """A header and rows; `text` writes it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self, separator: str = ",") -> str:
        """As a file."""
        out = io.StringIO()
        csv.writer(out, delimiter=separator, lineterminator="\n").writerows([self.header, *self.rows])
        return out.getvalue()

    def column(self, name: str, change: Callable[[int, str], str]) -> Export:
        """With every value of a column changed. `change`: place, value → value."""
        at = self.header.index(name)
        rows = ((*row[:at], change(place, row[at]), *row[at + 1 :]) for place, row in enumerate(self.rows))
        return replace(self, rows=tuple(rows))

    def called(self, **names: str) -> Export:
        """With other headers; spaces of a name are underscores."""
        new = {old.replace("_", " "): name for old, name in names.items()}
        return replace(self, header=tuple(new.get(name, name) for name in self.header))

    def without(self, name: str) -> Export:
        """Without a column."""
        at = self.header.index(name)
        return Export(
            self.header[:at] + self.header[at + 1 :], tuple(r[:at] + r[at + 1 :] for r in self.rows)
        )

    def swapped(self, one: str, other: str) -> Export:
        """With two headers exchanged: each column holds what the other one should."""
        return self.called(**{one.replace(" ", "_"): other, other.replace(" ", "_"): one})


def _people() -> Iterator[tuple[str, ...]]:
    for n in range(90):
        first, last = FIRST[n % 30], LAST[n // 30]
        status = {7: "Leave of Absence", 31: "Leave of Absence", 52: "Suspended"}.get(n, "Active")
        yield (
            f"00{101 + n}",
            first,
            last,
            f"p{n}@maple.org",
            f"(215) 555-{1000 + n}",
            "MN" if n < 60 else "MS",
            ("RN", "LPN", "CNA")[n % 3],
            "EW"[n % 2],
            status,
            f"20{10 + n % 12}-0{1 + n % 9}-15",
        )


GOOD = Export(HEADER, tuple(_people()))
