"""What Paycor answers with: pages of records, whose names begin small on the wire and large in the specification."""

from __future__ import annotations

from typing import Any

from schedulepop.connectors import paging
from schedulepop.connectors.contract import ConnectorError, UnreadableAnswerError
from schedulepop.lib.http import Answer


def camel(value: Any) -> Any:
    """The same with every name beginning small, all the way down."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: camel(one) for name, one in value.items()}
    return [camel(one) for one in value] if isinstance(value, list) else value


def records(answer: Answer, key: str) -> list[dict[str, Any]]:
    """The records of a page, each with `key` as a text. Raises UnreadableAnswerError for anything else."""
    data = camel(answer.json())
    found = data.get("records") if isinstance(data, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise UnreadableAnswerError(f"{answer.title} answered without the list that was asked for.")
    if not all(isinstance(one.get(key), str) and one[key] for one in found):
        raise UnreadableAnswerError(
            f"{answer.title} answered in another form than it documents: {key} is missing."
        )
    return found


def is_last(answer: Answer) -> bool:
    """Whether the page says that it is the last one."""
    return camel(answer.json()).get("hasMoreResults") is False


def following(key: str) -> paging.Step:
    """The page that the continuation token leads to, as long as there is said to be more, and more does come."""
    seen: set[str] = set()

    def step(answer: Answer, ask: paging.Ask) -> paging.Ask | None:
        came, data = {one[key] for one in records(answer, key)}, camel(answer.json())
        more, token = data.get("hasMoreResults"), data.get("continuationToken")
        if not isinstance(more, bool):
            raise UnreadableAnswerError(f"{answer.title} did not say whether there is more.")
        if not more:
            return None
        if came <= seen:
            raise ConnectorError(
                f"{answer.title} does not come to an end: it says that there is more, and gives nothing new."
            )
        if not isinstance(token, str) or not token:
            raise UnreadableAnswerError(f"{answer.title} says that there is more, and not where.")
        seen.update(came)
        return ask.with_param("continuationToken", token)

    return step
