"""What is asked of every request before anything else, static files included: our host, UTF-8, a method we know."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import Resolver404, resolve

METHODS = ("GET", "HEAD", "POST")
UTF_8 = "utf-8"


class Doorstep:
    """400 for another host (Django asks only where it builds an address) or character set, 405 for every other method.

    HEAD is GET without a body: no view has to know it. Views that take a file as it is (`bodies.admitted_by`) know PUT,
    and the file's character set is its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # raises DisallowedHost
        if not request.path_info.isprintable():  # NUL cannot even be looked up
            raise BadRequest("control characters in the address")
        takes_files = _takes_files(request)
        if (request.encoding or UTF_8).lower() != UTF_8:
            request.encoding = UTF_8  # for the error page, which Django would read by it too
            if not takes_files:
                raise BadRequest("another character set than UTF-8")
        if request.method not in (*METHODS, "PUT") or (request.method == "PUT" and not takes_files):
            return HttpResponseNotAllowed(METHODS)
        asked, request.method = request.method, request.method if request.method in ("POST", "PUT") else "GET"
        try:
            return self.get_response(request)
        finally:
            request.method = asked


def _takes_files(request: HttpRequest) -> bool:
    try:
        return hasattr(resolve(request.path_info).func, "refusal")
    except Resolver404:
        return False
