"""What needs a person, grouped by who can fix it: cause, remedy, since when, which rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from schedulepop.accounts.support import contact
from schedulepop.sync.models import Integration, Issue
from schedulepop.sync.plan.frames.questions import ANSWERABLE
from schedulepop.sync.plan.issue_codes import CODES, Fixer, IssueCode
from schedulepop.sync.review import ask
from schedulepop.sync.review.issues import unmapped_codes
from schedulepop.sync.review.issues.unmapped_codes import Unmapped
from schedulepop.web.issues import issue_file
from schedulepop.web.issues.words import FIXER_WORDS, GROUPS, NOBODY_WAITS
from schedulepop.web.shell import download
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.asking import Asking, of_question
from schedulepop.web.shell.navigation import open_issues
from schedulepop.web.shell.roles import MANAGERS, Role
from schedulepop.web.shell.visit import Visit, is_fragment, number_in
from schedulepop.wording import issues as issue_words

SHOWN = 8  # issues of one kind on the page
MORE = 100
_CAN_FIX: dict[Fixer, frozenset[Role]] = {
    "payroll": frozenset({"admin"}),
    "manager": frozenset({"manager", "admin"}),
    "admin": frozenset({"admin", "client_success"}),
    "client_success": frozenset({"client_success"}),
}
_WEIGHT = {"hold": 0, "warn": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Item:
    """One open issue of a kind."""

    issue: Issue
    where: str
    rows: tuple[dict[str, Any], ...]
    message: str
    unmapped: Unmapped | None = None  # what the reader may map right here
    ask: Asking | None = None  # for who cannot fix it


@dataclass(frozen=True, slots=True)
class Kind:
    """All open issues of one code."""

    code: IssueCode
    count: int
    rows: int
    first: datetime
    last: datetime | None
    fixer: str
    yours: bool  # whether the reader can fix it
    items: tuple[Item, ...]
    start: int

    @property
    def text(self) -> issue_words.IssueText:
        return issue_words.text(self.code.code)

    @property
    def names_say_it(self) -> bool:
        """Whether every issue is one person with the same sentence, which stands above them already."""
        single = all(
            len(one.rows) == 1 and one.rows[0].get("name") and one.unmapped is None for one in self.items
        )
        return single and len(self.items) > 1 and len({one.message for one in self.items}) == 1

    @property
    def tone(self) -> str:
        return "" if self.code.severity == "info" else "warn"

    @property
    def end(self) -> int:
        return self.start + len(self.items)

    @property
    def left(self) -> int:
        return self.count - self.end


@dataclass(frozen=True, slots=True)
class Group:
    """The issues of one kind of fixer; those the reader can fix come first."""

    title: str
    yours: bool
    kinds: tuple[Kind, ...]

    @property
    def count(self) -> int:
        return sum(kind.count for kind in self.kinds)


def grouped(kinds: list[Kind]) -> list[Group]:
    """By who can fix them, in the order of the kinds; what waits for nobody comes last and counts apart."""
    found: dict[str, list[Kind]] = {}
    for kind in kinds:
        title = "Yours to fix" if kind.yours else GROUPS[kind.code.fixer]
        if kind.code.severity == "info":
            title = NOBODY_WAITS
        found.setdefault(title, []).append(kind)
    groups = [Group(title, title == "Yours to fix", tuple(some)) for title, some in found.items()]
    return sorted(groups, key=lambda one: (one.title == NOBODY_WAITS, not one.yours))


def can_fix(fixer: Fixer, role: Role) -> bool:
    """Whether somebody of this role can do what the remedy says."""
    return role in _CAN_FIX[fixer]


@role_required(MANAGERS)
@require_safe
def issues(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The page; as a fragment more issues of one kind."""
    only = request.GET.get("code", "")
    start = number_in(request, "from")
    if form := download.wanted(request):
        listed = _listed(visit, only if only in CODES else "")
        if not download.too_many(request, listed.count()):
            what = ("issues", "the issues")
            return download.answer(
                visit, form, what, issue_file.TITLES, issue_file.rows(visit, listed), now()
            )
    if is_fragment(request) and only in CODES:
        kinds = open_kinds(visit, only=only, start=start)
        return render(
            request,
            "web/issues/_issues.html",
            {"kind": kinds[0] if kinds else None, "answerable": ANSWERABLE},
        )
    kinds = open_kinds(visit, only=only if only in CODES else "", start=start if only in CODES else 0)
    context = {
        "kinds": kinds,
        "groups": grouped(kinds),
        "answerable": ANSWERABLE,
        "only": only if only in CODES else "",
        "total": sum(kind.count for kind in kinds if kind.code.severity != "info"),
        "yours": sum(kind.count for kind in kinds if kind.yours and kind.code.severity != "info"),
        "download": download.link(f"?code={only}" if only in CODES else "?"),
        "contact": contact(visit.organization),
        "place": visit.location.name if visit.location else visit.organization.name,
    }
    return render(request, "web/issues/issue_list.html", context)


def open_kinds(visit: Visit, *, only: str = "", start: int = 0) -> list[Kind]:
    """The open issues this visit may see, weightiest kind first."""
    found = _listed(visit, only)
    seen_last = dict(
        Integration.objects.filter(organization=visit.organization)
        .values_list("pk")
        .annotate(Max("runs__finished_at"))
    )
    by_code: dict[str, list[Issue]] = {}
    for issue in found:
        by_code.setdefault(issue.code, []).append(issue)
    kinds = [
        _kind(CODES[code], group, visit, seen_last, start if only else 0, MORE if only else SHOWN)
        for code, group in by_code.items()
        if code in CODES
    ]
    return sorted(
        kinds, key=lambda one: (_WEIGHT[one.code.severity], not one.yours, -one.count, one.code.code)
    )


def _listed(visit: Visit, only: str) -> QuerySet[Issue]:
    found = (
        open_issues(visit)
        .select_related("location", "integration__organization", "organization")
        .order_by("code", "first_seen_at", "pk")
    )
    return found.filter(code=only) if only else found


def _sent(visit: Visit) -> dict[int, ask.Sent]:
    return ask.sent_today(visit.organization, visit.actor, "issue", now())


def _kind(
    code: IssueCode,
    group: list[Issue],
    visit: Visit,
    seen_last: dict[int, datetime | None],
    start: int,
    size: int,
) -> Kind:
    several = len(visit.scope) > 1
    if code.code == "found_elsewhere" and visit.role == "manager" and not several:
        code = replace(code, fixer="admin")  # only who manages both locations may say who it is
    last = [at for at in (seen_last.get(one.integration_id or 0) for one in group) if at is not None]
    yours = can_fix(code.fixer, visit.role) or visit.runs_syncs
    sent = {} if yours or code.severity == "info" else _sent(visit)
    maps = visit.runs_syncs and code.code.startswith("unmapped_")
    shown = group[start : start + size]
    asked = unmapped_codes.of_issues(shown) if maps else [None] * len(shown)
    items = tuple(
        Item(
            one,
            one.location.name if several and one.location else "",
            tuple(one.rows[:5]),
            one.for_managers if visit.role == "manager" else one.message,
            unmapped,
            None if yours or code.severity == "info" else of_question(ask.about_issue(one), sent),
        )
        for one, unmapped in zip(shown, asked, strict=True)
    )
    return Kind(
        code=code,
        count=len(group),
        rows=0
        if code.severity == "hold"
        else sum(one.count for one in group),  # holds count people, some twice
        first=min(one.first_seen_at for one in group),
        last=max(last) if last else None,
        fixer=FIXER_WORDS[code.fixer],
        yours=can_fix(code.fixer, visit.role) or maps,
        items=items,
        start=start,
    )
