"""The synced fields of one person at one location, as rows of the profile.

Which fields there are, whether payroll owns them and whether managers may edit them is said in `employee`; here
is only how each is read from the rows and shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from schedulepop import cms, employee
from schedulepop.directory.models import Membership
from schedulepop.directory.seniority import Rank
from schedulepop.employee import Status
from schedulepop.sync.integrations import availability
from schedulepop.sync.models import Integration
from schedulepop.web.templatetags.words import day, money, pay_unit, phone
from schedulepop.wording.spoken import number

_FIRST = (*employee.USER_FIELDS, "status", "duty", "zone", "cms_code")
_REST = [name for name in employee.MEMBERSHIP_COLUMNS if name not in (*_FIRST, "ends_on")]
_DAYS = [name for name in _REST if employee.BY_NAME[name].kind is employee.Kind.DATE]
ORDER = (*_FIRST, *_DAYS, *(name for name in _REST if name not in _DAYS), "pay_rate")
INPUTS = {"email": "email", "phone": "tel"}
FIXED = {
    "duty": "Payroll sets it. It can be replaced, not removed.",
    "zone": "Payroll sets it. It can be replaced, not removed.",
}


@dataclass(frozen=True)
class SyncedField:
    """One row: what it is called, what it says, whether it hangs on payroll."""

    name: str
    label: str
    value: str  # as people read it; empty: `missing` says what that means
    missing: str = "Not set"
    editable: bool = False
    owned: bool = True
    raw: str = ""  # what an edit starts from
    note: str = ""
    differs: bool = False  # differs from payroll until the next sync
    payroll: str = ""  # what payroll has, where it differs
    kind: str = "text"  # of the input; "choice": a select
    held: bool = False  # against payroll: by an override, or by an undo


def synced_fields(membership: Membership, *, edits: bool = False, pay: bool = False) -> list[SyncedField]:
    """Every synced field of a membership. `edits`: the reader is a manager; `pay`: may read pay."""
    found: list[SyncedField] = []
    for name in ORDER:
        if name in employee.PAY_FIELDS and not pay:
            continue
        if name == "cms_code" and not membership.organization.cms_codes:
            continue
        value, raw, missing = _value(membership, name)
        if not value and name in ("original_hire_date", "termination_date"):
            continue
        if name == "leave_end" and (not value or membership.status not in employee.ON_LEAVE):
            continue
        declared = employee.BY_NAME[name]
        found.append(
            SyncedField(
                name=name,
                label=declared.label,
                value=value,
                missing=missing,
                raw=raw,
                owned=membership.payroll_owned,
                editable=edits and declared.managers_edit,
                note=FIXED.get(name, "") if edits and value and membership.payroll_owned else "",
                kind="choice" if name in ("duty", "zone") else INPUTS.get(name, "text"),
            )
        )
        if name == "original_hire_date" and membership.hire_date not in (None, membership.original_hire_date):
            found.append(_seniority(membership))
    return found


def with_reasons(found: list[SyncedField], integration: Integration) -> list[SyncedField]:
    """Empty fields say why, where payroll's platform cannot give them or has not granted them."""
    return [
        one if one.value else replace(one, missing=availability.reason(integration, one.name) or one.missing)
        for one in found
    ]


def _seniority(membership: Membership) -> SyncedField:
    """Which of two hire dates ranks the person here; where there is only one, it goes without saying."""
    by = membership.organization.seniority_by
    return SyncedField(
        "seniority_date",
        "Seniority",
        f"Since {day(membership.seniority_date(by))}",
        owned=membership.payroll_owned,
        note=f"By the {by} hire date, as everybody at {membership.organization.name}.",
    )


def with_rank(found: list[SyncedField], rank: Rank | None) -> list[SyncedField]:
    """With the place by seniority among people of the same duty, where there is one."""
    if rank is None:
        return found
    shared = ""
    if rank.sharing:
        shared = f"Shared with {number(rank.sharing)} more of the same day."
    place = f"{rank.place} of {rank.of} with the duty {rank.duty}"
    return [*found, SyncedField("rank", "Rank by seniority", place, owned=False, note=shared)]


def own_fields(membership: Membership) -> list[SyncedField]:
    """What people see of themselves: everything but their pay."""
    return synced_fields(membership)


def _value(membership: Membership, name: str) -> tuple[str, str, str]:
    """A field's value in words, what an edit starts from, and what its absence means."""
    user = membership.user
    from_payroll = "Payroll has none yet" if membership.payroll_owned else "Not set"
    match name:
        case "first_name" | "last_name" | "email":
            value = str(getattr(user, name))
            return value, value, "None" if name == "email" else from_payroll
        case "phone":
            return phone(user.phone), phone(user.phone), from_payroll
        case "status":
            return status_sentence(membership), "", from_payroll
        case "duty" | "zone":
            part: Any = membership.primary_duty if name == "duty" else membership.primary_zone
            waiting = (
                f"Waiting: payroll’s {name} is not set up yet" if membership.payroll_owned else "Not set"
            )
            return (part.name, str(part.pk), "") if part else ("", "", waiting)
        case "cms_code":
            return _cms(membership), "", "Not mapped yet; nothing is blocked by it"
        case "pay_rate":
            return _pay(membership), "", from_payroll
    value = getattr(membership, name)
    return (day(value), "", from_payroll) if isinstance(value, date) else (str(value or ""), "", from_payroll)


def status_sentence(membership: Membership) -> str:
    """`Active, leaves Nov 30, 2026`; `Upcoming, starts Nov 19, 2026`."""
    label = membership.status_label
    if membership.status == Status.UPCOMING and membership.hire_date:
        return f"{label}, starts {day(membership.hire_date)}"
    if membership.ends_on and not employee.is_ended(membership.status):
        return f"{label}, leaves {day(membership.ends_on)}"
    if membership.leave_end and membership.status in employee.ON_LEAVE:
        return f"{label}, back {day(membership.leave_end)}"
    return label


def _cms(membership: Membership) -> str:
    """The code the primary duty is mapped to, else the person's own from payroll (SPEC §8)."""
    by_duty = membership.primary_duty.cms_code if membership.primary_duty else None
    code = by_duty or membership.cms_code
    return cms.title(code) if code else ""


def _pay(membership: Membership) -> str:
    """The rate of the primary duty, and the one payroll has dated ahead: `$31.50 an hour; $32.00 an hour from …`."""
    rates = []
    for part in membership.duties.all():
        if part.duty_id != membership.primary_duty_id:
            continue
        if part.pay_rate is not None:
            rates.append(f"{money(part.pay_rate, part.pay_currency)} {pay_unit(part.pay_unit)}")
        if part.next_pay_rate is not None and part.next_pay_on is not None:
            rate = f"{money(part.next_pay_rate, part.next_pay_currency)} {pay_unit(part.next_pay_unit)}"
            rates.append(f"{rate} from {day(part.next_pay_on)}")
    return "; ".join(rates)
