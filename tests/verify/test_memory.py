"""What a platform remembers, put into Prism's answers: IDs that were asked for, IDs that differ, how many there are."""

from __future__ import annotations

import json
from typing import Any

from schedulepop.connectors.testing import Asked, Reply
from verify.catalog import Remembered
from verify.memory import IMPOSSIBLE, Memory


def completed(
    answer: Any, path: str, *remembered: Remembered, body: Any = None, query: dict[str, str] | None = None
) -> Reply:
    asked = Asked("POST", path, query or {}, {}, json.dumps(body).encode())
    return Memory(remembered, {"account": "B6071"}).completed(Reply(200, json.dumps(answer).encode()), asked)


def test_an_id_that_was_asked_for_is_in_the_answer() -> None:
    one = Remembered(path="/employees/([^/]+)$", field="employeeId", value="{asked}")
    reply = completed({"employeeId": "random", "firstName": "Ut"}, "/v2/employees/00%2017", one)
    assert reply.body == {"employeeId": "00 17", "firstName": "Ut"}


def test_ids_of_a_list_differ() -> None:
    one = Remembered(path="/people$", items="people", field="id", value="P{number}")
    assert completed({"people": [{"id": None}, {}, 3]}, "/people", one).body == {
        "people": [{"id": "P1"}, {"id": "P2"}, 3]
    }


def test_a_setting_is_known_to_the_platform() -> None:
    one = Remembered(path="/companies$", field="displayId", value="{config[account]}")
    assert completed({"displayId": "Lorem"}, "/companies", one).body == {"displayId": "B6071"}


def test_how_many_there_are_is_a_number_in_the_answer_or_in_a_header() -> None:
    inside = Remembered(path="/people$", items="[paging]", field="count", value="{count}", counts="people")
    header = Remembered(path="/people$", items="people", header="X-Total", value="{count}")
    reply = completed({"paging": {"count": None}, "people": [{}, {}]}, "/people", inside, header)
    assert reply.body == {"paging": {"count": 2}, "people": [{}, {}]}
    assert reply.headers == {"X-Total": "2"}


def test_everybody_who_is_asked_for_at_once_is_answered() -> None:
    whom = "requests[].id"
    one = Remembered(path="/individual$", items="responses", field="id", each=whom, stretched=True)
    body = {"requests": [{"id": "a"}, {"id": "b"}]}
    reply = completed({"responses": [{"id": "random", "code": 200}]}, "/individual", one, body=body)
    assert reply.body == {"responses": [{"id": "a", "code": 200}, {"id": "b", "code": 200}]}
    assert completed({"responses": []}, "/individual", one, body=body) == IMPOSSIBLE


def test_after_the_first_page_there_is_nobody_any_more() -> None:
    one = Remembered(path="/people$", items="people", past="page", first=1)
    assert completed({"people": [{}]}, "/people", one, query={"page": "1"}).body == {"people": [{}]}
    assert completed({"people": [{}]}, "/people", one, query={"page": "2"}).body == {"people": []}


def test_other_answers_stay_as_they_came() -> None:
    one = Remembered(path="/people$", field="id", value="1")
    assert completed({"id": "random"}, "/places", one).body == b'{"id": "random"}'
