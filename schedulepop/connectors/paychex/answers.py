"""What Paychex answers with: a wrapper around a list, or that list, or one object, bare. And which page comes next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from schedulepop.connectors import paging
from schedulepop.connectors.contract import UnreadableAnswerError
from schedulepop.connectors.records import items, part
from schedulepop.lib.http import Answer


def content(answer: Answer, key: str) -> list[dict[str, Any]]:
    """The objects of an answer. `key`: by which one that comes bare is told. Raises UnreadableAnswerError."""
    if answer.status == 204:
        return []
    data = answer.json()
    if isinstance(data, dict):
        data = data.get("content", [data] if key in data else None)
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        raise UnreadableAnswerError(f"{answer.title} answered without the list that was asked for.")
    return data


def identified(answer: Answer, key: str) -> list[dict[str, Any]]:
    """The objects of an answer, each with the ID that `key` names. Raises UnreadableAnswerError for one without."""
    found = content(answer, key)
    if not all(isinstance(one.get(key), str) and one[key] for one in found):
        raise UnreadableAnswerError(
            f"{answer.title} answered in another form than it documents: {key} is missing."
        )
    return found


def total(answer: Answer) -> int | None:
    """How many there are on all pages: `itemCount` of the paging, or all that came where nothing was paged."""
    if answer.status == 204:
        return 0
    data = answer.json()
    told = part(data, "metadata")
    paged = part(told, "pagination")
    count = paged.get("itemCount", paged.get("total", told.get("contentItemCount")))
    return None if count is None else paging.number(count, answer.title)


def following(key: str) -> paging.Step:
    """Skips what came, until the total is reached. The first page's ETag goes along, and stands for the list."""

    def step(answer: Answer, ask: paging.Ask) -> paging.Ask | None:
        came, told = len(content(answer, key)), total(answer)
        reached = int(ask.param("offset")) + came
        if not came or (reached >= told if told is not None else not _goes_on(answer, ask)):
            return None
        tag = answer.headers.get("etag", "")
        known = dict(ask.headers)
        headers = known | ({"ETag": tag} if tag and "ETag" not in known else {})
        return replace(ask.with_param("offset", reached), headers=tuple(headers.items()))

    return step


def _goes_on(answer: Answer, ask: paging.Ask) -> bool:
    """Without a total: a wrapper links the next page, a bare list ends with an empty one, one object is all."""
    data = answer.json()
    if isinstance(data, list):
        return "offset" in dict(ask.params)
    return any(link.get("rel") == "next" for link in items(data, "links"))
