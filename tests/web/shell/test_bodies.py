"""How much a request may bring, decided before anything reads it: by who sends it, and to which page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from schedulepop.web.shell import bodies
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
KB, MB = 2**10, 2**20
FORM = "application/x-www-form-urlencoded"


class Unread:
    """A body that must not be touched."""

    def read(self, *_: int) -> bytes:
        raise AssertionError("read before it was refused")

    readline = read


def send(client: Client, path: str, size: int) -> Any:
    """A form that says it is so large; its body is not read, or the test fails."""
    client.handler.enforce_csrf_checks = True
    return client.generic(
        "POST", path, b"", content_type=FORM, CONTENT_LENGTH=str(size), **{"wsgi.input": Unread()}
    )


@pytest.mark.parametrize(
    "path", ["/", "/sign-in/", "/forgotten/", "/nowhere/", "/runs/sync/", "/set-up/abc/"]
)
def test_nobody_sends_more_than_64_kb(world: World, client: Client, path: str) -> None:
    answer = send(client, path, 64 * KB + 1)
    assert answer.status_code == 413
    assert "up to 64 KB at once" in answer.content.decode()
    assert answer["Connection"] == "close"


@pytest.mark.parametrize("said", ["9" * 19, "9" * 20, "9" * 5_000])
def test_a_length_nobody_can_send_is_too_large(world: World, client: Client, said: str) -> None:
    client.handler.enforce_csrf_checks = True
    headers = {"CONTENT_LENGTH": said, "wsgi.input": Unread()}
    assert client.generic("POST", "/sign-in/", b"", content_type=FORM, **headers).status_code == 413


@pytest.mark.parametrize("path", ["/", "/account/", "/users/add/", "/nowhere/", "/place/"])
@pytest.mark.parametrize("role", ["staff", "manager", "admin", "client_success"])
def test_people_send_up_to_1_mb(world: World, client_of: ClientOf, role: str, path: str) -> None:
    answer = send(client_of(role), path, MB + 1)
    assert answer.status_code == 413
    assert "up to 1 MB at once" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "status"), [("admin", 413), ("client_success", 413), ("manager", 413), ("staff", 413)]
)
def test_a_file_is_taken_from_those_who_may_open_its_page(
    world: World, client_of: ClientOf, role: str, status: int
) -> None:
    own = (world.organization.slug, world.integration.slug)
    limits = {}
    for name, args in (
        ("runs-sync", ()),
        ("integration-receive", own),
        ("integration-crosswalk", own),
        ("integration-import", own),
    ):
        answer = send(client_of(role), reverse(name, args=args), 10**12)
        assert answer.status_code == status
        limits[name] = next(
            said for said in ("200 MB", "9 MB", "1 MB") if f"up to {said}" in answer.content.decode()
        )
    large = {"runs-sync": "200 MB", "integration-receive": "200 MB", "integration-crosswalk": "9 MB"}
    expected = {**dict.fromkeys(limits, "1 MB"), **(large if role in ("admin", "client_success") else {})}
    assert limits == expected


def test_a_fragment_says_it_in_a_sentence(world: World, client_of: ClientOf) -> None:
    answer = client_of("admin").generic(
        "POST", "/place/", b"x" * (MB + 1), content_type=FORM, HTTP_HX_REQUEST="true"
    )
    assert answer.status_code == 413
    assert "<html" not in answer.content.decode()
    assert "up to 1 MB" in answer.content.decode()


def test_a_form_of_many_fields_or_files_is_refused(world: World, client_of: ClientOf) -> None:
    many = "&".join(f"f{number}=" for number in range(6_000))
    assert client_of("admin").generic("POST", "/place/", many, content_type=FORM).status_code == 413
    files = {f"f{number}": SimpleUploadedFile("a.csv", b"a") for number in range(3)}
    assert client_of("admin").post("/runs/sync/", files).status_code == 413


def test_text_of_a_form_with_a_file_is_no_file(world: World, client_of: ClientOf) -> None:
    answer = client_of("admin").post("/runs/sync/", {"integration": "x" * (2 * MB)})
    assert answer.status_code == 413


def test_a_file_lies_in_the_state_folder_without_a_name(world: World, rf: RequestFactory) -> None:
    request = rf.post("/runs/sync/", {"feed": SimpleUploadedFile("payroll.csv", b"a,b\n" * MB)})
    file = request.FILES["feed"]
    folder = bodies.postgres.state_home() / "uploads"
    target = Path(f"/proc/self/fd/{file.fileno()}").readlink()
    assert target.parent == folder
    assert target.name.endswith("(deleted)")
    assert file.size == 4 * MB
    assert file.read(8) == b"a,b\na,b\n"
    assert list(folder.iterdir()) == []
    request.close()
