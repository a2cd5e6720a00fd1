"""A payroll file sent by a browser: found, not too large, read whole."""

from __future__ import annotations

from pathlib import PurePath

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.http import HttpResponseClientRedirect

from schedulepop.connectors.file import MAX_BYTES
from schedulepop.web.shell.visit import is_fragment


class UploadError(Exception):
    """The upload cannot be used; the text says what to do."""


def uploaded(request: HttpRequest) -> tuple[bytes, str]:
    """The file of the form field `feed`: its bytes and its own name. Raises UploadError."""
    file = request.FILES.get("feed")
    if file is None or not file.name:
        raise UploadError("No file was chosen. Choose a payroll export and upload it.")
    if file.size is None or file.size > MAX_BYTES:
        raise UploadError(f"{file.name} is larger than {MAX_BYTES // 2**20} MB. Is it a payroll export?")
    return file.read(), PurePath(file.name).name[:200]


def answer(request: HttpRequest, address: str) -> HttpResponse:
    """On to a page, for a browser with or without htmx."""
    return HttpResponseClientRedirect(address) if is_fragment(request) else HttpResponseRedirect(address)
