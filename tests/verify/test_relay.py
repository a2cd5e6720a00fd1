"""What stands between a connector and Prism: notes violations, keeps IDs, leaves out what stands before a path."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from schedulepop.connectors.testing import Asked, Reply
from verify.relay import MOST, Relay, Told, ask

PROBLEM = {"content-type": "application/problem+json"}


class LikePrism(BaseHTTPRequestHandler):
    """Knows `/v1/people`, says what was asked for, and refuses `size=many`, as Prism words it."""

    def log_message(self, *_: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path != "/v1/people":
            self._send(404, {"type": "https://stoplight.io/prism/errors#NO_PATH_MATCHED_ERROR"}, PROBLEM)
        elif query == "size=many":
            broken = {"location": ["query", "size"], "severity": "Error", "message": "must be integer"}
            self._send(422, {"title": "Invalid request", "validation": [broken]}, PROBLEM)
        else:
            self._send(200, {"query": query, "prefer": self.headers.get("prefer", "")}, {"x-total": "7"})

    def _send(self, status: int, body: object, headers: dict[str, str]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), LikePrism) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def asked(path: str) -> Asked:
    return Asked("GET", path.partition("?")[0], {}, {"authorization": "Bearer x"})


def relay(port: int, prefer: str = "") -> Relay:
    return Relay(port, prefer, lambda one: Reply(200, {"token": "t"}) if "token" in one.path else None)


# Violations ---------------------------------------------------------------------------------------------------


def test_what_a_request_breaks_is_told_by_the_answer_or_by_a_header() -> None:
    broken = {"location": ["query", "size"], "severity": "Error", "message": "must be integer"}
    body = json.dumps({"title": "Invalid request", "validation": [broken]}).encode()
    assert Told(422, PROBLEM, body).violations == ["query.size: must be integer"]
    header = json.dumps(
        [{"location": ["request"], "severity": "Error", "message": "Invalid security scheme used"}]
    )
    assert Told(401, {"sl-violations": header}, b"").violations == ["request: Invalid security scheme used"]


def test_warnings_and_what_is_wrong_with_the_answer_are_not_ours() -> None:
    listed = [
        {"location": ["request", "query", "x"], "severity": "Warning", "message": "is deprecated"},
        {"location": ["response", "body"], "severity": "Error", "message": "must have id"},
    ]
    assert Told(200, {"sl-violations": json.dumps(listed)}, b"[]").violations == []


def test_an_answer_that_prism_cannot_make_up_is_no_fault_of_the_request() -> None:
    assert Told(500, {}, b'{"type": "https://stoplight.io/prism/errors#SCHEMA_TOO_COMPLEX"}').too_complex
    assert not Told(500, {}, b"").too_complex


def test_a_refusal_without_a_reason_is_one_all_the_same() -> None:
    assert Told(500, {}, b"").violations == ["HTTP 500"]


# Passing on ---------------------------------------------------------------------------------------------------


def test_what_stands_before_the_specifications_paths_is_left_out(port: int) -> None:
    told = ask(port, "GET", "/api/hr/v1/people?fields=a&fields=b", {})
    assert (told.status, told.json["query"]) == (200, "fields=a&fields=b")
    assert ask(port, "GET", "/api/v1/nobody", {}).no_path


def test_a_request_is_passed_on_with_what_prism_shall_prefer(port: int) -> None:
    one = relay(port, "dynamic=true")
    reply = one.answered("/v1/people?size=5", asked("/v1/people?size=5"))
    assert json.loads(reply.body) == {"query": "size=5", "prefer": "dynamic=true"}
    assert reply.headers == {"x-total": "7"}
    assert (one.requests, one.broken) == (1, [])


def test_signing_in_is_the_stubs(port: int) -> None:
    one = relay(port)
    assert one.answered("/oauth/token", asked("/oauth/token")).body == {"token": "t"}
    assert one.requests == 0


def test_what_is_not_legal_is_noted_with_its_path(port: int) -> None:
    one = relay(port)
    assert one.answered("/v1/people?size=many", asked("/v1/people?size=many")).status == 422
    assert one.broken == ["GET /v1/people: query.size: must be integer"]


def test_a_list_without_an_end_is_ended(port: int) -> None:
    one = relay(port)
    statuses = [one.answered("/v1/people", asked("/v1/people")).status for _ in range(MOST + 1)]
    assert statuses == [200] * MOST + [503]
    assert one.ended
