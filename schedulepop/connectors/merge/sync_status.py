"""How Merge stands with payroll: what it passes on is a copy, which may be old, partial, or another customer's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from schedulepop.connectors.contract import ConnectorError, SourceBusyError, UnreadableAnswerError

OPTIONAL = {"Employment": ("Employments", "Pay"), "Group": ("Groups",), "Location": ("Locations",)}
"""A model that may be switched off → the permissions that are then missing."""
MODELS = ("Employee", *OPTIONAL)


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """What Merge says of its copy of payroll."""

    fresh: datetime  # UTC: until when it has read all that is switched on
    switched_off: tuple[str, ...] = ()  # permissions
    partial: tuple[str, ...] = ()  # models of which some fields could not be read


def same_account(details: Any, expected: str, title: str) -> str:
    """Whose linked account the token opens, and which payroll. Raises ConnectorError when it is another one's."""
    details = details if isinstance(details, dict) else {}
    if str(details.get("id")).lower() != expected.lower():
        raise ConnectorError(
            f"{title}: the account token belongs to another linked account than the settings name."
        )
    if details.get("status") in ("RELINK_NEEDED", "INCOMPLETE"):
        raise ConnectorError(
            f"{title} has lost its access to payroll. Whoever runs payroll has to link the account again."
        )
    names = (details.get("end_user_organization_name"), details.get("integration"))
    return ", ".join(str(name) for name in names if name)


def sync_status(statuses: list[Any], title: str, *, allow_partial: bool) -> SyncStatus:
    """The standing from `/sync-status`. Raises ConnectorError or SourceBusyError where the copy cannot be used."""
    told = {one.get("model_name"): one for one in statuses if isinstance(one, dict)}
    if "Employee" not in told:
        raise SourceBusyError(f"{title} has not begun to read payroll.")
    states = {model: _state(told[model]) for model in MODELS if model in told}
    if states["Employee"] == "DISABLED":
        raise ConnectorError(f"{title} does not read employees. Switch the model Employee on in its scopes.")
    off = [model for model, state in states.items() if state == "DISABLED"]
    used = {model: state for model, state in states.items() if model not in off}
    fresh = {model: _fresh(told[model], title) for model in used}
    for model, state in used.items():
        _usable(model, state, fresh[model], title, allow_partial)
    return SyncStatus(
        fresh=min(one for one in fresh.values() if one),
        switched_off=tuple(name for model in off for name in OPTIONAL[model]),
        partial=tuple(model for model, state in used.items() if state == "PARTIALLY_SYNCED"),
    )


def _state(status: dict[str, Any]) -> str:
    """How the last sync ended. One that is under way has not ended; the first one has nothing before it."""
    state = str(status.get("status"))
    if state != "SYNCING":
        return state
    return "FIRST" if status.get("is_initial_sync") is True else str(status.get("last_sync_result"))


def _usable(model: str, state: str, fresh: datetime | None, title: str, allow_partial: bool) -> None:
    """Raises where this model's copy is not as payroll is."""
    of = f" What it has is of {fresh:%Y-%m-%d}." if fresh else ""
    look = f"See the issues of the linked account in {title}."
    if state == "PARTIALLY_SYNCED" and not allow_partial:
        raise SourceBusyError(
            f"{title} could read payroll only in part ({model}), so nothing of it is used. {look}"
        )
    if state == "FAILED":
        raise SourceBusyError(f"{title} could not read payroll ({model}).{of} {look}")
    if state == "PAUSED":
        raise SourceBusyError(f"{title} has paused reading payroll ({model}).{of} {look}")
    if state == "FIRST" or fresh is None:
        raise SourceBusyError(f"{title} is still reading payroll for the first time.")


def _fresh(status: dict[str, Any], title: str) -> datetime | None:
    """Until when this model was read: as Merge says, or the end of the last sync."""
    told = status.get("data_fresh_as_of") or status.get("last_sync_finished")
    if told is None:
        return None
    try:
        moment = datetime.fromisoformat(str(told))
    except ValueError:
        moment = None
    if moment is None:
        raise UnreadableAnswerError(f"{title} did not say when it read payroll.")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
