"""A run's stored file planned again in the browser, by another version of the mapping or other limits; writes nothing.

What `schedulepop sync replay` does on the command line. It stands with the mappings, whose words it speaks.
"""

from __future__ import annotations

import tomllib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from schedulepop.lib.text import whole_number
from schedulepop.sync.errors import NeedsAdmin, Refused
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.review import replay as door
from schedulepop.web.integrations import mapping_effects
from schedulepop.web.runs.visible_run import VisibleRun, visible_run
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import refusals

LONGEST_POLICY = 4_000
VERSIONS = 50


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def replay(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """GET asks by which rules; POST plans and says what would differ."""
    visible = visible_run(request, visit, pk)
    if not visible.visit.runs_syncs:
        raise Http404
    run = visible.run
    versions = run.integration.mapping_versions.order_by("-version")
    context: dict[str, Any] = {
        "run": run,
        "versions": versions[:VERSIONS],
        "chosen": whole_number(request.POST.get("version", "")) or 0,
        "policy": request.POST.get("policy", "")[:LONGEST_POLICY],
    }
    if request.method == "GET":
        return render(request, "web/integrations/replay.html", context)
    try:
        mapping = None
        if context["chosen"]:
            mapping = _mapping(get_object_or_404(versions, version=context["chosen"]).mapping)
        done = door.replay(run, actor=visible.visit.actor, mapping=mapping, policy=_policy(context["policy"]))
    except (Refused, NeedsAdmin) as refused:
        return render(
            request, "web/integrations/replay.html", context | {"error": refusals.of(refused)}, status=422
        )
    return render(request, "web/integrations/replay.html", context | _differences(visible, done))


def _differences(visible: VisibleRun, done: door.Replayed) -> dict[str, Any]:
    names = visible.names(part=done.after.changes)
    return {
        "done": done,
        "groups": mapping_effects.groups(done.before, done.after, done.differences, names),
        "figures": mapping_effects.figures(done.before, done.after),
        "issues": mapping_effects.issues(done.before, done.after),
        "holds": mapping_effects.new_holds(done.before, done.after),
    }


def _mapping(stored: dict[str, Any]) -> Mapping:
    try:
        return Mapping(**stored)
    except ValidationError:
        raise Refused("That version was saved by an older release and cannot be read any more.") from None


def _policy(text: str) -> dict[str, Any] | None:
    """Limits as a TOML table, as the command line takes them; nothing: as they are."""
    if not text.strip():
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"The limits are not written as expected: {error}.") from None
