"""The demo's two feeds hold what the demo promises to show."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

import phonenumbers
import pytest

from schedulepop.cli.demo import maple_health as mh
from schedulepop.employee import ENDED
from schedulepop.lib.text import fold
from schedulepop.sync.plan.policy import Mapping, Policy


@dataclass(frozen=True, slots=True)
class Morning:
    """What `mh.next_feed` says otherwise than `mh.first_feed`; everything else in it is the same, byte for byte.

    `changed` gives the canonical fields of each changed person. `unmapped_zone` is the zone code nobody has
    mapped and the new hire who carries it (one of `new_hires`). `elsewhere` is the new record of the person
    in `ALREADY_THERE`; `nameless_id` is the full name on the one record without an id.
    """

    new_hires: tuple[str, ...]
    starting_later: tuple[str, ...]  # those of new_hires who start in the future
    changed: dict[str, tuple[str, ...]]
    terminated: str
    elsewhere: str
    unmapped_zone: tuple[str, str]
    nameless_id: str


MORNING = Morning(
    new_hires=("00318847", "00662190", "00905512", "00147736", "00773025", "00590468"),
    starting_later=("00773025", "00590468"),
    changed={
        "00803360": ("phone",),  # Luis Quintanar
        "00427629": ("phone", "zone"),  # Thuy-Linh Dang
        "00191158": ("zone",),  # Wendell Oakes
        "00278211": ("last_name",),  # Ferris Eastman
        "00941311": ("status",),  # Corinne Haddad
        "00654573": ("phone",),  # Heather Longfellow
        "00934992": ("email",),  # Frances Dombrowski
        "00848767": ("email",),  # Cristina Delgado-Ruiz
        "00562842": ("duty", "pay_rate"),  # Caitlin McAllister
        "00538766": ("duty", "pay_rate"),  # Hawa Kamara
        "00259983": ("status",),  # Dale Gunderson
        "00357530": ("status",),  # Michelle Lafontaine
    },
    terminated="00237951",
    elsewhere="00426603",
    unmapped_zone=("MC-2", "00662190"),
    nameless_id="Ottilie Brandvold",
)

TODAY = date(2026, 11, 17)
MAPPING = Mapping.model_validate(mh.MAPPING)
COLUMN = MAPPING.columns
Record = dict[str, str]


def records(feed: bytes) -> list[Record]:
    return list(csv.DictReader(io.StringIO(feed.decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def first() -> dict[str, Record]:
    return {r[COLUMN["source_id"]]: r for r in records(mh.first_feed(TODAY))}


@pytest.fixture(scope="module")
def morning() -> dict[str, Record]:
    return {r[COLUMN["source_id"]]: r for r in records(mh.next_feed(TODAY))}


def full_name(record: Record) -> str:
    return f"{record[COLUMN['first_name']]} {record[COLUMN['last_name']]}"


def test_the_same_day_gives_the_same_bytes() -> None:
    assert mh.first_feed(TODAY) == mh.first_feed(TODAY)
    assert mh.next_feed(TODAY) == mh.next_feed(TODAY)
    assert mh.first_feed(TODAY) != mh.first_feed(date(2026, 11, 18))


def test_the_file_looks_like_an_export_from_windows() -> None:
    feed = mh.first_feed(TODAY)
    assert feed.startswith(b"\xef\xbb\xbfAssociate ID,Employee Number,")
    assert feed.count(b"\r\n") == feed.count(b"\n") == 1 + 244
    assert b'"Whitfield, Jr."' in feed
    assert b"today" not in feed + mh.next_feed(TODAY)


def test_two_hundred_and_forty_people_in_three_facilities(first: dict[str, Record]) -> None:
    assert len(first) == 244
    statuses = Counter(MAPPING.statuses[r[COLUMN["status"]]] for r in first.values())
    assert statuses == {
        "active": 226,
        "upcoming": 5,
        "leave_of_absence": 5,
        "fmla": 4,
        "resigned": 2,
        "terminated": 2,
    }
    assert sum(n for status, n in statuses.items() if status not in ENDED) == 240
    assert Counter(r[COLUMN["location"]] for r in first.values()) == {"101": 84, "102": 82, "103": 78}
    assert len({where.timezone for where in mh.LOCATIONS}) == 2


def test_identities_are_unique_and_keep_their_leading_zeros(morning: dict[str, Record]) -> None:
    everyone = [r for source_id, r in morning.items() if source_id]
    assert all(re.fullmatch(r"00\d{6}", r[COLUMN["source_id"]]) for r in everyone)
    numbers = [r[COLUMN["employee_number"]] for r in everyone]
    assert all(re.fullmatch(r"00\d{4}", number) for number in numbers)
    emails = [r[COLUMN["email"]] for r in morning.values() if r[COLUMN["email"]]]
    assert all(re.fullmatch(r"[a-z0-9.-]+@example\.com", email) for email in emails)
    for values in (numbers, emails, [fold(full_name(r)) for r in morning.values()]):
        assert [value for value, n in Counter(values).items() if n > 1] == []


def test_contacts_are_readable_and_as_uneven_as_in_life(first: dict[str, Record]) -> None:
    written = [r[COLUMN["phone"]] for r in first.values() if r[COLUMN["phone"]]]
    parsed = [phonenumbers.parse(phone, "US") for phone in written]
    assert all(phonenumbers.is_valid_number(phone) for phone in parsed)
    assert all(re.fullmatch(r"\d{3}55501\d\d", str(phone.national_number)) for phone in parsed)
    assert len({re.sub(r"\d", "9", phone) for phone in written}) >= 5  # ways of writing a number
    shared = [number for number, n in Counter(p.national_number for p in parsed).items() if n > 1]
    assert len(shared) == 1  # a mother and her daughter
    assert len(first) - len(written) == 3
    assert sum(not r[COLUMN["email"]] for r in first.values()) == 5


def test_every_code_is_known_and_every_duty_and_zone_is_used(first: dict[str, Record]) -> None:
    for location in mh.LOCATIONS:
        here = [r for r in first.values() if r[COLUMN["location"]] == location.code]
        assert {r[COLUMN["duty"]] for r in here} == {duty.code for duty in location.duties}
        assert {r[COLUMN["zone"]] for r in here} == {zone.code for zone in location.zones}


def test_pay_follows_duty_and_seniority(first: dict[str, Record]) -> None:
    rates: dict[str, list[float]] = {}
    for record in first.values():
        rates.setdefault(record[COLUMN["duty"]], []).append(float(record[COLUMN["pay_rate"]]))
    mean = {duty: sum(r) / len(r) for duty, r in rates.items()}
    assert mean["DIET"] < mean["CNA-02"] < mean["MEDA-01"] < mean["LPN-01"] < mean["RN-01"] < mean["DON-01"]
    assert max(rates["CNA-02"]) > 1.2 * min(rates["CNA-02"])


def test_dates_make_sense_on_the_day_of_the_demo(
    first: dict[str, Record], morning: dict[str, Record]
) -> None:
    def day(written: str) -> date:
        month, number, year = written.split("/")
        return date(int(year), int(month), int(number))

    for record in [*first.values(), *morning.values()]:
        hired, original = day(record[COLUMN["hire_date"]]), day(record[COLUMN["original_hire_date"]])
        assert original <= hired
        assert (hired > TODAY) == (record[COLUMN["status"]] == "Pre-Hire")
        ends = record[COLUMN["termination_date"]]
        assert not ends or day(ends) > hired
        if MAPPING.statuses[record[COLUMN["status"]]] in ENDED:
            assert day(ends) < TODAY
    assert sum(bool(r[COLUMN["termination_date"]]) for r in first.values()) == 5  # four left, one is leaving


def test_the_next_morning_differs_exactly_as_promised(
    first: dict[str, Record], morning: dict[str, Record]
) -> None:
    says = MORNING
    assert list(morning)[: len(first)] == list(first)  # nobody is missing, nothing moved
    assert set(morning) - set(first) == {*says.new_hires, says.elsewhere, ""}
    field_of = {column: name for name, column in COLUMN.items()}
    found = {
        source_id: tuple(
            field_of[column]
            for column, value in morning[source_id].items()
            if value != record[column] and column in field_of
        )
        for source_id, record in first.items()
        if morning[source_id] != record
    }
    assert found.pop(says.terminated) == ("status", "termination_date")
    assert found == says.changed
    assert len(found) == 12
    assert {field for fields in found.values() for field in fields} == {
        "phone",
        "email",
        "zone",
        "duty",
        "pay_rate",
        "status",
        "last_name",
    }


def test_six_new_hires_of_whom_two_start_later(morning: dict[str, Record]) -> None:
    says = MORNING
    assert len(says.new_hires) == 6
    later = [i for i in says.new_hires if morning[i][COLUMN["status"]] == "Pre-Hire"]
    assert tuple(later) == says.starting_later
    assert len(later) == 2


def test_one_zone_nobody_has_mapped(morning: dict[str, Record]) -> None:
    known = {where.code: {zone.code for zone in where.zones} for where in mh.LOCATIONS}
    unmapped = [
        (r[COLUMN["zone"]], i)
        for i, r in morning.items()
        if r[COLUMN["zone"]] not in known[r[COLUMN["location"]]]
    ]
    assert unmapped == [MORNING.unmapped_zone]
    assert MORNING.unmapped_zone[1] in MORNING.new_hires
    duties = {duty.code for duty in mh.DUTIES}
    assert {r[COLUMN["duty"]] for r in morning.values()} == duties


def test_the_broken_record_has_a_name_but_no_identity(morning: dict[str, Record]) -> None:
    assert [full_name(r) for r in records(mh.next_feed(TODAY)) if not r[COLUMN["source_id"]]] == [
        MORNING.nameless_id
    ]
    assert morning[""][COLUMN["employee_number"]] == ""


def test_delphine_already_works_elsewhere(first: dict[str, Record], morning: dict[str, Record]) -> None:
    her, record = mh.ALREADY_THERE, morning[MORNING.elsewhere]
    assert (record[COLUMN["email"]], full_name(record)) == (her.email, f"{her.first_name} {her.last_name}")
    assert her.email_confirmed
    assert record[COLUMN["location"]] != her.location
    assert her.email not in {r[COLUMN["email"]] for r in first.values()}


def test_who_can_sign_in_is_whom_payroll_sends(first: dict[str, Record]) -> None:
    assert [person.role for person in mh.SIGN_INS] == [
        "admin",
        "manager",
        "manager",
        "staff",
        "client_success",
    ]
    by_hand = {(p.first_name, p.last_name, p.email) for p in mh.SIGN_INS if p.source_id is None}
    assert {last for _, last, _ in by_hand} == {"Okoye", "Ferris"}
    for person in mh.SIGN_INS:
        if person.source_id is not None:
            record = first[person.source_id]
            assert full_name(record) == f"{person.first_name} {person.last_name}"
            assert (record[COLUMN["email"]], record[COLUMN["location"]]) == (person.email, person.location)
            assert fold(record[COLUMN["phone"]]).replace(" ", "") == fold(person.phone).replace(" ", "")
            assert record[COLUMN["status"]] == "Active"
    assert (mh.SUPPORT_CONTACT.first_name, mh.SUPPORT_CONTACT.organization) == ("Joan", mh.VENDOR.slug)


def test_what_managers_add_is_not_what_payroll_says(
    first: dict[str, Record], morning: dict[str, Record]
) -> None:
    managers = {person.username: person for person in mh.SIGN_INS if person.role == "manager"}
    assert [extra.kind for extra in mh.EXTRAS].count("duty") == 2
    for extra in mh.EXTRAS:
        record = first[extra.source_id]
        assert record[COLUMN["location"]] == managers[extra.by].location
        assert extra.code != record[COLUMN[extra.kind]]
    edited = COLUMN[mh.EDIT.field]
    assert first[mh.EDIT.source_id][edited] == morning[mh.EDIT.source_id][edited] == mh.EDIT.payroll
    assert mh.EDIT.value not in {r[edited] for r in morning.values()}


def test_the_mapping_names_columns_of_the_file(first: dict[str, Record]) -> None:
    assert set(COLUMN.values()) <= set(next(iter(first.values())))
    assert Policy.model_validate(mh.POLICY).pay
    assert MAPPING.pay_unit == "hour"
