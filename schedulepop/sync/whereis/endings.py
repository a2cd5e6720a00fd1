"""Why somebody's place on a list ended: payroll said so, its files stopped naming them, or an undo took it back."""

from __future__ import annotations

from collections.abc import Collection

from schedulepop.directory.models import Membership
from schedulepop.sync.models import Change


def why_ended(memberships: Collection[Membership]) -> dict[int, str]:
    """By membership the reason of its newest change of status (`sync.plan.reasons`), where the history has one."""
    ids = [one.pk for one in memberships]
    if not ids:
        return {}
    changes = Change.objects.filter(
        user__in={one.user_id for one in memberships},
        membership_id__in=ids,
        fields__contains=[{"field": "status"}],
    )
    found: dict[int, str] = {}
    for membership_id, fields in changes.order_by("-pk").values_list("membership_id", "fields"):
        reason = next((one.get("why") for one in fields if one["field"] == "status"), None)
        found.setdefault(membership_id or 0, reason or "")
    return found
