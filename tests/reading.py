"""Pages as HTML reads them, however the templates are laid out: any run of white space is one space."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

KEPT = re.compile(r"(<(pre|textarea)\b.*?</\2>)", re.DOTALL)  # here white space is what it says


def one_space(html: str) -> str:
    """`html` with single spaces, and none before the end of a tag."""
    parts = KEPT.split(html)  # text, element, its name, text …
    for at in range(0, len(parts), 3):
        parts[at] = re.sub(r"\s+", " ", parts[at]).replace(" >", ">")
    return "".join(part for at, part in enumerate(parts) if at % 3 != 2)


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answers every page in that form."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.content = one_space(response.content.decode())
        return response

    return answer
