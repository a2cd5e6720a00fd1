"""Two duties, or two zones, of one location become one: what it does, the merge, and taking it back.

Everybody who has the merged one has the kept one instead, in the same role (primary or further), and its payroll codes
name the kept one. The merged row stays, without people and codes: images of earlier runs name it, so that an undo of
one of those finds it. A journal holds whose rows moved, as with two users of one person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.timezone import now as clock

from schedulepop import employee
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.directory.actions import checks
from schedulepop.directory.models import (
    Duty,
    DutyCode,
    Membership,
    MembershipDuty,
    MembershipZone,
    Zone,
    ZoneCode,
)
from schedulepop.lib import sql
from schedulepop.lib.text import fold_code
from schedulepop.sync.errors import Refused
from schedulepop.sync.models import PartMerge
from schedulepop.sync.run import journal

Part = Duty | Zone
_ROWS: dict[str, Any] = {"duty": (MembershipDuty, DutyCode), "zone": (MembershipZone, ZoneCode)}


@dataclass(frozen=True, slots=True)
class PartPreview:
    """What a merge would do now."""

    kept: Part
    merged: Part
    primary: int  # people whose primary one it is
    further: int  # people who have it as a further one
    both: int  # of them, those who have both today
    codes: tuple[str, ...]  # payroll codes that would move
    digest: str

    @property
    def cms_differs(self) -> bool:
        """Whether people would get another CMS labor code."""
        if not isinstance(self.kept, Duty) or not isinstance(self.merged, Duty):
            return False
        return self.kept.organization.cms_codes and self.kept.cms_code != self.merged.cms_code


def kind_of(part: Part) -> str:
    """`duty` or `zone`."""
    return "duty" if isinstance(part, Duty) else "zone"


def preview(kept: Part, merged: Part, *, actor: Actor) -> PartPreview:
    """What it would do. Raises NotAllowed, or Refused with the reason against it."""
    _require(kept, merged, actor)
    kind = kind_of(kept)
    rows, codes = _ROWS[kind]
    having = rows.objects.filter(location=merged.location_id, **{kind: merged})
    members = Membership.objects.filter(location=merged.location_id)
    primary = members.filter(**{f"primary_{kind}": merged}).count()
    theirs = rows.objects.filter(location=kept.location_id, **{kind: kept}).values("membership")
    moved = codes.objects.filter(location=merged.location_id, **{kind: merged})
    return PartPreview(
        kept,
        merged,
        primary,
        having.count() - primary,
        having.filter(membership__in=theirs).count(),
        tuple(moved.order_by("code").values_list("code", flat=True)),
        journal.digest(journal.capture(_people(merged))),
    )


def merge(
    kept: Part, merged: Part, *, actor: Actor, digest: str = "", now: datetime | None = None
) -> PartMerge:
    """Make them one. `digest`: of the preview somebody saw; refused when its people changed since."""
    at = now or clock()
    kind = kind_of(kept)
    with transaction.atomic():
        kept, merged = _locked(kept, merged)
        _require(kept, merged, actor)
        people = _people(merged)
        before = journal.capture(people)
        if digest and digest != journal.digest(before):
            raise Refused(f"Somebody with {merged.name} was changed since you looked. Look at it again.")
        codes = _move_codes(kept, merged)
        _move_people(kept, merged)
        merged.merged_into_id = kept.pk
        merged.save(update_fields=["merged_into"])
        done = PartMerge.objects.create(
            organization=merged.organization,
            location=merged.location,
            kind=kind,
            kept_id=kept.pk,
            merged_id=merged.pk,
            codes=codes,
            images=journal.images(before, journal.capture(people)),
            by=actor.by,
            at=at,
        )
        _record(actor, kept, "merged_part", audit.change("merged", merged.name, kept.name), len(people))
    return done


def undo(done: PartMerge, *, actor: Actor, now: datetime | None = None) -> list[journal.Conflict]:
    """Take a merge back: two again, as they were. What was written since stays, and is given back as conflicts."""
    at = now or clock()
    checks.require_settings(actor, done.organization)
    model: Any = Duty if done.kind == "duty" else Zone
    with transaction.atomic():
        done = PartMerge.objects.select_for_update().get(pk=done.pk)
        if done.undone_at is not None:
            raise Refused("This merge was taken back already.")
        kept, merged = _locked(*(model.objects.get(pk=pk) for pk in (done.kept_id, done.merged_id)))
        merged.merged_into_id = None
        merged.save(update_fields=["merged_into"])
        conflicts = journal.restore(done.images)
        _, codes = _ROWS[done.kind]
        own = codes.objects.filter(location=done.location_id, code__in=done.codes, **{done.kind: kept})
        own.update(**{done.kind: merged})
        done.undone_at, done.undone_by = at, actor.by
        done.save(update_fields=["undone_at", "undone_by"])
        people = len({image["key"] for image in done.images if image["table"] == "directory_membership"})
        _record(actor, kept, "unmerged_part", audit.change("merged", kept.name, merged.name), people)
    return conflicts


def open_merges(organization: Organization) -> QuerySet[PartMerge]:
    """Those that were not taken back, newest first, without their journals."""
    found = PartMerge.objects.filter(organization=organization, undone_at=None)
    return found.select_related("location").defer("images").order_by("-pk")


def _require(kept: Part, merged: Part, actor: Actor) -> None:
    checks.require_settings(actor, kept.organization)
    if kept.pk == merged.pk and kind_of(kept) == kind_of(merged):
        raise Refused(f"That is one {kind_of(kept)}, not two.")
    if kept.location_id != merged.location_id or kind_of(kept) != kind_of(merged):
        raise Refused(f"{kept.name} and {merged.name} do not belong together.")
    for part in (kept, merged):
        if part.merged_into_id is not None:
            raise Refused(f"{part.name} was merged into another one before. Take that back first.")
    if type(merged)._default_manager.filter(merged_into=merged.pk).exists():
        raise Refused(
            f"Another {kind_of(merged)} was merged into {merged.name}. Keep {merged.name}, or take that back first."
        )


def _locked(kept: Part, merged: Part) -> tuple[Part, Part]:
    model: Any = type(kept)
    rows = model.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "organization", "location"
    )
    found = {part.pk: part for part in rows.filter(pk__in=[kept.pk, merged.pk]).order_by("pk")}
    return found[kept.pk], found[merged.pk]


def _people(merged: Part) -> list[int]:
    kind = kind_of(merged)
    rows, _ = _ROWS[kind]
    having: Iterable[int] = (
        rows.objects.filter(location=merged.location_id, **{kind: merged})
        .order_by("membership__user")
        .values_list("membership__user", flat=True)
    )
    return list(having)


def _move_codes(kept: Part, merged: Part) -> list[str]:
    """Payroll's codes, and its name, by which payroll may send it yet."""
    kind = kind_of(kept)
    _, codes = _ROWS[kind]
    found = codes.objects.filter(location=merged.location_id, **{kind: merged})
    moved = sorted(found.values_list("code", flat=True))
    found.update(**{kind: kept})
    name = fold_code(merged.name)
    if name and not codes.objects.filter(location=merged.location_id, code=name).exists():
        codes.objects.create(location=merged.location, code=name, **{kind: kept})
    return moved


def _move_people(kept: Part, merged: Part) -> None:
    given = {
        "organization": kept.organization_id,
        "location": kept.location_id,
        "kept": kept.pk,
        "merged": merged.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.load("schedulepop.sync", f"merge_{kind_of(kept)}"), given)
    if isinstance(kept, Duty) and kept.organization.cms_codes and kept.cms_code is not None:
        theirs = Membership.objects.filter(location=kept.location_id, primary_duty=kept)
        theirs.exclude(cms_code=kept.cms_code).exclude(status__in=sorted(employee.ENDED)).update(
            cms_code=kept.cms_code
        )


def _record(actor: Actor, kept: Part, verb: str, change: dict[str, object], people: int) -> None:
    audit.record(
        actor,
        kept.organization,
        verb,
        (kind_of(kept), kept.pk),
        location_id=kept.location_id,
        changes=[change, audit.change("people", None, people)],
    )
