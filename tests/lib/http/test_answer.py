"""What an answer's refusal says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schedulepop.lib.http.answer import Answer, refusal
from schedulepop.lib.http.errors import NotGrantedError


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"code": 42, "message": "Security violation."}, 42),
        ({"errors": [{"code": 42, "message": "Security violation."}, {"code": 7}]}, 42),
        ({"errors": []}, None),
        ({"errors": ["no"]}, None),
        ({"code": "E42"}, None),
        (["no"], None),
        ("<html>", None),
    ],
    ids=json.dumps,
)
def test_what_is_not_granted_says_the_platforms_own_reason(body: Any, said: int | None) -> None:
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    error = refusal(Answer("Payroll", "https://pay.example/people", 403, {}, raw))
    assert isinstance(error, NotGrantedError)
    assert error.said == said
    assert "Security" not in str(error)
