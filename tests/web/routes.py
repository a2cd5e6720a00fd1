"""Every address of the product, from its URLconf, and the query parameters that its code reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

WEB = Path(__file__).parents[2] / "schedulepop/web"
_READS = re.compile(
    r"""GET\.get\(\s*"(\w+)"|GET\[\s*"(\w+)"|"(\w+)" (?:not )?in request\.GET|number_in\(request, "(\w+)"\)"""
)


def routes() -> dict[str, URLPattern]:
    """Every route by name. One without a name fails: nothing could speak of it."""
    return {name: route for name, (route, _) in _all().items()}


def parts_of_routes() -> dict[str, tuple[str, ...]]:
    """Of every route the names of what stands in its address: `("organization", "slug")`."""
    return {name: parts for name, (_, parts) in _all().items()}


@cache
def _all() -> dict[str, tuple[URLPattern, tuple[str, ...]]]:
    found = {}
    for route, parts in _patterns(get_resolver().url_patterns, ()):
        assert route.name, f"{route} has no name"
        found[route.name] = (route, parts)
    return found


def _patterns(
    among: list[URLPattern | URLResolver], before: tuple[str, ...]
) -> Iterator[tuple[URLPattern, tuple[str, ...]]]:
    for one in among:
        parts = (*before, *one.pattern.converters)
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, parts)
        else:
            yield one, parts


def parameters(folder: Path = WEB) -> set[str]:
    """The names of query parameters that code below a folder reads."""
    found = (
        {"q", "status", "location", "role", "duty", "zone", "sort"}
        if (folder / "user_list.py").exists()
        else set()
    )
    for path in folder.rglob("*.py"):
        found |= {name for names in _READS.findall(path.read_text()) for name in names if name}
    return found
