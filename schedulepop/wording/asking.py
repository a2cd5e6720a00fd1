"""What a question to those who can answer it says, on the page and in the letter."""

from __future__ import annotations

from schedulepop.wording.translation import gettext, ngettext
from schedulepop.wording.translation import gettext_noop as _

WHO_ANSWERS = {
    "payroll": _("HR answers this."),
    "admin": _("HR answers this."),
    "client_success": _("Client Success answers this."),
}
SEND_TO = {
    "payroll": _("Send HR this question"),
    "admin": _("Send HR this question"),
    "client_success": _("Send Client Success this question"),
}


def run_title(number: int) -> str:
    return gettext("Run {number} waits for a decision").format(number=number)


def run_text() -> str:
    return gettext("Somebody at my locations is on hold in it. Could you look, and approve or discard it?")


def subject(name: str) -> str:
    return gettext("{name} has a question").format(name=name)


def lead(name: str) -> str:
    return gettext("{name} has met something that you can answer:").format(name=name)


def reply(name: str, email: str, phone: str) -> str:
    """How whoever answers reaches whoever asked."""
    ways = ", ".join(way for way in (email, phone) if way)
    return (
        gettext("{name} sees the answer in SchedulePop. To ask back: {ways}.").format(name=name, ways=ways)
        if ways
        else gettext("{name} sees the answer in SchedulePop.").format(name=name)
    )


def sent(fixer: str, count: int) -> str:
    """To how many it went; the page says when."""
    desk = gettext("Client Success") if fixer == "client_success" else gettext("HR")
    said = ngettext("Sent to {count} person at {desk}", "Sent to {count} people at {desk}", count)
    return said.format(count=count, desk=desk)
