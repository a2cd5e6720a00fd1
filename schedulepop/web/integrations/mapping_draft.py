"""A changed mapping that nobody has saved yet: kept with the session of whoever changes it, until Save or Forget.

A mapping that runs go by is looked at before it is saved (SPEC §4), and looking may lead back to the columns or the
codes; what was chosen there must not be lost on the way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as Dictionary
from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import HttpRequest
from pydantic import ValidationError

from schedulepop.sync.models import Integration
from schedulepop.sync.plan.policy import Mapping


@dataclass(frozen=True, slots=True)
class Draft:
    """What was chosen so far, and where."""

    mapping: Mapping
    base: int  # the saved version it was made from
    came_from: str  # columns, codes, import or versions
    to_map: Dictionary[str, int] = field(default_factory=dict)  # location code → location
    to_add: Dictionary[str, str] = field(default_factory=dict)  # location code → name of a new location
    timezone: str = ""  # of new locations

    @property
    def digest(self) -> str:
        """What Save names, so that it saves what was looked at."""
        return hashlib.sha256(json.dumps(_plain(self), sort_keys=True).encode()).hexdigest()[:16]


def keep(request: HttpRequest, integration: Integration, draft: Draft) -> None:
    """From now on the pages of the set-up show it."""
    request.session[_key(integration)] = _plain(draft)


def kept(request: HttpRequest, integration: Integration) -> Draft | None:
    """What this person has not saved yet; None too when it is of an older release and fits no more."""
    found: dict[str, Any] | None = request.session.get(_key(integration))
    if found is None:
        return None
    try:
        return Draft(**{**found, "mapping": Mapping(**found["mapping"])})
    except (KeyError, TypeError, ValidationError):
        return None


def forget(request: HttpRequest, integration: Integration) -> None:
    """It was saved, or it is not wanted."""
    request.session.pop(_key(integration), None)


def _key(integration: Integration) -> str:
    return f"mapping-{integration.pk}"


def _plain(draft: Draft) -> dict[str, Any]:
    content = draft.mapping.model_dump(mode="json")
    content["create_codes"] = sorted(content["create_codes"])
    content["blank_clears"] = sorted(content["blank_clears"])
    return {**asdict(draft), "mapping": content}
