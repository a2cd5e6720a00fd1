"""How much a request may bring: little from strangers, more from people, files on upload pages only.

`Bodies` decides by session, role and page, from the headers alone: before anything reads the body (CSRF does). The
server in front (`shell.front`) asks it first and reads nothing that is refused.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import IO, Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views import defaults

from schedulepop import postgres
from schedulepop.web.shell.visit import is_fragment, visit_of

SIGNED_OUT = 64 * 1024
SIGNED_IN: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
FORM_AROUND = 64 * 1024
"""What a form adds to its file: boundaries, names, the CSRF token."""
ENDLESS = 10**18

V = TypeVar("V", bound=Callable[..., HttpResponse])


def takes_upload(size: int) -> Callable[[V], V]:
    """Marks a view, below its `role_required`: it takes a file of so many bytes from who may open it."""

    def mark(view: V) -> V:
        view.upload_limit = size + FORM_AROUND  # type: ignore[attr-defined]
        return view

    return mark


def admitted_by(
    refusal: Callable[..., HttpResponse | None],
) -> Callable[[V], V]:
    """Marks a view of a machine's, below `takes_upload`: who comes is told by the headers, not by a session.

    `refusal` gets the request and what stands in the address, before the body is read: an answer, or None to admit.
    """

    def mark(view: V) -> V:
        view.refusal = refusal  # type: ignore[attr-defined]
        return view

    return mark


class Admitted(HttpResponse):
    """Not for browsers: what `Bodies` answers when a server asks, before it reads, whether it may."""

    def __init__(self, limit: int) -> None:
        super().__init__(status=204)
        self.limit = limit


class Bodies:
    """413 for what is too large. A request with `body_waits` is a server's question about one it has not read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        waits = getattr(request, "body_waits", False)
        size = declared(request)
        if size > SIGNED_OUT or waits:
            if (refused := _refused_by_its_view(request)) is not None:
                return refused
            limit = limit_of(request)
            if size > limit:
                return too_large(request, limit)
            if waits:
                return Admitted(limit)
        return self.get_response(request)


def declared(request: HttpRequest) -> int:
    """The bytes a request says it brings."""
    return length(str(request.META.get("CONTENT_LENGTH") or "0"))


def length(said: str) -> int:
    """A Content-Length as a number; what is none counts as nothing said, what nobody can send as ENDLESS."""
    if not (said.isascii() and said.isdigit()):
        return 0
    return int(said) if len(said) < len(str(ENDLESS)) else ENDLESS


def _refused_by_its_view(request: HttpRequest) -> HttpResponse | None:
    """What a machine's view answers by the headers alone; the connection ends, for the body is still to come."""
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return None
    refusal: Callable[..., HttpResponse | None] | None = getattr(found.func, "refusal", None)
    answer = refusal(request, **found.kwargs) if refusal else None
    if answer is not None:
        answer["Connection"] = "close"
    return answer


def limit_of(request: HttpRequest) -> int:
    """The bytes this person may send to this page; to a machine's, whoever it has admitted."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return SIGNED_OUT if visit_of(request) is None else SIGNED_IN
    if hasattr(view, "refusal"):
        return int(getattr(view, "upload_limit", SIGNED_OUT))
    visit = visit_of(request)
    if visit is None:
        return SIGNED_OUT
    may_upload = visit.role in getattr(view, "roles", ())
    return max(SIGNED_IN, getattr(view, "upload_limit", 0) if may_upload else 0)


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """The page that says the limit; the connection ends, since what follows on it is the rest of the body."""
    said = f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit // 2**10} KB"
    response = _refused(request, f"This page takes up to {said} at once.")
    response["Connection"] = "close"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400; 413 where its own limits of a form were passed: text that is no file, fields, files."""
    if isinstance(exception, RequestDataTooBig):
        return _refused(request, f"Besides a file, a form takes up to {SIGNED_IN // 2**20} MB.")
    if isinstance(exception, (TooManyFieldsSent, TooManyFilesSent)):
        return _refused(request, "The form has more fields or files than this page takes.")
    return defaults.bad_request(request, exception)


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    name = "web/shell/_upload_error.html" if is_fragment(request) else "413.html"
    return render(request, name, {"error": f"{sentence} Nothing has been changed."}, status=413)


def unnamed_file() -> IO[bytes]:
    """A file in the state folder without a name, so that it is gone when its process is, however that ends."""
    folder = postgres.state_home() / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder)


class UnnamedFileHandler(FileUploadHandler):
    """A large file of a form goes into an unnamed file, piece by piece (Django's own stays behind after a kill)."""

    def new_file(self, *args: Any, **options: Any) -> None:
        """Begins with an empty one."""
        super().new_file(*args, **options)
        self.file: UploadedFile[Any] = UploadedFile(
            unnamed_file(), self.file_name, self.content_type, 0, self.charset, self.content_type_extra
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Writes the next piece; nothing is left for another handler."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """The file, at its beginning."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file
