"""The drop address of an integration: made, replaced, taken back; what arrived last. The token is shown once."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from schedulepop.accounts import second_factor
from schedulepop.connectors import REGISTRY
from schedulepop.connectors.received_files import without_date
from schedulepop.sync.integrations import drop_addresses
from schedulepop.sync.models import Arrival, Integration
from schedulepop.sync.run import arrivals, feeds
from schedulepop.web.integrations import setup_file, setup_steps
from schedulepop.web.integrations.setup_file import Setup
from schedulepop.web.shell.access import refusal_as_message, role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit

MOST_SHOWN = 50  # kinds of files


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def drop_page(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """GET shows the address; POST makes one or a new token (`make`), takes it back (`revoke`) or forgets a facility."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    one, actor = setup.integration, setup.visit.actor
    if not (one.connector in REGISTRY and REGISTRY[one.connector].dropped):
        raise Http404
    if request.method != "POST":
        return _page(request, setup)
    with refusal_as_message(request):
        if "make" in request.POST:
            address, token = drop_addresses.make(one, actor=actor)
            return _page(request, setup, command=drop_addresses.command(address, token))
        if "revoke" in request.POST:
            drop_addresses.revoke(one, actor=actor)
            messages.success(request, "Revoked. Nothing arrives there any more; what has arrived stays.")
        elif "forget" in request.POST:
            drop_addresses.forget(one, request.POST["forget"], actor=actor)
            messages.success(request, "Its files are no longer waited for.")
    return redirect("integration-drop", *setup.args)


@sensitive_variables("command")
def _page(request: HttpRequest, setup: Setup, *, command: str = "") -> HttpResponse:
    one = setup.integration
    address = drop_addresses.of(one)
    live = drop_addresses.is_open(address)
    context = {
        "setup": setup,
        "address": address,
        "live": live,
        "link": drop_addresses.link(address) if live and address else "",
        "command": command,
        "last": arrivals.newest_of(one),
        "files": _files(one) if one.config.get("each_facility") else [],
        "waits": address.run_at if live and address else None,
        "raw": feeds.latest(one),
        "lacks_second_factor": not second_factor.may_store_credentials(setup.visit.actor),
        "two_step": f"{reverse('two-step')}?{urlencode({'next': request.path})}",
        "progress": setup_steps.progress(one, setup.saved, "file"),
    }
    answer = render(request, "web/connect/drop_page.html", context)
    if command:
        answer["Cache-Control"] = "no-store"
    return answer


def _files(integration: Integration) -> list[Arrival]:
    """Of each facility what arrived last."""
    written = str(integration.config.get("date_in_name") or "")
    newest: dict[str, Arrival] = {}
    for one in Arrival.objects.filter(integration=integration).order_by("-id")[: arrivals.MOST]:
        newest.setdefault(without_date(one.name, written), one)
    return sorted(newest.values(), key=lambda one: one.name)[:MOST_SHOWN]
