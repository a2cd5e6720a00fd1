"""Headlines in words, one set for each door. `sync.run.headline` decides which; that list and payroll are the same
is said here, in `CLAIMS`, and nowhere else.
"""

from __future__ import annotations

from datetime import datetime

from schedulepop.wording.spoken import clock, number
from schedulepop.wording.translation import gettext, ngettext
from schedulepop.wording.translation import gettext_noop as _

MATCHES = "matches"
CLAIMS = {
    "home": _("Your list matches payroll."),
    "home_changes": _("Nothing. Payroll and your list said the same."),
    "applied": _("The User List already matched payroll"),
    "planned": _("Nothing would change"),
    "card": _("Nobody changed"),
    "card_at_places": _("None of your people changed"),
    "card_text": _("SchedulePop already had everything payroll says."),
}
"""What may be said only when nothing is open, by where it is said."""

_HOME = {
    "preparing": _("Your first sync is being prepared."),
    "paused": _("The sync is paused."),
    "switched_off": _("The nightly sync is switched off."),
    "not_switched_on": _("The nightly sync is not switched on yet."),
    "failed": _("Payroll could not be read {since}."),
    "silent": _("Payroll has not answered {since}."),
    "old": _("Payroll has sent nothing new {since}."),
    "feed_held": _("Payroll’s newest file is on hold."),
    "discarded": _("Payroll’s newest file was set aside."),
    "accepted": _("Payroll’s newest file was accepted without some people."),
    "newer_waits": _("A newer payroll file waits for a decision."),
    "no_feed": _("Payroll has not been read yet."),
}
_THEN = {
    "preparing": _(
        "Client Success connects payroll, looks at what it would change, and only then fills your list. Until then "
        "nothing here changes by itself."
    ),
    "paused": _("Nothing changes by itself until it is on."),
    "switched_off": _("Nothing changes by itself until it is on."),
    "not_switched_on": _("Nothing changes by itself until it is on."),
    "failed": _("Nothing has been lost; the sync tries again by itself."),
    "silent": _("Nothing has been lost."),
    "old": _("The sync runs, but whoever was entered in payroll since then is not here yet."),
    "feed_held": _("Somebody decides whether that file is right; until then the list stays as it was."),
    "held": _("Nobody on hold was touched."),
    "questions": _("Whoever is asked about waits for the answer."),
    "issues": _("Whom they concern is not here yet, or not with everything payroll has."),
    "discarded": _("The next sync looks at everything anew."),
    "accepted": _("They stay on the list until payroll’s files have left them out long enough."),
    "newer_waits": _("Until then the list stays as it is."),
}
_RUN = {
    "preparing": _("The first sync would add nobody"),
    "failed": _("Payroll could not be read"),
    "old": _("Payroll’s file is old"),
    "feed_held": _("Payroll’s file is on hold"),
    "discarded": _("What waited was discarded"),
    "accepted": _("Payroll’s file was accepted as it is"),
    "no_feed": _("Nothing fell due by date"),
}


def claim(where: str, code: str) -> str:
    """A sentence of CLAIMS where it may be said; empty where something is open."""
    return gettext(CLAIMS[where]) if code == MATCHES else ""


def home(code: str, count: int, since: datetime | None, now: datetime) -> str:
    """The start page's heading. `since`: when payroll was last heard; both times in the page's zone."""
    if code == MATCHES:
        return gettext(CLAIMS["home"])
    if code in _HOME:
        return gettext(_HOME[code]).format(since=_since(since, now))
    return _upper(_counted(code, count)) + "."


def home_detail(code: str, people: str) -> str:
    """The line below it. `people`: who is on the list and as of when, a sentence; before the first sync nobody."""
    then = gettext(_THEN[code]) if code in _THEN else ""
    return " ".join(part for part in (people, then) if part)


def run(code: str, count: int, *, planned: bool) -> str:
    """The heading of a run that changes nobody."""
    if code == MATCHES:
        return gettext(CLAIMS["planned" if planned else "applied"])
    return (
        gettext(_RUN[code])
        if code in _RUN
        else _upper(_counted(code, count) or gettext("The sync is not on"))
    )


def run_card(code: str, *, everywhere: bool) -> tuple[str, str]:
    """What stands where a run's people would be, when there are none: title and text."""
    if code == MATCHES:
        if everywhere:
            return gettext(CLAIMS["card"]), gettext(CLAIMS["card_text"])
        return gettext(CLAIMS["card_at_places"]), gettext("This run changed nothing at your locations.")
    if code == "no_feed":
        return gettext("No dates today"), gettext("No start, last day or end of a leave fell on this day.")
    if code == "accepted":
        return gettext("No changes"), gettext("Whoever the file lacks is still on the list.")
    return (
        gettext("No changes to show"),
        gettext("What is open is said above and on the issues page; the people concerned wait there."),
    )


def rest_of_run(*, open_too: bool) -> str:
    """What a letter about removals on hold says of everybody else."""
    if open_too:
        return gettext("Nobody on hold was touched. Other questions of this run wait on the issues page.")
    return gettext("Nobody on hold was touched; everything else went through.")


def _counted(code: str, count: int) -> str:
    said = {
        "held": ngettext("{count} person is on hold", "{count} people are on hold", count),
        "questions": ngettext("{count} question is open", "{count} questions are open", count),
        "issues": ngettext(
            "{count} issue leaves somebody out or not as payroll has them",
            "{count} issues leave somebody out or not as payroll has them",
            count,
        ),
    }
    return said.get(code, "").format(count=number(count))


def _since(since: datetime | None, now: datetime) -> str:
    if since is None:
        return gettext("so far")
    days = (now.date() - since.date()).days
    if days == 0:
        return gettext("since {time}").format(time=clock(since))
    return (
        gettext("since {since:%A}").format(since=since)
        if days < 7
        else gettext("since {since:%B} {since.day}").format(since=since)
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
