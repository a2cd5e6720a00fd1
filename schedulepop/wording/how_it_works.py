"""What the article about User Sync says of one payroll system and of one field, for managers (SPEC §1)."""

from __future__ import annotations

from schedulepop.wording.translation import gettext, ngettext
from schedulepop.wording.translation import gettext_noop as _

_STATES = {
    "preparing": _(
        "It is being set up. Client Success looks at the first sync before anything happens. Until then nothing here "
        "changes by itself."
    ),
    "not_switched_on": _(
        "The first sync is done. The nightly sync is not switched on yet, so nothing changes by itself."
    ),
    "nightly": _("It runs by itself about every 24 hours, at night."),
    "arrives": _("It runs by itself: each night, and when a file from payroll arrives."),
    "paused": _(
        "It is paused. Your list stays as it is, and nothing changes by itself until it is on again."
    ),
    "trouble": _(
        "Payroll cannot be read right now. Nothing is lost: your list stays as it is, and the sync tries again by "
        "itself."
    ),
    "switched_off": _(
        "It is switched off, since payroll could not be read for a long time. Your list stays as it is. Client "
        "Success has to mend it."
    ),
    "upload": _("It does not run at night. Somebody uploads a file from payroll, and each file is one sync."),
}
"""How one payroll system runs."""

_NOT_COMING = {
    "blank": _("The column comes, but it is blank for everybody"),
    "gone": _("Set up, but not in payroll’s last file"),
    "ahead": _("Set up; the first sync will bring it"),
    "absent": _("No column of payroll is set up for it"),
}

_WINS = {
    "name": _("You may edit it. The next sync puts payroll’s name back."),
    "email": _("You may edit it. The next sync puts payroll’s email back."),
    "phone": _("You may edit it. The next sync puts payroll’s phone back."),
    "duty": _("You may replace it. The next sync puts payroll’s duty back."),
    "zone": _("You may replace it. The next sync puts payroll’s zone back."),
    "status": _("Only payroll changes it. It says who may sign in and who may be put on a schedule."),
    "hire_date": _("Only payroll changes it. Seniority comes from it."),
    "termination_date": _("Only payroll changes it. Sign-in ends when it is here."),
    "leave_end": _("Only payroll changes it. On that day the person is active again."),
    "employee_number": _("Only payroll changes it."),
    "cms_code": _("The code of the duty counts. If payroll says another code, an issue names both."),
    "pay_rate": _("Only payroll changes it."),
}
"""What it means that a field comes."""

_YOURS = {
    "name": _("Enter it by hand. It stays."),
    "email": _("Enter it by hand, and it stays. Without an email, a new hire gets a printed sheet."),
    "phone": _("Enter it by hand. It stays."),
    "duty": _("Enter it by hand. It stays."),
    "zone": _("Enter it by hand. It stays."),
    "status": _("The hire date and the last day decide who is active."),
    "hire_date": _("Seniority stays blank."),
    "termination_date": _("The employment status says who has left."),
    "leave_end": _("Somebody on leave is active again when payroll says so."),
    "employee_number": _("It stays blank."),
    "cms_code": _("The code is set once for each duty."),
    "pay_rate": _("No rate is shown."),
}
"""What it means that it does not."""

LABELS = {
    "name": _("First and last name"),
    "email": _("Email"),
    "phone": _("Phone"),
    "duty": _("Primary duty"),
    "zone": _("Primary zone"),
    "status": _("Employment status"),
    "hire_date": _("Hire dates"),
    "termination_date": _("Last day"),
    "leave_end": _("Return from leave"),
    "employee_number": _("Employee number"),
    "cms_code": _("CMS labor code"),
    "pay_rate": _("Pay rate"),
}


def state(code: str) -> str:
    """How a payroll system runs, in a sentence or two."""
    return gettext(_STATES[code])


def not_coming(code: str) -> str:
    """Why a field does not come, where the platform itself gives no reason."""
    return gettext(_NOT_COMING[code])


def label(field: str) -> str:
    return gettext(LABELS[field])


def meaning(field: str, *, comes: bool) -> str:
    """What follows from it for whoever looks after people."""
    return gettext((_WINS if comes else _YOURS)[field])


def welcome(days_before: int | None) -> str:
    """When a new hire is written to."""
    if days_before is None:
        return gettext(
            "The letter goes out as soon as payroll shows the new hire, even before the first day."
        )
    return ngettext(
        "The letter goes out {count} day before the first day, or at once when that day is over.",
        "The letter goes out {count} days before the first day, or at once when that day is over.",
        days_before,
    ).format(count=days_before)


def reminder(days: int) -> str:
    """When those who upload are reminded."""
    return ngettext(
        "After a day without a file, HR and Client Success get a reminder.",
        "After {count} days without a file, HR and Client Success get a reminder.",
        days,
    ).format(count=days)


def grace(feeds: int, days: int) -> str:
    """How long somebody stays on the list whom payroll no longer names."""
    files = ngettext("{count} file", "{count} different files", feeds).format(count=feeds)
    span = ngettext("{count} day", "{count} days", days).format(count=days)
    return gettext("It takes {files} without them, over at least {days}.").format(files=files, days=span)
