"""The end of an integration: the customer has left this payroll for another."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from schedulepop.accounts.actors import Actor
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration, IntegrationState, Link, Run, RunState
from schedulepop.sync.run import runs

UNDECIDED = Q(state__in=(*runs.UNDER_WAY, RunState.HELD)) | Q(rest=Run.Rest.WAITING)


def linked_here_alone(integration: Integration) -> int:
    """People whom no other integration of the organization speaks for."""
    others = Link.objects.filter(
        organization=integration.organization_id, user=OuterRef("user"), retired_at=None
    ).exclude(Q(integration=integration) | Q(integration__state=IntegrationState.RETIRED))
    here = Link.objects.filter(integration=integration, retired_at=None).exclude(Exists(others))
    return here.values("user").distinct().count()


def retire(integration: Integration, *, actor: Actor) -> None:
    """The customer has left this payroll: it runs no more, and speaks for nobody. Its people stay as they are.

    For good. Raises NotAllowed, or Refused while a run is under way or waits for a decision.
    """
    if not actor.approves_first_sync(integration.organization):
        raise NotAllowed("Only Client Success can retire an integration.")
    with transaction.atomic():
        locked = Integration.objects.select_for_update().get(pk=integration.pk)
        if locked.state == IntegrationState.RETIRED:
            raise Refused(f"{integration} is retired already.")
        busy = locked.runs.filter(UNDECIDED).order_by("number").first()
        if busy is not None:
            raise Refused(
                f"Run {busy.number} is under way or waits for a decision. Approve or discard it first."
            )
        lifecycle.move_to(integration, IntegrationState.RETIRED, "retired", actor)
