"""The one place where words meet gettext: Django's, where settings are loaded; `try` needs none and speaks English."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation

__all__ = ["gettext", "gettext_noop", "ngettext"]


def gettext_noop(message: str) -> str:
    """Marks a message for the translator. Django's own asks for settings, and this is called while modules load."""
    return message


def gettext(message: str) -> str:
    """The message in the reader's language."""
    return translation.gettext(message) if settings.configured else message


def ngettext(one: str, many: str, count: int) -> str:
    """The form of the message that fits the number."""
    if settings.configured:
        return translation.ngettext(one, many, count)
    return one if count == 1 else many
