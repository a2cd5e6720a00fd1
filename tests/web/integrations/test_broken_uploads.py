"""Broken files through the browser, up to the preview: each is a sentence or a plan, and no page breaks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from schedulepop.directory.models import Membership
from schedulepop.lib.formats import MAX_BYTES
from schedulepop.sync.run import runs
from tests import standing
from tests.lib.formats.made import STAFF, xlsx
from tests.sync.plan.campaign.broken import KINDS
from tests.web import nights
from tests.web.world import maple

pytestmark = pytest.mark.django_db
BASE = "/integrations/maple-health/payroll/"
TEXT = nights.as_csv(nights.people(4)).decode()
HTML = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form>User</form></body></html>\n"
WORKBOOK = xlsx({"Staff": STAFF})
BROKEN: dict[str, tuple[str, bytes, str]] = {
    "a truncated workbook": ("staff.xlsx", WORKBOOK[: len(WORKBOOK) // 2], "staff.xlsx"),
    "a sign-in page": ("staff.csv", HTML, "sign-in page of a web site"),
    "nothing": ("staff.csv", b"", "empty"),
    "blank lines": ("staff.csv", b"\n\n \n", "empty"),
    "binary data": ("staff.csv", bytes(range(256)) * 20, "binary data"),
    "a picture": ("staff.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 90, "staff.csv"),
    "no header": ("staff.csv", b"17,18\n19,20\n", "header"),
}
"""What it is → its name, its bytes, and a word of the sentence."""
READABLE: dict[str, bytes] = {
    "only a header": TEXT.splitlines()[0].encode() + b"\n",
    "UTF-16 cut in half a character": TEXT.encode("utf-16")[:-3],
    "UTF-16 cut in the middle": TEXT.encode("utf-16")[: len(TEXT) + 1],
}
CAMPAIGN = [
    pytest.param(data, id=f"{kind}-{n}") for kind, files in KINDS.items() for n, data in enumerate(files)
]


@standing.made_once
def world():
    return maple(synced=False)


@pytest.fixture
def cs(client, world):
    client.force_login(world.client_success)
    return client


def sent(client: Any, name: str, data: bytes) -> Any:
    return client.post(f"{BASE}file/", {"feed": SimpleUploadedFile(name, data)})


def sentence(page: Any) -> str:
    """What the page says went wrong."""
    found = re.search(r'role="alert">(.*?)</(?:p|div)>', page.content.decode(), re.S)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


@pytest.mark.parametrize("what", list(BROKEN))
def test_what_is_no_list_is_refused_with_a_sentence(cs, what: str) -> None:
    name, data, word = BROKEN[what]
    page = sent(cs, name, data)
    assert page.status_code == 422
    assert word in sentence(page)
    assert sentence(page).endswith((".", "?"))


@pytest.mark.parametrize("what", list(READABLE))
def test_what_can_be_read_in_part_comes_to_a_preview_that_adds_nobody_by_itself(cs, what: str) -> None:
    assert previewed(cs, "staff.csv", READABLE[what]) in ("planned", "failed")


@pytest.mark.parametrize("data", CAMPAIGN)
def test_no_broken_file_breaks_a_page(cs, data: bytes) -> None:
    page = sent(cs, "staff.csv", data)
    assert page.status_code in (302, 413, 422)
    if page.status_code == 422:
        assert len(sentence(page)) > 10
    else:
        assert previewed(cs, "staff.csv", data) in ("planned", "failed")


def previewed(client: Any, name: str, data: bytes) -> str:
    """Through the pages of the set-up to a preview; its state."""
    before = Membership.objects.count()
    assert sent(client, name, data).status_code == 302
    for step in ("columns", "codes"):
        assert client.get(f"{BASE}{step}/").status_code == 200
    to = client.post(f"{BASE}preview/").url
    run = runs.drive(int(to.rstrip("/").rpartition("/")[2]))
    assert client.get(to).status_code == 200
    assert run.state != "failed" or run.error
    assert Membership.objects.count() == before
    return run.state


def test_three_hundred_megabytes_are_refused_from_the_header_alone(cs) -> None:
    """The body is never read: there is none."""
    page = cs.generic(
        "POST", f"{BASE}file/", b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(300 * 2**20)
    )
    assert page.status_code == 413
    assert f"up to {MAX_BYTES // 2**20} MB" in page.content.decode()
