"""Start from a saved set-up: another customer's of the same platform, without its codes, settings and secrets."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from schedulepop import employee
from schedulepop.lib.text import whole_number
from schedulepop.sync.errors import NotAllowed
from schedulepop.sync.integrations import saved_setups
from schedulepop.sync.integrations.saved_setups import SavedSetup
from schedulepop.sync.plan.policy import Mapping
from schedulepop.web.integrations import setup_file
from schedulepop.web.integrations.words import FORMAT_WORDS
from schedulepop.web.shell.access import refusal_as_message, role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def start_from(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """GET offers the set-ups, `?from=` shows what one would give; POST takes it over and leads to the columns."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    one, actor = setup.integration, setup.visit.actor
    if not actor.is_client_success(one.organization):
        raise NotAllowed("Only Client Success can start from another customer’s set-up.")
    if request.method == "POST":
        with refusal_as_message(request):
            taken = saved_setups.start_from(one, whole_number(request.POST.get("from", "")) or 0, actor=actor)
            messages.success(
                request, f"{len(taken.columns)} columns were taken over. Look them over, then the codes."
            )
            return redirect("integration-columns", *setup.args)
        return redirect("integration-start-from", *setup.args)
    choices = saved_setups.choices(one, actor=actor)
    wanted = whole_number(request.GET.get("from", ""))
    chosen = next((a for a in choices if a.integration.pk == wanted), None)
    context = {
        "setup": setup,
        "choices": choices,
        "chosen": chosen,
        "parts": _parts(chosen) if chosen else [],
        "late": one.first_sync_done,
    }
    return render(request, "web/connect/start_from.html", context)


def _parts(chosen: SavedSetup) -> list[tuple[str, list[tuple[str, str]]]]:
    """What is taken over, in groups of (what, its value)."""
    mapping, plain = chosen.mapping, Mapping()
    columns = [(employee.BY_NAME[name].label, column) for name, column in mapping.columns.items()]
    dates = [
        (employee.BY_NAME[name].label, FORMAT_WORDS.get(declared, declared))
        for name, declared in mapping.dates.items()
    ]
    statuses = [(word, employee.Status(status).label) for word, status in mapping.statuses.items()]
    others = []
    if mapping.name_order:
        order = "Last name first" if mapping.name_order == "last_first" else "First name first"
        others.append(("Order of a full name", order))
    if mapping.country != plain.country:
        others.append(("Country of phone numbers", mapping.country))
    others += [("No employment status", column) for column in sorted(mapping.no_status)]
    others += [("A blank clears", employee.BY_NAME[name].label) for name in sorted(mapping.blank_clears)]
    groups = (("Columns", columns), ("Dates", dates), ("Status words", statuses), ("Also", others))
    return [(title, rows) for title, rows in groups if rows]
