"""Where payroll's own job brings a file: `curl -T export.csv -u drop:TOKEN https://…/drop/CODE/`.

No secret stands in the address; nothing can be read here. Who comes and how much is told by the headers, before the
body is read (`shell.bodies`). Answers are JSON with a sentence, counts and column names, never a value.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from schedulepop import jobs
from schedulepop.accounts import tenancy, throttle
from schedulepop.connectors.received_files import shown
from schedulepop.lib.formats import MAX_BYTES
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.integrations import drop_addresses, dropped_files
from schedulepop.sync.integrations.dropped_files import Receipt
from schedulepop.sync.models import DropAddress, Integration, IntegrationState, Run
from schedulepop.web.shell.bodies import admitted_by, declared, takes_upload
from schedulepop.wording import lists, refusals

WRONG = (
    f"There is no such drop address, or this is not its token. The user is {drop_addresses.USER}, and the token its "
    "password."
)
NO_LENGTH = "Say how large the file is (Content-Length): send it whole, not in chunks."
TOO_LARGE = f"This file is larger than {MAX_BYTES // 2**20} MB. Is it a payroll export? Nothing was read."
A_FORM = "Send the file itself as the body, as curl -T does, and not a form (curl -F)."
EMPTY = "Nothing came: the file is empty."
CUT_OFF = "The file did not come whole. Nothing of it was kept. Send it again."
UNNAMED = "export"


def refusal(request: HttpRequest, code: str, name: str = "") -> HttpResponse | None:
    """The answer to what may not come in, by its headers alone; None: its body is read."""
    if request.method not in ("PUT", "POST"):
        return None  # the view says so itself
    if not _says_its_length(request):
        return _json(NO_LENGTH, HTTPStatus.LENGTH_REQUIRED)
    if declared(request) > MAX_BYTES:
        return _json(TOO_LARGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _not_theirs(request, code)


@csrf_exempt
@takes_upload(MAX_BYTES)
@admitted_by(refusal)
@require_http_methods(["PUT", "POST"])
def arrive(request: HttpRequest, code: str, name: str = "") -> HttpResponse:
    """A file. 201: kept, and a sync begins; 202: kept, and it waits; 200: it had arrived before; 4xx: why not."""
    if (refused := refusal(request, code)) is not None:
        return refused
    if (request.content_type or "").startswith("multipart/"):
        return _json(A_FORM, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    size = declared(request)
    data = request.read(size) if size else b""
    if len(data) != size or not size:
        return _json(CUT_OFF if size else EMPTY, HTTPStatus.BAD_REQUEST)
    at = now()
    with tenancy.of_drop(code):
        address = DropAddress.objects.select_related("integration__organization").get(code=code)
        integration = address.integration
        try:
            receipt = dropped_files.receive(
                integration, data, name=_name(request, name), at=at, dated=_dated(request, at)
            )
        except NeedsAdmin as error:
            written = f"{refusals.of(error)} Nothing was kept of it, and nothing was changed."
            return _json(written, HTTPStatus.UNPROCESSABLE_ENTITY, bytes=size, code=error.code)
        runs = [] if receipt.again else jobs.start_arrived(at, integration)
        return _answer(integration, receipt, runs[0] if runs else None)


def _says_its_length(request: HttpRequest) -> bool:
    """Whether the client did; a server that has read a body without a length fills it in."""
    scope: dict[str, Any] | None = getattr(request, "scope", None)
    if scope is None:
        return bool(request.META.get("CONTENT_LENGTH"))
    return b"content-length" in dict(scope["headers"])


def _not_theirs(request: HttpRequest, code: str) -> HttpResponse | None:
    """401, or 429 after ten wrong tokens within five minutes from one place; asked once per request."""
    if getattr(request, "drop_code", "") == code:
        return None
    at, source, login = now(), throttle.source_of(request), f"{drop_addresses.USER}/{code}"
    if not throttle.begin(login, source, at):
        until = throttle.delayed_until(login, source, at) or at
        answer = _json("Too many wrong tokens. Wait, then try again.", HTTPStatus.TOO_MANY_REQUESTS)
        answer["Retry-After"] = str(max(1, int((until - at).total_seconds())))
        return answer
    with tenancy.of_drop(code):
        right = drop_addresses.authenticated(code, _token(request))
        if right is None:
            drop_addresses.note_wrong_token(code)
    if right is None:
        answer = _json(WRONG, HTTPStatus.UNAUTHORIZED)
        answer["WWW-Authenticate"] = 'Basic realm="drop address"'
        return answer
    throttle.succeeded(login, source)
    request.drop_code = code  # type: ignore[attr-defined]
    return None


@sensitive_variables()
def _token(request: HttpRequest) -> str:
    """The password of HTTP's basic sign-in (RFC 7617); nothing where it is another one, or somebody else's name."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, token = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return token if kind.lower() == "basic" and user == drop_addresses.USER else ""


def _name(request: HttpRequest, name: str) -> str:
    """The file's own name: in the address, where curl puts it behind a slash, or in Content-Disposition."""
    from email.message import Message

    headers = Message()
    headers["Content-Disposition"] = request.headers.get("Content-Disposition", "").replace("\n", " ")
    chosen = name or headers.get_filename() or UNNAMED
    return shown(chosen.replace("\\", "/").rpartition("/")[2]) or UNNAMED


def _dated(request: HttpRequest, at: datetime) -> datetime | None:
    """How old the data is, where Last-Modified says so: as HTTP writes dates, or as ISO 8601 with its offset."""
    written = request.headers.get("Last-Modified", "").strip()
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        try:
            moment = parsedate_to_datetime(written)
        except (ValueError, TypeError):
            raise NeedsAdmin("no_date_sent", {"example": f"{at:%Y-%m-%dT%H:%M:%SZ}"}) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _answer(integration: Integration, receipt: Receipt, run: Run | None) -> JsonResponse:
    came = receipt.arrival
    counted = f"{came.name}: {lists.records_in(came.records, len(receipt.columns))}"
    status = HTTPStatus.OK if receipt.again else HTTPStatus.CREATED if run else HTTPStatus.ACCEPTED
    return _json(
        f"{counted}. {_what_follows(integration, receipt, run)}",
        status,
        records=came.records,
        columns=list(receipt.columns),
        dropped=list(receipt.dropped),
        run=run.number if run else None,
    )


def _what_follows(integration: Integration, receipt: Receipt, run: Run | None) -> str:
    if receipt.again:
        return "This very file had arrived before; nothing was started."
    if run is not None:
        return f"Sync {run.number} begins."
    if receipt.waits_until is not None:
        until = receipt.waits_until.astimezone(ZoneInfo(integration.organization.timezone))
        return f"It is kept until the other facilities' files are there, at most until {until:%H:%M}."
    if not integration.first_sync_done:
        return "It is kept for the set-up; the first sync is started by hand."
    if integration.state not in dropped_files.RUNS_BY_ITSELF:
        state = IntegrationState(integration.state).label.lower()
        return f"It is kept. The integration is {state}, so it is read when somebody activates it again."
    return "It is kept. A sync is under way; the next one reads it right afterwards."


def _json(sentence: str, status: HTTPStatus, **counts: Any) -> JsonResponse:
    return JsonResponse({"message": sentence, **counts}, status=status)
