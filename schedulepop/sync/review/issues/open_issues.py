"""Open issues, as one actor may see them: managers those of their locations, admins and Client Success all."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.directory import access
from schedulepop.sync.models import Issue
from schedulepop.wording.findings import NAMES_OTHERS


def visible_to(actor: Actor, organization: Organization) -> QuerySet[Issue]:
    """Fetch and authorize in one call; whoever looks after nobody here sees none."""
    found = Issue.objects.filter(organization=organization, resolved_at=None)
    if actor.runs_syncs(organization):
        return found
    return found.filter(location__in=access.managed_locations(actor, organization))


def told(issue: Issue, actor: Actor) -> tuple[str, list[dict[str, Any]]]:
    """The sentence and the rows of an issue this actor sees; nobody of another location is named to a manager."""
    if actor.runs_syncs(issue.organization):
        return issue.message, issue.told_rows
    if issue.code not in NAMES_OTHERS:
        return issue.for_managers, issue.told_rows
    said = issue.for_managers
    return said, [{**row, "message": said} for row in issue.told_rows]
