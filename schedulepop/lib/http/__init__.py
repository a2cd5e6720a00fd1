"""The door to other people's servers: bounded in time and size, to public addresses only, telling no secret.

Only connectors use it, and only it uses httpx2. Come in: `Door` (what this installation allows), `Session` (requests to
one host), `auth` (how a session signs in), `errors`. Sentences are English, as all that connectors say.
"""

from __future__ import annotations

from schedulepop.lib.http.answer import Answer
from schedulepop.lib.http.door import Door, Session
from schedulepop.lib.http.limits import Limits

__all__ = ["Answer", "Door", "Limits", "Session"]
