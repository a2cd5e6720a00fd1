"""Which notice went out about what, on the integration's row, so that none goes out twice."""

from __future__ import annotations

from collections.abc import Mapping

from schedulepop.sync.models import Integration
from schedulepop.sync.run import queries


def note(integration: Integration, notice: str, about: str) -> bool:
    """Notes in the caller's transaction that this notice goes out; False when it went out about the same already."""
    locked = _locked(integration)
    if locked.notice_log.get(notice) == about:
        return False
    locked.notice_log[notice] = about
    _save(integration, locked)
    return True


def note_each(about: Mapping[int, str], notice: str) -> list[int]:
    """The same of many integrations (ID → about what): the organizations of those of which it is news.

    One that somebody writes right now is left out, so that it keeps nobody else's.
    """
    return [
        organization
        for (organization,) in queries.rows(
            "notices_note", notice=notice, ids=list(about), abouts=list(about.values())
        )
    ]


def forget(integration: Integration, notice: str) -> bool:
    """The next such notice is news again; whether one had gone out."""
    locked = _locked(integration)
    noted = locked.notice_log.pop(notice, "")
    if noted:
        _save(integration, locked)
    return bool(noted)


def _locked(integration: Integration) -> Integration:
    return Integration.objects.select_for_update(no_key=True).get(pk=integration.pk)


def _save(integration: Integration, locked: Integration) -> None:
    locked.save(update_fields=["notice_log"])
    integration.notice_log = locked.notice_log
