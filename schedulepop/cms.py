"""CMS's Payroll-Based Journal: job title codes, pay type codes, federal quarters, which employee IDs it takes.

Written from CMS's published PBJ data specifications 4.10.0. Knows no Django and no database (SPEC §8).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from schedulepop.lib.text import fold

# fmt: off
_BY_CATEGORY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Administration Services", ("Administrator",)),
    ("Physician Services", ("Medical Director", "Other Physician", "Physician Assistant")),
    ("Nursing Services", (
        "Registered Nurse Director of Nursing", "Registered Nurse with Administrative Duties", "Registered Nurse",
        "Licensed Practical/Vocational Nurse with Administrative Duties", "Licensed Practical/Vocational Nurse",
        "Certified Nurse Aide", "Nurse Aide in Training", "Medication Aide/Technician", "Nurse Practitioner",
        "Clinical Nurse Specialist")),
    ("Pharmacy Services", ("Pharmacist",)),
    ("Dietary Services", ("Dietitian", "Feeding Assistant")),
    ("Therapeutic Services", (
        "Occupational Therapist", "Occupational Therapy Assistant", "Occupational Therapy Aide",
        "Physical Therapist", "Physical Therapy Assistant", "Physical Therapy Aide", "Respiratory Therapist",
        "Respiratory Therapy Technician", "Speech/Language Pathologist", "Therapeutic Recreation Specialist",
        "Qualified Activities Professional", "Other Activities Staff", "Qualified Social Worker",
        "Other Social Worker")),
    ("Dental Services", ("Dentist",)),
    ("Podiatry Services", ("Podiatrist",)),
    ("Mental Health Services", ("Mental Health Service Worker",)),
    ("Vocational Services", ("Vocational Service Worker",)),
    ("Clinical Laboratory Services", ("Clinical Laboratory Service Worker",)),
    ("Diagnostic X-ray Services", ("Diagnostic X-ray Service Worker",)),
    ("Administration and Storage of Blood Services", ("Blood Service Worker",)),
    ("Housekeeping Services", ("Housekeeping Service Worker",)),
    ("Other Services", ("Other Service Worker",)),
)
"""Labor categories in CMS's order with their job titles; codes count through all of them from 1 to 40."""
# fmt: on


@dataclass(frozen=True, slots=True)
class LaborCode:
    """A job title code of CMS with its labor category."""

    code: int
    title: str
    category: str

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"


CODES: Mapping[int, LaborCode] = {
    code: LaborCode(code, name, category)
    for code, (name, category) in enumerate(
        ((name, category) for category, names in _BY_CATEGORY for name in names), start=1
    )
}
"""CMS's closed list, 1 to 40."""

CATEGORIES: Mapping[str, tuple[LaborCode, ...]] = {
    category: tuple(one for one in CODES.values() if one.category == category) for category, _ in _BY_CATEGORY
}
PAY_TYPES: Mapping[int, str] = {1: "Exempt", 2: "Non-exempt", 3: "Contract"}
"""Pay type codes. They belong to hours worked, so the employee section of a submission has none."""

STATES = (
    "AK", "AL", "AR", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN", "KS", "KY", "LA",
    "MA", "MD", "ME", "MI", "MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY", "OH", "OK", "OR",
    "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VI", "VT", "WA", "WI", "WV", "WY",
)  # fmt: skip
"""States and territories a facility can be in."""


def title(code: int) -> str:
    """`7 · Registered Nurse`."""
    return str(CODES[code]) if code in CODES else str(code)


_NAMED: tuple[tuple[str, tuple[int, ...]], ...] = (
    (r"\b(don|director of nursing)\b", (5,)),
    (r"\b(rn|rns|registered nurse)\b", (6, 7)),
    (r"\b(lpn|lvn|licensed practical|licensed vocational|practical nurse|vocational nurse)\b", (8, 9)),
    (r"\b(cna|gna|stna|nurse aide|nursing aide|nursing assistant|nurse assistant)\b", (10, 11)),
    (r"\b(cma|med aide|med tech|medication)\b", (12,)),
    (r"\b(nurse practitioner|np)\b", (13,)),
    (r"\b(dietitian|dietician)\b", (16,)), (r"\bfeeding\b", (17,)),
    (r"\b(occupational|ot|cota)\b", (18, 19, 20)), (r"\b(physical therap\w+|pt|pta)\b", (21, 22, 23)),
    (r"\brespiratory\b", (24, 25)), (r"\b(speech|slp)\b", (26,)), (r"\brecreation\b", (27,)),
    (r"\bactivit\w+\b", (28, 29)), (r"\bsocial work\w*\b", (30, 31)), (r"\bhousekeep\w+\b", (39,)),
    (r"\bpharmacist\b", (15,)), (r"\bmedical director\b", (2,)), (r"\badministrator\b", (1,)),
)  # fmt: skip


def candidates(duty: str) -> tuple[LaborCode, ...]:
    """Codes a duty of this name may have, to be looked at first by whoever chooses; never chosen by itself.

    RN is 7 or, with administrative duties, 6: only people at the facility know which (SPEC §8).
    """
    said = fold(duty)
    found = next((codes for pattern, codes in _NAMED if re.search(pattern, said)), ())
    return tuple(CODES[code] for code in found)


_TAKEN_ID = re.compile(r"[A-Za-z0-9_,.\-\\ ]{1,30}")
_SSN = re.compile(r"\d{3}[- ]\d{2}[- ]\d{4}")
_NINE_DIGITS = re.compile(r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}")


def like_ssn(employee_id: str) -> bool:
    """Whether an ID is written as Social Security numbers are, which no ID may be (SPEC §8)."""
    return _SSN.fullmatch(employee_id) is not None


def doubtful(employee_id: str) -> bool:
    """Whether an ID is nine digits that could be a Social Security number: many payrolls number people so, too."""
    return _NINE_DIGITS.fullmatch(employee_id) is not None


def refusal(employee_id: str) -> str:
    """Why CMS takes no employee of this ID, in words; empty when it does."""
    if like_ssn(employee_id):
        return "it looks like a Social Security number"
    if len(employee_id) > 30:
        return "it has more than 30 characters"
    if not _TAKEN_ID.fullmatch(employee_id) or employee_id != employee_id.strip():
        return "it has characters other than letters, digits, spaces and , . - _ \\"
    return ""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of the federal fiscal year, which begins on October 1 of the year before."""

    year: int
    number: int  # 1 to 4

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter of a day: October to December are the first of the next year."""
        return cls(day.year + (day.month >= 10), (day.month + 2) // 3 % 4 + 1)

    @classmethod
    def named(cls, text: str) -> Quarter:
        """`2026Q1`. Raises ValueError with a sentence."""
        found = re.fullmatch(r"\s*(20\d\d)\s*-?\s*Q([1-4])\s*", text, re.IGNORECASE)
        if found is None:
            raise ValueError(
                f"“{text}” is no federal quarter. Write it like 2026Q1, which is October to December 2025."
            )
        return cls(int(found[1]), int(found[2]))

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year - 1, 10, 1) if self.number == 1 else date(self.year, 3 * self.number - 5, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    @property
    def before(self) -> Quarter:
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    @property
    def months(self) -> str:
        """`October to December 2025`."""
        return f"{self.first:%B} to {self.last:%B %Y}"

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"
