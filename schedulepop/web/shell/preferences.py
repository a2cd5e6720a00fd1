"""The reader's two choices: the organization and location they look at, and the theme."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from schedulepop.directory import access
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.navigation import THEMES
from schedulepop.web.shell.roles import SIGNED_IN
from schedulepop.web.shell.visit import Visit

A_YEAR = 365 * 24 * 3600


def redirect_back(request: HttpRequest, to: str = "/") -> HttpResponseRedirect:
    """To the page the form was on, if that is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/")
    return HttpResponseRedirect(target if safe else to)


@require_POST
@role_required(SIGNED_IN)
def choose_place(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Remembers organization and location in the session; one that is not theirs does not exist.

    A page about one person or one run belongs to its own organization, so changing the place leaves it.
    """
    organization_id, _, location_id = request.POST.get("place", "").partition("/")
    organization = next((one for one in visit.organizations if str(one.pk) == organization_id), None)
    if organization is None:
        raise Http404
    location = None
    if location_id:
        managed = access.managed_locations(visit.actor, organization)
        location = next((one for one in managed if str(one.pk) == location_id), None)
        if location is None:
            raise Http404
    request.session["place"] = {
        "organization": organization.pk,
        "location": location.pk if location else None,
    }
    section = "/".join(request.POST.get("next", "/").split("/")[:2]) + "/"
    keeps = section in ("//", "/users/", "/where/", "/runs/", "/issues/", "/integrations/")
    return HttpResponseRedirect(section.replace("//", "/") if keeps else "/")


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or the device's own; remembered in a cookie because it belongs to the device."""
    response = redirect_back(request, "/account/")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            "theme",
            chosen,
            max_age=A_YEAR,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
