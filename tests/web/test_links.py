"""Nobody is led where they may not go: every link and button shown to a role works for it; contacts dial or write.

One walk through all pages a role is led to asks both.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from schedulepop.web.templatetags.words import EMAIL, PHONE, contacts
from tests import standing
from tests.web import nights
from tests.web.world import World, maple

pytestmark = pytest.mark.django_db
ROLES = ("admin", "client_success", "manager", "manager_of_both", "staff")
OF_A_KIND = 3  # pages of one address pattern that a role opens
SILENT = {"script", "style", "textarea", "option", "title", "del", "ins", "input", "time"}
VOID = {"input", "meta", "link", "br", "img", "hr", "use", "path", "rect", "stop", "circle"}


class Page(HTMLParser):
    """A page's links, forms (action, fields as they stand, of a choice the first), and the text outside links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.loose: list[str] = []
        self._open: list[tuple[str, bool]] = []  # tag, and whether its text offers nobody's contact
        self._posts, self._select = False, ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.links += [has[name] for name in ("href", "hx-get") if tag != "link" and name in has]
        if tag == "form":
            self._posts = has.get("method", "").lower() == "post"
            if self._posts:
                self.forms.append((has.get("action", ""), {}))
        elif self._posts and tag in ("input", "button") and has.get("type", "submit") in ("hidden", "submit"):
            self.forms[-1][1].setdefault(has.get("name", ""), has.get("value", ""))
        elif self._posts and tag == "select":
            self._select = has.get("name", "")
        elif self._posts and tag == "option" and has.get("value"):
            self.forms[-1][1].setdefault(self._select, has["value"])
        if tag not in VOID:
            cells = {"samples", "cell"} & set(has.get("class", "").split())  # cells of payroll's file
            self._open.append((tag, bool(cells) or tag in {"a", "button", *SILENT}))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == one for one, _ in self._open):
            while self._open.pop()[0] != tag:
                pass
        if tag == "form":
            self._posts = False

    def handle_data(self, data: str) -> None:
        if not any(silent for _, silent in self._open):
            self.loose.append(data)


@standing.made_once
def world() -> World:
    """A list after a bad night: holds, questions, broken rows, hires ahead."""
    found = maple(synced=False)
    found.organization.support_name = "Dana Whitfield"
    found.organization.support_email = "dana@vendor.example"
    found.organization.support_phone = "+15155550101"
    found.organization.save()
    nights.bad_night(found)
    return found


def _inside(page: str, link: str) -> str:
    parts = urlsplit(urljoin(f"http://testserver{page}", link))
    return f"{parts.path}{f'?{parts.query}' if parts.query else ''}" if parts.netloc == "testserver" else ""


def crawl(client: Client) -> tuple[dict[str, Page], list[str]]:
    """The pages a role is led to from its start page, and what led nowhere."""
    waiting, seen, dead = ["/"], dict[str, Page](), list[str]()
    opened: dict[str, int] = {}
    told: set[str] = {"/"}
    while waiting:
        address = waiting.pop(0)
        kind = resolve(urlsplit(address).path).view_name
        if opened.get(kind, 0) >= OF_A_KIND:
            continue
        opened[kind] = opened.get(kind, 0) + 1
        response = client.get(address, follow=True)
        if response.status_code != 200:
            dead.append(f"{address}: {response.status_code}")
            continue
        if not response.headers["Content-Type"].startswith("text/html"):
            continue
        here = response.redirect_chain[-1][0] if response.redirect_chain else address
        seen[here] = page = Page(response.content.decode())
        for link in page.links:
            inside = _inside(here, link)
            if inside and not inside.startswith("/static/") and inside not in told:
                told.add(inside)
                waiting.append(inside)
    return seen, dead


@pytest.mark.parametrize("role", ROLES)
def test_every_link_button_and_contact_leads_somewhere(world: World, role: str) -> None:
    client = Client()
    client.force_login(world.person(role))
    pages, dead = crawl(client)
    dead += [
        f"{address}: {found} is no link"
        for address, page in pages.items()
        for text in page.loose
        for found in [*EMAIL.findall(text), *PHONE.findall(text)]
    ]
    pressed: dict[str, int] = {}
    for address, page in pages.items():
        for action, fields in page.forms:
            target = _inside(address, action or address)
            kind = resolve(urlsplit(target).path).view_name
            pressed[kind] = pressed.get(kind, 0) + 1
            if kind == "sign-out" or pressed[kind] > OF_A_KIND:
                continue
            with transaction.atomic():
                status = client.post(target, fields).status_code
                transaction.set_rollback(True)
            if status in (403, 404, 405) or status >= 500:
                dead.append(f"{address} → POST {target}: {status}")
    assert not dead
    assert len(pages) >= (2 if role == "staff" else 8)


def test_a_sentence_with_contacts() -> None:
    said = contacts("Ask Dana <b> (dana@vendor.example, +15155550101).")
    assert re.sub(r"<wbr>", "", said) == (
        'Ask Dana &lt;b&gt; (<a href="mailto:dana@vendor.example">dana@vendor.example</a>, '
        '<a href="tel:+15155550101">(515) 555-0101</a>).'
    )
    assert (
        contacts("hired 2026-11-17, ID 004131, m***@maple.example")
        == "hired 2026-11-17, ID 004131, m***@maple.example"
    )
