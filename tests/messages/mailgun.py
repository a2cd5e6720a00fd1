"""A stub of Mailgun: takes letters as its API does, and signs what it tells of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY, SIGNING_KEY, DOMAIN = "key-of-a-test", "signing-key-of-a-test", "mg.example.org"


class Stub(ThreadingHTTPServer):
    """`answers`: recipient → (status, sentence) instead of taking it; `away`: what every request is answered with."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[dict[str, str]] = []
        self.answers: dict[str, tuple[int, str]] = {}
        self.away = 0
        self.breaks_off = False
        self.asked = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v3"


class _Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        form = self._form(body)
        if self.server.away:
            return self._say(self.server.away, "away")
        if "Basic " not in self.headers.get("Authorization", ""):
            return self._say(401, "Forbidden")
        if self.path != f"/v3/{DOMAIN}/messages":
            return self._say(404, "Domain not found")
        if not form:
            self.server.asked += 1
            return self._say(400, "from parameter is missing")
        refused = self.server.answers.get(form["to"])
        if refused:
            return self._say(*refused)
        self.server.taken.append(form)
        if self.server.breaks_off:
            self.close_connection = True
            return None
        name = f"<{len(self.server.taken)}.service@{DOMAIN}>"
        return self._say(200, "Queued. Thank you.", id=name)

    def _form(self, body: bytes) -> dict[str, str]:
        if not body:
            return {}
        kind = self.headers["Content-Type"].encode()
        parsed = message_from_bytes(b"Content-Type: " + kind + b"\r\n\r\n" + body, policy=policy.HTTP)
        if parsed.is_multipart():
            parts = {
                str(one.get_param("name", header="content-disposition")): one for one in parsed.iter_parts()
            }
            return {name: one.get_payload(decode=True).decode() for name, one in parts.items()}
        from urllib.parse import parse_qsl

        return dict(parse_qsl(body.decode()))

    def _say(self, status: int, sentence: str, **more: str) -> None:
        body = json.dumps({"message": sentence, **more}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def running(settings: Any) -> Iterator[Stub]:
    """The stub, and our settings pointed at it."""
    with Stub() as stub:
        threading.Thread(target=stub.serve_forever, args=(0.02,), daemon=True).start()
        settings.EMAIL_BACKEND = "schedulepop.messages.service.ServiceBackend"
        settings.MAILGUN_SIGNING_KEY = SIGNING_KEY
        settings.ANYMAIL = {
            "MAILGUN_API_KEY": KEY,
            "MAILGUN_SENDER_DOMAIN": DOMAIN,
            "MAILGUN_API_URL": stub.address,
            "REQUESTS_TIMEOUT": 2,
        }
        yield stub
        stub.shutdown()


def event(name: str, taken: dict[str, str], number: int = 1, **more: Any) -> dict[str, Any]:
    """What Mailgun tells of a letter it took: `failed` (for good unless said), `delivered`, `complained` …"""
    return {
        "event": name,
        "severity": "permanent",
        "timestamp": time.time(),
        "recipient": taken["to"],
        "message": {"headers": {"message-id": f"{number}.service@{DOMAIN}", "to": taken["to"]}},
        "user-variables": {"letter": taken["v:letter"]},
        "delivery-status": {"code": 550, "message": "5.1.1 No such user", "description": ""},
        **more,
    }


def signed(told: Any, *, at: float | None = None, key: str = SIGNING_KEY, token: str = "t" * 50) -> bytes:
    """The body of a webhook."""
    stamp = str(int(at if at is not None else time.time()))
    digest = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    signature = {"timestamp": stamp, "token": token, "signature": digest}
    return json.dumps({"signature": signature, "event-data": told}).encode()
