"""The job that erases one person: the account first, then every copy and text, a row a transaction.

Killed anywhere it begins anew with what is left: each step looks for what is still there. A run that began while the
account was there may still write about it, so the rest waits until those are over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import structlog
from django.db import transaction

from schedulepop.retention.erasure import account, copies, needles, request, restored, texts
from schedulepop.retention.erasure.needles import Sought
from schedulepop.sync.models import Erasure, Run

log = structlog.get_logger("retention")

Steps = Iterator[tuple[str, int]]
STEPS: dict[str, Callable[[Sought], Steps]] = {
    "files": copies.files,
    "plans": copies.plans,
    "fingerprints": copies.prints,
    "runs": texts.runs,
    "issues": texts.findings,
    "texts": texts.texts,
    "authors": texts.authors,
    "trail": texts.trail,
}


def of_all(at: datetime) -> None:
    """Every erasure that is not finished, the oldest first: those of workers that were killed."""
    for pk in Erasure.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True):
        try:
            go_on(pk, at)
        except Exception as error:  # the others are done all the same, and this one at the next call
            log.error("erasure_broke", erasure=pk, error=type(error).__name__)


def go_on(pk: int, at: datetime) -> bool:
    """Erases what is left of somebody; False: runs that may still name them are under way, and a later job goes on."""
    erasure = Erasure.objects.select_related("organization").get(pk=pk)
    if erasure.finished_at is not None:
        return True
    account.erase(erasure)
    erasure.refresh_from_db()
    if Run.objects.filter(organization=erasure.organization, state__in=("queued", "running")).exists():
        request.queue(pk, seconds=60)
        return False
    sought = needles.unsealed(erasure)
    for name, step in STEPS.items():
        _do(erasure, name, step(sought))
    restored.remember(sought)
    with transaction.atomic():
        Erasure.objects.filter(pk=pk).update(sealed="", finished_at=at)
    log.info("erased", organization=erasure.organization_id, erasure=pk)
    return True


def _do(erasure: Erasure, name: str, steps: Steps) -> None:
    """One step, row by row, each in a transaction that counts it."""
    while True:
        with transaction.atomic():
            done = next(steps, None)
            if done is None:
                return
            kind, count = done
            if count:
                kept = Erasure.objects.select_for_update().get(pk=erasure.pk)
                kept.gone = kept.gone | {kind: kept.gone.get(kind, 0) + count}
                kept.save(update_fields=["gone"])
