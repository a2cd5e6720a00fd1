"""What a platform remembers and Prism does not, put into its answers: everything else is as the schema makes it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

import jmespath

from schedulepop.connectors.testing import Asked, Reply
from verify.catalog import Remembered

IMPOSSIBLE = Reply(503, {}, {"Retry-After": "86400"})
"""Instead of an answer that the platform could not give: nobody, where somebody was asked for."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered, the settings that it may name, and headers that Prism gets instead."""

    remembered: Sequence[Remembered] = ()
    config: Mapping[str, str] = field(default_factory=dict)
    sends: Mapping[str, str] = field(default_factory=dict)

    def completed(self, reply: Reply, asked: Asked) -> Reply:
        """The answer with what is remembered of this path."""
        fitting = [(one, match) for one in self.remembered if (match := re.search(one.path, asked.path))]
        if not fitting:
            return reply
        answer, headers = json.loads(reply.body or b"null"), dict(reply.headers)
        for one, match in fitting:
            answer = copy.deepcopy(one.answer) if one.answer is not None else answer
            items = jmespath.search(one.items, answer)
            items = items if isinstance(items, list) else []
            if one.past and int(asked.query.get(one.past) or one.first) > one.first:
                items.clear()
            values = jmespath.search(one.each, asked.json) if one.each else []
            if one.stretched and not _stretched(items, len(values)):
                return IMPOSSIBLE
            counted = jmespath.search(one.counts, answer) if one.counts else items
            told = {
                "asked": unquote(match[1]) if match.groups() else "",
                "count": len(counted or ()),
                "config": self.config,
            }
            if one.header:
                headers[one.header] = str(_value(one.value, told, 1))
            for number, item in enumerate(items, start=1):
                if isinstance(item, dict) and one.field:
                    known = values[number - 1] if one.each and number <= len(values) else one.value
                    item[one.field] = _value(known, told, number)
        return replace(reply, body=answer, headers=headers)


def _stretched(items: list[Any], size: int) -> bool:
    """As many items as that, in place; False where there is none to copy."""
    if not items:
        return size == 0
    items[:] = [copy.deepcopy(items[place % len(items)]) for place in range(size)]
    return True


def _value(value: Any, told: Mapping[str, Any], number: int) -> Any:
    """A text with its parts; a count alone is a number."""
    if value == "{count}":
        return told["count"]
    return value.format(number=number, **told) if isinstance(value, str) else value
