"""A payroll file sent by a browser: found, and not too large."""

from __future__ import annotations

from pathlib import PurePath
from typing import BinaryIO, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.http import HttpResponseClientRedirect

from schedulepop.lib.formats import MAX_BYTES
from schedulepop.web.shell.visit import is_fragment


class UploadError(Exception):
    """The upload cannot be used; the text says what to do."""


def uploaded(request: HttpRequest) -> tuple[BinaryIO, str]:
    """The file of the form field `feed`, still on the disk, and its own name. Raises UploadError."""
    file = request.FILES.get("feed")
    if file is None or not file.name:
        raise UploadError("No file was chosen. Choose a payroll export and upload it.")
    if file.size is None or file.size > MAX_BYTES:
        raise UploadError(f"{file.name} is larger than {MAX_BYTES // 2**20} MB. Is it a payroll export?")
    return cast(BinaryIO, file.file), PurePath(file.name).name[:200]


def answer(request: HttpRequest, address: str) -> HttpResponse:
    """On to a page, for a browser with or without htmx."""
    return HttpResponseClientRedirect(address) if is_fragment(request) else HttpResponseRedirect(address)
