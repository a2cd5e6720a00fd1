"""Where the mail service tells what became of letters. No session: the service signs what it tells (`messages.events`).

What is of no letter of ours is answered as what is: nobody learns from here which letters there are.
"""

from __future__ import annotations

from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from schedulepop.accounts import tenancy
from schedulepop.messages import events, returned
from schedulepop.sync.run import returned_letters

log = structlog.get_logger("mail")
FORGED = "This is not signed by the mail service."
AGAIN = 60  # seconds until a letter that is just being handed over has been


@csrf_exempt
@require_POST
def mail_events(request: HttpRequest) -> HttpResponse:
    """200: heard, whether or not it told anything new; 401: not the service; 503: tell it again in a moment."""
    if not events.expected():
        return _answer(FORGED, HTTPStatus.UNAUTHORIZED)
    if request.content_type != "application/json":
        return _answer("Only events as JSON are read.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        told = events.read(request, now())
    except events.ForgedError:
        log.warning("mail_event_forged")
        return _answer(FORGED, HTTPStatus.UNAUTHORIZED)
    except events.UnreadableError:
        return _answer("This is no event.", HTTPStatus.BAD_REQUEST)
    try:
        for event in told:
            _hear(event)
    except returned.BlockedError:
        answer = _answer("Tell it again in a moment.", HTTPStatus.SERVICE_UNAVAILABLE)
        answer["Retry-After"] = str(AGAIN)
        return answer
    return _answer("Heard.", HTTPStatus.OK)


def _hear(event: events.Event) -> None:
    with tenancy.of_letter(event.letter):
        if returned.hear(event):
            log.info("mail_event", letter=event.letter, outcome=event.outcome)
        if (
            event.outcome
        ):  # also where it was known: whoever heard it first may have died before it told anybody
            letter = returned.of_letter(event.letter)
            returned_letters.renew([letter.user_id] if letter else [], now())


def _answer(sentence: str, status: HTTPStatus) -> JsonResponse:
    return JsonResponse({"message": sentence}, status=status)
