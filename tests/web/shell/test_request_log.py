"""Every request has a number: in its answer, in the log, and on the page of an error."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from structlog.testing import capture_logs

TOKEN = "canary-token-90be"


def breaks(request: object, token: str) -> HttpResponse:
    """A page with a bug."""
    raise LookupError(token)


urlpatterns = [path("broken/<str:token>/", breaks, name="broken")]
handler500 = "schedulepop.web.shell.unavailable.server_error"


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_an_error_names_its_request_on_its_page_and_in_the_log() -> None:
    client = Client(raise_request_exception=False)
    with capture_logs() as lines:
        answer = client.get(f"/broken/{TOKEN}/?q={TOKEN}")
    number = answer["X-Request-ID"]
    (line,) = [one for one in lines if one["event"] == "request"]
    assert (line["request"], line["page"], line["method"], line["status"]) == (number, "broken", "GET", 500)
    assert number in answer.content.decode()
    assert TOKEN not in str(lines)


@pytest.mark.django_db
@pytest.mark.parametrize(("all_of_them", "lines_told"), [(False, 0), (True, 1)])
def test_a_page_that_went_well_is_logged_where_all_are(
    settings: Any, all_of_them: bool, lines_told: int
) -> None:
    settings.LOG_REQUESTS = all_of_them
    with capture_logs() as lines:
        answer = Client().get("/sign-in/")
    told = [(one["page"], one["status"]) for one in lines if one.get("request") == answer["X-Request-ID"]]
    assert told == [("sign-in", 200)] * lines_told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("behind_proxy", "given", "kept"),
    [
        (True, "9f3c2b7a-0001", True),
        (False, "9f3c2b7a-0001", False),
        (True, "short", False),
        (True, "two lines\nof a log", False),
        (True, "a" * 65, False),
    ],
    ids=["our proxy's", "a client's own", "too short", "no number", "too long"],
)
def test_a_number_is_believed_from_our_proxy_alone(
    settings: Any, behind_proxy: bool, given: str, kept: bool
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if behind_proxy else None
    answer = Client().get("/sign-in/", HTTP_X_REQUEST_ID=given)
    assert (answer["X-Request-ID"] == given) == kept
    assert answer["X-Request-ID"]
