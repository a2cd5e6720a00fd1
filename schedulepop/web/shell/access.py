"""Who may open a page: `@role_required(ADMINS)` above its view is the whole answer, for every page.

Whoever has another role gets 404: a page that is not theirs does not exist. Whoever may open it and asks for something
that is not theirs to do (the inner rules raise NotAllowed) gets one sentence with status 403. Which rows somebody sees
is decided by the reads (`visible_to(actor)`, `people`, `visible_run`), never here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import update_wrapper
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from schedulepop.accounts import audit, second_factor
from schedulepop.directory import errors
from schedulepop.sync.errors import NotAllowed, SyncError
from schedulepop.web.shell.roles import Role
from schedulepop.web.shell.visit import Visit, is_fragment, visit_of
from schedulepop.wording import refusals

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def role_required(
    roles: frozenset[Role], *, before_second_factor: bool = False
) -> Callable[[Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]], View[P]]:
    """A view for signed-in people of these roles; it gets the visit as its second argument.

    Whoever has to sign in in two steps and does not yet is led to set that up first; that page is
    `before_second_factor`.
    """

    def decorate(view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]) -> View[P]:
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            visit = visit_of(request)
            if visit is None:
                return to_sign_in(request)
            if visit.role not in roles:
                raise Http404
            if not before_second_factor and lacks_second_factor(visit):
                return _redirect(request, f"{reverse('two-step')}?{urlencode({'next': _page_of(request)})}")
            try:
                return view(request, visit, *args, **kwargs)
            except (NotAllowed, errors.NotAllowed) as error:
                note_refusal(request, visit, error)
                return not_allowed(request, str(error))

        update_wrapper(answer, view)
        answer.roles = roles  # type: ignore[attr-defined]
        return answer

    return decorate


def note_refusal(request: HttpRequest, visit: Visit, error: Exception) -> None:
    """What somebody asked for and may not do is in the audit trail, wherever it is said."""
    if isinstance(error, NotAllowed | errors.NotAllowed):
        page = request.resolver_match.view_name if request.resolver_match else ""
        audit.record_visit(visit.actor, visit.organization, "refused", page)


@contextmanager
def refusal_as_message(request: HttpRequest) -> Iterator[None]:
    """What the inner rules refuse in the block is said on the next page; NotAllowed goes on to become a 403."""
    try:
        yield
    except (NotAllowed, errors.NotAllowed):
        raise
    except (SyncError, errors.DirectoryError) as refused:
        messages.error(request, refusals.of(refused))


def not_allowed(request: HttpRequest, reason: str) -> HttpResponse:
    """The page that says who can do it instead."""
    return render(request, "403.html", {"reason": reason}, status=403)


def lacks_second_factor(visit: Visit) -> bool:
    """Whether one of the organizations this person runs syncs for asks for a second step that they have not set up."""
    return second_factor.is_missing(visit.actor, *visit.organizations)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back, with the reason when the session's time is over (`session_limits`)."""
    asked = {"next": _page_of(request), "over": getattr(request, "session_over", "")}
    given = urlencode({name: value for name, value in asked.items() if value})
    return _redirect(request, f"{settings.LOGIN_URL}?{given}")


def _page_of(request: HttpRequest) -> str:
    """The page somebody looks at: of a fragment or a form the one it is on, of which only the address is kept."""
    if is_fragment(request):
        return getattr(request, "htmx").current_url_abs_path or "/"  # noqa: B009
    if request.method == "GET":
        return request.get_full_path()
    before = urlsplit(request.headers.get("Referer", ""))
    return (before.path or "/") if before.netloc == request.get_host() else "/"


def _redirect(request: HttpRequest, target: str) -> HttpResponse:
    """A fragment cannot be redirected, so the whole page is sent there."""
    return HttpResponseClientRedirect(target) if is_fragment(request) else HttpResponseRedirect(target)
