"""How an integration reads and how careful it is: the mapping and the guard's numbers. Pure data.

Both are stored as JSON on the integration, versioned, and hashed into the rules hash: when either changes,
no record counts as unchanged. Numbers are SPEC §5's defaults.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from schedulepop.lib.date_formats import known_format
from schedulepop.lib.text import fold_header

DateFormat = Annotated[str, AfterValidator(known_format)]
"""One of `date_formats.FORMATS`; MM/DD/YYYY is understood, too."""


class Exclusion(BaseModel):
    """Records whose column equals (or contains) a text are left out, and counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    column: str  # the source's column name
    equals: str | None = None  # folded comparison
    contains: str | None = None


class Mapping(BaseModel):
    """How the source's columns and codes become canonical fields. TOML in and out."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    columns: dict[str, str] = Field(
        default_factory=dict
    )  # canonical field → source column; empty: recognize by name
    dates: dict[str, DateFormat] = Field(default_factory=dict)  # canonical field → declared format
    statuses: dict[str, str] = Field(default_factory=dict)  # the source's word (any case) → employee.Status
    no_status: frozenset[str] = frozenset()  # columns that are no employment status, whatever their name
    duties: dict[str, str] = Field(
        default_factory=dict
    )  # code → name of the duty to create where it is missing
    zones: dict[str, str] = Field(default_factory=dict)
    create_codes: frozenset[Literal["duty", "zone"]] = (
        frozenset()
    )  # unknown codes become a duty/zone of that name
    default_location: str | None = None  # location code for every record when there is no location column
    name_order: Literal["last_first", "first_last"] | None = None  # of a full-name column; None: by its comma
    blank_clears: frozenset[str] = frozenset()  # fields whose blank removes the current value
    country: str = "US"  # for phone numbers without a country code
    pay_unit: str | None = None  # hour, day, week, two_weeks, month, year; when there is no pay unit column
    pay_currency: str = "USD"
    exclude: tuple[Exclusion, ...] = ()

    @property
    def named(self) -> frozenset[str]:
        """Columns that rules read besides those that give fields."""
        return frozenset(rule.column for rule in self.exclude)

    def naming(self, headers: Iterable[str]) -> dict[str, str]:
        """The declared fields whose column is among these headers; spelling may differ in case and spaces."""
        folded = {fold_header(header) for header in headers}
        return {field: column for field, column in self.columns.items() if fold_header(column) in folded}


class Limit(BaseModel):
    """A rule trips at `figure >= max(floor, share x base)`; share is a fraction, not a percentage."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    floor: int
    share: float

    def of(self, base: int) -> float:
        """The figure at which the rule trips, for this many people or records."""
        return max(float(self.floor), self.share * base)


class Policy(BaseModel):
    """The guard's numbers and the integration's switches."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    rejects: Limit = Limit(floor=3, share=0.05)  # of records
    short: Limit = Limit(floor=3, share=0.10)  # of linked active people, per location and per organization
    newly_blank: float = 0.50  # share of a column newly blank that holds the organization
    newly_blank_floor: int = 3
    removals_location: Limit = Limit(floor=3, share=0.03)
    removals_organization: Limit = Limit(floor=5, share=0.02)
    creates_location: Limit = Limit(floor=10, share=0.20)
    removals_week: Limit = Limit(floor=6, share=0.08)  # per location over `week_days`
    week_days: int = 7
    ids_changed: Limit = Limit(floor=3, share=0.03)  # new ids resembling absent or leaving people
    field_change: Limit = Limit(floor=3, share=0.30)  # people of whom one owned field changes
    pay_jump: float = 0.25  # a change above this share is told, and counts toward `field_change`
    pay_absurd: float = 10.0  # a rate this many times the other one is held
    flips: int = 2  # changes between working and ended within `flip_days` that hold the person
    flip_days: int = 7
    rows_warn: float = 0.20  # share by which the number of records may differ from the usual one; only warns
    missing_feeds: int = 2  # feeds of differing content without the person
    missing_days: int = 3
    welcome_days_before: int | None = None  # the start; None: an upcoming person is welcomed when created
    upload_reminder: int | None = 7  # days without an upload, where nothing can be fetched; None: no reminder
    pay: bool = False  # off: not read, shown, planned or kept
    cms: bool = True  # "if applicable": the organization's switch
    whole_compare_below: int = 5_000  # feeds under this many records are always compared in full
