"""The account and all that hangs on it goes in one transaction; tombstones and what CMS asks for take its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from schedulepop.accounts.models import Grant, Invitation, SecondFactor, User
from schedulepop.directory.models import EmploymentPeriod, Membership
from schedulepop.messages.models import Message
from schedulepop.retention import holdings, person
from schedulepop.retention.erasure import needles
from schedulepop.sync.models import (
    Answer,
    Change,
    Deferral,
    DistinctPair,
    ErasedEmployment,
    Erasure,
    FieldOverride,
    IdChange,
    Issue,
    Link,
    Merge,
    MissingLink,
    Tombstone,
    Touched,
)
from schedulepop.sync.run.snapshot.tombstones import mark_of

SOMEBODY = "somebody erased"


def erase(erasure: Erasure) -> None:
    """One transaction: afterwards nobody is found by this account, and the words that are looked for are sealed."""
    with transaction.atomic():
        erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
        if erasure.user_id is None:
            return
        about = person.of(User.objects.select_for_update().get(pk=erasure.user_id))
        sought = needles.of(about)
        _bury(sought)
        _keep_for_cms(about)
        gone = dict(_take(about))
        erasure.sealed, erasure.user_id = needles.sealed(sought, erasure), None
        erasure.gone = {name: count for name, count in gone.items() if count}
        erasure.save(update_fields=["sealed", "user_id", "gone"])


def _bury(sought: needles.Sought) -> None:
    for integration, source_id in needles.numbered(sought):
        Tombstone.objects.get_or_create(
            organization=sought.person.organization,
            integration_id=integration,
            mark=mark_of(integration, source_id),
        )


def _keep_for_cms(about: person.Person) -> None:
    """Every employment with its ID and days, where the organization reports to CMS; replaced IDs without whose."""
    replaced = IdChange.objects.filter(organization=about.organization, user__in=about.users)
    if not about.organization.cms_codes:
        replaced.delete()
        return
    replaced.update(user=None)
    links = Link.objects.filter(organization=about.organization, retired_at=None, user__in=about.users)
    ids = dict(links.order_by("-further", "-pk").values_list("user_id", "source_id"))
    ErasedEmployment.objects.bulk_create(
        ErasedEmployment(
            organization=about.organization,
            location_id=one.location_id,
            employee_id=ids.get(one.user_id) or one.employee_number,
            hire_date=hired,
            ended_on=ended,
        )
        for one in Membership.objects.filter(user__in=about.users).prefetch_related("periods")
        for hired, ended in _employments(one)
    )


def _employments(one: Membership) -> Iterator[tuple[date | None, date | None]]:
    yield one.hire_date or one.original_hire_date, one.termination_date
    for period in one.periods.all():
        yield period.hire_date, period.ended_on


def _take(about: person.Person) -> Iterator[tuple[str, int]]:
    """What goes, in an order in which no row names one that is gone."""
    users = about.users
    links = Link.objects.filter(organization=about.organization, user__in=users)
    for name, found in (
        ("answers", holdings.by_record(Answer, about)),
        ("kept apart", holdings.by_record(Deferral, about)),
        ("values held against payroll", FieldOverride.objects.filter(user__in=users)),
        ("different people", DistinctPair.objects.filter(Q(one__in=users) | Q(other__in=users))),
        ("merges", Merge.objects.filter(Q(kept__in=users) | Q(merged__in=users))),
        ("history", Change.objects.filter(user__in=users)),
        ("letters", Message.objects.filter(user__in=users)),
        ("links and sheets", Invitation.objects.filter(user__in=users)),
        ("two-step sign-in", SecondFactor.objects.filter(user__in=users)),
        ("rights", Grant.objects.filter(user__in=users)),
        ("earlier employments", EmploymentPeriod.objects.filter(membership__user__in=users)),
        ("memberships", Membership.objects.filter(user__in=users)),
        ("", Touched.objects.filter(link__in=links)),
    ):
        yield name, _gone(found)
    for integration, ids in about.ids.items():
        own = ids - about.shared.get(integration, frozenset())
        MissingLink.objects.filter(integration=integration, source_id__in=own).delete()
    yield "payroll IDs", _gone(links)
    for answer in Answer.objects.filter(organization=about.organization).exclude(denied=[]):
        left = [one for one in answer.denied if one not in users]
        if left != answer.denied:
            Answer.objects.filter(pk=answer.pk).update(denied=left)
    Issue.objects.filter(organization=about.organization, user__in=users).update(user=None)
    yield "user", _gone(User.objects.filter(pk__in=users))


def _gone(found: QuerySet[Any]) -> int:
    """Deleted by the database alone: the trail, which nobody may write here, is the owner's to erase from."""
    table: type[Model] = found.model
    ours = table._default_manager.filter(pk__in=list(found.values_list("pk", flat=True)))
    return int(ours._raw_delete(ours.db) or 0)
