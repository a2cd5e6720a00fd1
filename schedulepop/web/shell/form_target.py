"""Where a form leads once it is sent: back to the page that goes through everything, for whoever came from there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

FIELD = "onward"


def redirect_after(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """To the address the form carries, if it is one of that page; else to this one."""
    asked = request.POST.get(FIELD, "")
    ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith(
        reverse("decisions")
    )
    return HttpResponseRedirect(asked if ours else otherwise)
