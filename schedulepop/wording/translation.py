"""The one place where words meet gettext: Django's, where settings are loaded; `try` needs none and speaks English."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_noop

__all__ = ["gettext", "gettext_noop", "ngettext"]


def gettext(message: str) -> str:
    """The message in the reader's language."""
    return translation.gettext(message) if settings.configured else message


def ngettext(one: str, many: str, count: int) -> str:
    """The form of the message that fits the number."""
    if settings.configured:
        return translation.ngettext(one, many, count)
    return one if count == 1 else many
