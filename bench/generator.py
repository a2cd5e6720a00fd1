"""Feeds of any size for the benchmark: N records of 12 columns, always the same ones for the same N.

Everything is arithmetic on the record's position, done by polars, so that 100,000 records take a fraction of
a second and no seed, clock or polars-internal hash can change them. Nobody resembles anybody else: names,
emails, phones and ids are unique, and two people with the same last name, or with the same first name
(up to 467,000 records), never share a hire date. All records are of people who work there: a first sync
creates N users.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from bench.words import AREAS, ENDINGS, FIRST_NAMES, MIDDLES, ONSETS

COLUMNS = {
    "source_id": "Associate ID",
    "employee_number": "Employee Number",
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "phone": "Phone",
    "location": "Location Code",
    "duty": "Job Code",
    "zone": "Department Code",
    "status": "Employment Status",
    "hire_date": "Hire Date",
    "original_hire_date": "Original Hire Date",
}
"""Canonical field → header, in the order of the file."""

MAPPING: dict[str, Any] = {
    "columns": COLUMNS,
    "dates": {"hire_date": "%m/%d/%Y", "original_hire_date": "%m/%d/%Y"},
    "statuses": {"Active": "active", "Leave of Absence": "leave_of_absence", "FMLA": "fmla"},
}
"""For `schedulepop.sync.plan.policy.Mapping.model_validate`."""

PEOPLE_PER_LOCATION = 500
"""64, chosen so that no two are alike."""
MOST = len(FIRST_NAMES) * len(ONSETS) * len(MIDDLES) * len(ENDINGS)
"""Records that have a name of their own: 1,075,200."""


DUTIES: tuple[tuple[str, str, int | None, int], ...] = (
    ("CNA", "CNA", 10, 38),
    ("LPN", "LPN", 9, 12),
    ("RN", "RN", 7, 9),
    ("RNS", "RN Supervisor", 6, 3),
    ("DON", "Director of Nursing", 5, 1),
    ("MEDA", "Med Aide", 12, 7),
    ("DIET", "Dietary Aide", None, 10),
    ("RD", "Dietitian", 16, 1),
    ("HSKP", "Housekeeping", 39, 9),
    ("ACT", "Activities", 29, 4),
    ("ADM", "Administrator", 1, 1),
    ("SW", "Social Worker", 30, 2),
    ("PT", "Physical Therapist", 21, 2),
    ("OT", "Occupational Therapist", 18, 1),
)
"""Code, name, CMS code, people in a hundred."""
ZONES = (
    ("EW", "East Wing"),
    ("WW", "West Wing"),
    ("NH", "North Hall"),
    ("GW", "Garden Wing"),
    ("MC", "Memory Care"),
    ("RU", "Rehab Unit"),
)
TIMEZONES = ("America/Chicago", "America/New_York")

NO_EMAIL_ONE_IN = 2_000
UNREADABLE_PHONE_ONE_IN = 5_000
ODD_PHONE_ONE_IN = 50  # written another way, still readable
ODD_EMAIL_ONE_IN = 100  # domain in capitals
_FIRST_DAY, _DAYS = date(2005, 1, 3), 7_305
_PRIME = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Place:
    """A location the feed's records belong to."""

    code: str
    name: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Codes:
    """What must exist before the feed maps fully; every location has all duties and zones."""

    locations: tuple[Place, ...]
    duties: tuple[tuple[str, str, int | None], ...]  # code, name, CMS code
    zones: tuple[tuple[str, str], ...]  # code, name


def codes(n: int) -> Codes:
    """Locations, duties and zones of `feed(n)`: one location per 500 people, at least one."""
    count = max(1, n // PEOPLE_PER_LOCATION)
    return Codes(
        locations=tuple(
            Place(f"{1001 + i:04d}", f"Facility {1001 + i}", TIMEZONES[i % len(TIMEZONES)])
            for i in range(count)
        ),
        duties=tuple((code, name, cms) for code, name, cms, _ in DUTIES),
        zones=ZONES,
    )


def feed(n: int) -> bytes:
    """N records as CSV with a header line."""
    return _csv(_records(n))


def changed(n: int, share: float = 0.01) -> bytes:
    """The same feed a day later: `round(n * share)` people have one other phone, zone, email or last name."""
    return _csv(_apply_changes(_records(n), round(n * share)))


def reordered(n: int) -> bytes:
    """The same records from the last to the first: another file that says the same."""
    return _csv(_records(n).reverse())


def grown(n: int, hires: int) -> tuple[bytes, bytes]:
    """Two days: N records, then the same with one in a hundred changed and `hires` people more."""
    records = _records(n + hires)
    return _csv(records.head(n)), _csv(_apply_changes(records, round(n * 0.01)))


def _records(n: int) -> pl.DataFrame:
    """All records, with the helper column `i`."""
    if not 0 < n <= MOST:
        raise ValueError(f"n must be between 1 and {MOST}")
    i = pl.int_range(n, dtype=pl.Int64, eager=True).alias("i")
    frame = i.to_frame().with_columns(
        first_name=_take(FIRST_NAMES, pl.col("i") % len(FIRST_NAMES)),
        last_name=_last_name(),
        hired=pl.col("i") * 2_749 % _DAYS,
        phone=_phone(pl.col("i")),
    )
    places = max(1, n // PEOPLE_PER_LOCATION)
    duty_of_hundred = [code for code, _, _, share in DUTIES for _ in range(share)]
    return frame.with_columns(
        source_id=_padded(pl.col("i") * 37 + 100_003, 8),
        employee_number=_padded(pl.col("i") + 1, 7),
        email=_email(),
        phone=_oddly_written(pl.col("phone")),
        location=_padded(pl.col("i") % places + 1001, 4),
        duty=_take(duty_of_hundred, _mix(1) % 100),
        zone=_take([code for code, _ in ZONES], _mix(2) % len(ZONES)),
        status=pl.when(_mix(3) % 100 < 2)
        .then(pl.lit("Leave of Absence"))
        .when(_mix(3) % 100 < 3)
        .then(pl.lit("FMLA"))
        .otherwise(pl.lit("Active")),
        hire_date=_day(pl.col("hired")),
        # one in ten was hired before, left, and came back
        original_hire_date=_day(
            pl.col("hired") - pl.when(_mix(4) % 10 == 0).then(_mix(5) % 1_500 + 60).otherwise(0)
        ),
    )


def _apply_changes(frame: pl.DataFrame, count: int) -> pl.DataFrame:
    """Change one field of `count` people, wherever they are in the feed; the four kinds take turns."""
    # not every hundredth: positions and locations would fall into step, and one location change as a whole
    turn = _mix(8).rank("ordinal").cast(pl.Int64)
    kind = pl.when(turn <= count).then(turn % 4)
    zone_codes = [code for code, _ in ZONES]
    next_zone = pl.col("zone").replace_strict(zone_codes, zone_codes[1:] + zone_codes[:1])
    return frame.with_columns(
        phone=pl.when(kind == 0).then(_phone(pl.col("i"), "556")).otherwise("phone"),
        zone=pl.when(kind == 1).then(next_zone).otherwise("zone"),
        email=pl.when(kind == 2).then(_address("-new")).otherwise("email"),
        last_name=pl.when(kind == 3).then(pl.col("last_name") + "-Marlowe").otherwise("last_name"),
    )


def _csv(frame: pl.DataFrame) -> bytes:
    """The twelve columns under their headers."""
    return frame.select(pl.col(field).alias(header) for field, header in COLUMNS.items()).write_csv().encode()


def _mix(salt: int) -> pl.Expr:
    """A number below 2³¹ that looks random and is the same on every machine: two rounds modulo a prime."""
    x = (pl.col("i") * 1_103_515_245 + salt * 97_561_013 + 12_345) % _PRIME
    return (x * 1_664_525_213 + x // 65_536) % _PRIME


def _take(words: list[str] | tuple[str, ...], position: pl.Expr) -> pl.Expr:
    """The word at each position."""
    return position.replace_strict(range(len(words)), list(words), return_dtype=pl.String)


def _padded(number: pl.Expr, width: int) -> pl.Expr:
    """With leading zeros, as payroll ids have them."""
    return number.cast(pl.String).str.zfill(width)


def _last_name() -> pl.Expr:
    """64 people in a row share one, each with another first name; built so that no two are spelled alike."""
    family = pl.col("i") // len(FIRST_NAMES)
    onset = family % len(ONSETS)
    middle = family // len(ONSETS) % len(MIDDLES)
    ending = family // (len(ONSETS) * len(MIDDLES))
    return _take(ONSETS, onset) + _take(MIDDLES, middle) + _take(ENDINGS, ending)


def _email() -> pl.Expr:
    """First and last name at example.com; now and then the domain in capitals, or none at all."""
    written = pl.when(_mix(6) % ODD_EMAIL_ONE_IN == 0).then(
        _address("").str.replace("@example.com", "@Example.COM", literal=True)
    )
    none = _mix(9) % NO_EMAIL_ONE_IN == 0
    return pl.when(none).then(None).otherwise(written.otherwise(_address("")))


def _address(suffix: str) -> pl.Expr:
    """The address a name gives, in ASCII."""
    plain_last = pl.col("last_name").str.to_lowercase().str.replace("ö", "o", literal=True)
    return pl.col("first_name").str.to_lowercase() + "." + plain_last + pl.lit(f"{suffix}@example.com")


def _phone(slot: pl.Expr, exchange: str = "555") -> pl.Expr:
    """A number of one's own: area code by ten thousands, then the exchange and four figures."""
    area = _take(AREAS, slot // 10_000)
    return pl.lit("(") + area + f") {exchange}-" + _padded(slot * 7_919 % 10_000, 4)


def _oddly_written(phone: pl.Expr) -> pl.Expr:
    """Most stay `(515) 555-0134`; a few are written another way, very few cannot be read."""
    area, line = phone.str.slice(1, 3), phone.str.slice(10, 4)
    way = _mix(7) % (ODD_PHONE_ONE_IN * 4)
    unreadable = _mix(10) % UNREADABLE_PHONE_ONE_IN == 0
    return (
        pl.when(unreadable)
        .then(pl.lit("ask at the desk"))
        .when(way == 0)
        .then(area + ".555." + line)
        .when(way == 1)
        .then(pl.lit("+1 ") + area + "-555-" + line)
        .when(way == 2)
        .then(area + "555" + line)
        .when(way == 3)
        .then(area + "-555-" + line + " ")
        .otherwise(phone)
    )


def _day(offset: pl.Expr) -> pl.Expr:
    """The day so many days after the first, as MM/DD/YYYY."""
    return (pl.lit(_FIRST_DAY) + pl.duration(days=offset)).dt.strftime("%m/%d/%Y")
