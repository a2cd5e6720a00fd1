"""The installation's figures in words: what each is called, how long something waited, how large it is."""

from __future__ import annotations

from schedulepop.wording.translation import gettext, ngettext
from schedulepop.wording.translation import gettext_noop as _

LABELS = {
    "worker": _("A worker was last heard"),
    "queue_runs": _("Runs that wait"),
    "queue_fetches": _("Sources that wait to be asked"),
    "queue_ticks": _("Ticks that wait"),
    "queue_letters": _("Rounds of mail that wait"),
    "queue_upkeep": _("Tidying that waits"),
    "dead_jobs": _("Jobs that broke off"),
    "fetches": _("Sources being asked"),
    "database": _("Size of the database"),
    "stored_people": _("People"),
    "stored_files": _("Payroll files"),
    "stored_plans": _("Plans of runs"),
    "stored_history": _("History"),
    "stored_audit": _("Audit trail"),
    "stored_issues": _("Issues"),
    "stored_letters": _("Letters"),
    "stored_jobs": _("Jobs"),
    "letters_waiting": _("Go out next"),
    "mail_server": _("Mail server"),
    "letters_stopped": _("Stopped by the switch"),
    "letters_later": _("Are due later"),
    "letters_without_address": _("Wait for an address"),
    "letters_failed": _("Did not arrive, this week"),
    "letters_unknown": _("May not have arrived, this week"),
}
_RUNS = {
    "queued": _("Waiting to start"),
    "running": _("Running"),
    "planned": _("Previews"),
    "held": _("Held"),
    "applied": _("Applied"),
    "discarded": _("Discarded"),
    "superseded": _("Replaced"),
    "skipped": _("Skipped"),
    "failed": _("Failed"),
    "undone": _("Undone"),
}
_TROUBLES = {
    "late": (_("Late"), _("Every active integration has run within 26 hours.")),
    "held": (_("On hold"), _("Nothing waits for a decision.")),
    "failing": (_("Cannot be read"), _("Every payroll system answers.")),
}


def label(name: str) -> str:
    """What a figure is called."""
    return gettext(LABELS[name])


def run(state: str) -> str:
    """What runs of a state are called."""
    return gettext(_RUNS[state])


def title(trouble: str) -> str:
    """What a kind of trouble is called."""
    return gettext(_TROUBLES[trouble][0])


def calm(trouble: str) -> str:
    """What is said where nobody has it."""
    return gettext(_TROUBLES[trouble][1])


def ago(seconds: float | None) -> str:
    """`7 seconds ago`; None: never."""
    if seconds is None:
        return gettext("never")
    return gettext("{age} ago").format(age=age(seconds))


def silent(seconds: float) -> str:
    """Of the mail server: since when it has not answered; 0: it does."""
    return gettext("silent for {age}").format(age=age(seconds)) if seconds else gettext("answers")


def waiting(count: int, oldest_seconds: float) -> str:
    """How many wait, and the oldest for how long: `3, the oldest for 2 minutes`."""
    if not count:
        return "0"
    return gettext("{count}, the oldest for {age}").format(count=f"{count:,}", age=age(oldest_seconds))


def age(seconds: float) -> str:
    """In the largest unit of which there are two: `45 seconds`, `12 minutes`, `7 hours`, `3 days`."""
    if seconds >= 2 * 86_400:
        return ngettext("%s day", "%s days", round(seconds / 86_400)) % round(seconds / 86_400)
    if seconds >= 2 * 3_600:
        return ngettext("%s hour", "%s hours", round(seconds / 3_600)) % round(seconds / 3_600)
    if seconds >= 2 * 60:
        return ngettext("%s minute", "%s minutes", round(seconds / 60)) % round(seconds / 60)
    return ngettext("%s second", "%s seconds", round(seconds)) % round(seconds)


def size(count: int) -> str:
    """Of bytes: `840 MB`, `12.4 GB`."""
    if count >= 2**30:
        return f"{count / 2**30:,.1f} GB"
    return f"{count / 2**20:,.0f} MB"


def stored(bytes_now: int, rows: int, bytes_a_day: float | None) -> str:
    """`12 MB in about 4,000 rows, +0.3 MB a day`; of a first week without the growth."""
    said = ngettext("{size} in about {rows} row", "{size} in about {rows} rows", rows)
    told = said.format(size=size(bytes_now), rows=f"{rows:,}")
    if bytes_a_day is None:
        return told
    grown = f"{bytes_a_day / 2**20:+,.1f}"
    return gettext("{stored}, {grown} MB a day").format(stored=told, grown=grown)
