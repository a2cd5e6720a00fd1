"""Which notice went out about what, on the integration's row, so that none goes out twice."""

from __future__ import annotations

from schedulepop.sync.models import Integration


def note(integration: Integration, notice: str, about: str) -> bool:
    """Notes in the caller's transaction that this notice goes out; False when it went out about the same already."""
    locked = _locked(integration)
    if locked.notice_log.get(notice) == about:
        return False
    locked.notice_log[notice] = about
    _save(integration, locked)
    return True


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
