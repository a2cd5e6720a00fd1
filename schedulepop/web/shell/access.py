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
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect

from schedulepop.directory import errors
from schedulepop.sync.errors import NotAllowed, SyncError
from schedulepop.web.shell.roles import Role
from schedulepop.web.shell.visit import Visit, is_fragment, visit_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def role_required(
    roles: frozenset[Role],
) -> Callable[[Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]], View[P]]:
    """A view for signed-in people of these roles; it gets the visit as its second argument."""

    def decorate(view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]) -> View[P]:
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            visit = visit_of(request)
            if visit is None:
                return to_sign_in(request)
            if visit.role not in roles:
                raise Http404
            try:
                return view(request, visit, *args, **kwargs)
            except (NotAllowed, errors.NotAllowed) as error:
                return not_allowed(request, str(error))

        update_wrapper(answer, view)
        return answer

    return decorate


@contextmanager
def refusal_as_message(request: HttpRequest) -> Iterator[None]:
    """What the inner rules refuse in the block is said on the next page; NotAllowed goes on to become a 403."""
    try:
        yield
    except (NotAllowed, errors.NotAllowed):
        raise
    except (SyncError, errors.DirectoryError) as refused:
        messages.error(request, str(refused))


def not_allowed(request: HttpRequest, reason: str) -> HttpResponse:
    """The page that says who can do it instead."""
    return render(request, "403.html", {"reason": reason}, status=403)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a fragment cannot be redirected, so the whole page is sent there."""
    address = request.path if request.method == "GET" and not is_fragment(request) else "/"
    target = f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path() if address != '/' else '/'})}"
    return HttpResponseClientRedirect(target) if is_fragment(request) else HttpResponseRedirect(target)
