"""What the letters say, and that nothing in a name can change what they are."""

from __future__ import annotations

import re
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest

from schedulepop.messages import letters, outbox
from schedulepop.messages.models import Message
from tests import made
from tests.reading import one_space

pytestmark = pytest.mark.django_db


def welcome(mailbox: ModuleType, **more: Any) -> Any:
    place = more.pop("place", None) or made.location(made.organization(), "Maple Grove")
    name = more.pop("name", "Ines Calloway")
    person = made.person(place, name, email="ines@example.com", username="ines.calloway", **more)
    outbox.queue_welcome(person)
    outbox.drain(now=made.NOON)
    return mailbox.letters()[0]


def test_the_welcome_email(mailbox: ModuleType, settings: Any) -> None:
    settings.BASE_URL = "https://app.example"
    place = made.location(made.organization(), "Maple Grove")
    letter = welcome(mailbox, place=place, duty=made.duty(place, "RN"), zone=made.zone(place, "Memory Care"))
    assert letter.subject == "Maple Grove: set up your SchedulePop account"
    (link,) = letter.links
    assert re.fullmatch(r"https://app\.example/set-up/[\w-]{43}/", link)
    assert letter.text == (
        f"""Welcome, Ines.

Maple Grove uses SchedulePop for shifts. Set up your account, and you will see when and where you work:

{link}

Takes about a minute. The link works until Monday, November 23 at 12:00 PM.

You work as: RN, Memory Care
Username: ines.calloway

Something wrong here? Tell HR at Maple Health. They fix it once, and it is right everywhere.
Questions about SchedulePop? Ask Dana Whitfield, dana@schedulepop.example, +1 555 010 0100.

En español: Maple Grove usa SchedulePop para los turnos. Abra el enlace de este correo, elija una contraseña \
y verá cuándo y dónde trabaja. El enlace sirve una vez, durante 7 días. Su nombre de usuario es ines.calloway. \
¿Preguntas? Dana Whitfield, dana@schedulepop.example, +1 555 010 0100.

You got this because Maple Health hired you. Not you? Ignore it; nothing happens without you.
"""
    )
    assert one_space(letter.html).count('<a class="btn"') == 1
    assert letter.html.count(link) == 2, "the button, and the link as text"
    assert f">{link.removeprefix('https://')}</a>" in letter.html
    for part in (
        "Welcome, Ines.",
        "RN, Memory Care",
        "ines.calloway",
        "November 23 at 12:00 PM",
        "Dana Whitfield",
    ):
        assert part in letter.html
    assert not re.search(r"<(script|img|link)|src=", letter.html), "nothing is fetched"


def test_the_first_day_of_who_starts_soon(mailbox: ModuleType) -> None:
    soon = date.today() + timedelta(days=9)
    letter = welcome(mailbox, status="upcoming", hire_date=soon)
    said = f"{soon:%A, %B} {soon.day}"
    assert f"First day: {said}" in letter.text
    assert f"Your first day at Maple Grove is {said}" in letter.html


NASTY = [
    "Ines\r\nBcc: everybody@example.com",
    "<script>alert(1)</script>",
    "{{ settings.SECRET_KEY }}{% load x %}",
    'O\'Brien & "Søn" <x@example.com>',
    "\u202egnp.exe",
    "名 前",
]


@pytest.mark.parametrize("name", NASTY)
def test_names_stay_names(name: str, mailbox: ModuleType) -> None:
    place = made.location(made.organization(name[:100]), name)
    person = made.person(place, "Ines Calloway", email="ines@example.com", username="ines")
    type(person).objects.filter(pk=person.pk).update(first_name=name)
    outbox.queue_welcome(person)
    assert outbox.drain().accepted == 1
    (path,) = mailbox.folder().glob("*.eml")
    head = path.read_text().partition("\n\n")[0]
    assert "\nBcc:" not in head
    (letter,) = mailbox.letters()
    assert letter.to == "ines@example.com"
    assert "\n" not in letter.subject
    assert "<script>" not in letter.html
    if "{{" in name:
        assert name in letter.text


@pytest.mark.parametrize("kind", sorted(letters.KINDS))
@pytest.mark.parametrize("link", ["https://app.example/set-up/x/", ""])
def test_every_kind_can_be_written(kind: str, link: str) -> None:
    person = made.person(made.location(name="Birch Hollow"))
    message = Message(pk=7, user=person, organization=person.organization, kind=kind)
    if letters.KINDS[kind].notice:
        message.context = {
            "organization": person.organization_id,
            "path": "/runs/",
            "says": "look",
            "lead": "Look.",
        }
    email = letters.write(message, address="ines@example.com", link=link, until=made.NOON if link else None)
    html = str(email.alternatives[0][0])
    place = "Maple Health" if letters.KINDS[kind].notice else "Birch Hollow"
    assert email.subject.startswith(f"{place}: ")
    assert "{{" not in html + str(email.body)
    assert email.extra_headers["Message-ID"].startswith("<message-7@")
    if link and letters.KINDS[kind].link:
        assert link in email.body
        assert link in html


def test_the_mailbox_is_private_and_lists_newest_first(mailbox: ModuleType) -> None:
    assert mailbox.letters() == []
    place = made.location()
    for name in ("Ann Ash", "Bea Birch"):
        outbox.queue_welcome(made.person(place, name, email=f"{name[:3].lower()}@example.com"))
        outbox.drain()
    assert [letter.to for letter in mailbox.letters()] == ["bea@example.com", "ann@example.com"]
    assert [letter.to for letter in mailbox.letters(limit=1)] == ["bea@example.com"]
    newest = mailbox.letters()[0]
    assert mailbox.letter(newest.name) == newest
    assert mailbox.letter("../../etc/passwd") is None
    assert {path.stat().st_mode & 0o777 for path in mailbox.folder().iterdir()} == {0o600}
    assert mailbox.folder().stat().st_mode & 0o777 == 0o700
    mailbox.clear()
    assert mailbox.letters() == []


@pytest.mark.parametrize("kind", ["late", "source_trouble"])
def test_a_notice_without_a_list_has_none(mailbox: ModuleType, kind: str) -> None:
    grove = made.location(made.organization())
    reader = made.manager(grove, "Marisol Tate", email="marisol@example.com")
    context = {
        "organization": grove.organization_id,
        "path": "/runs/",
        "says": "payroll cannot be read",
        "lead": "No file.",
        "name": "Payroll",
    }
    outbox.queue(reader, kind, context=context)
    outbox.drain(now=made.NOON)
    (letter,) = mailbox.letters()
    assert "*" not in letter.text
    assert 'class="well"' not in letter.html
    assert "No file." in letter.text


def test_a_list_says_a_place_once(mailbox: ModuleType) -> None:
    grove = made.location(made.organization())
    reader = made.manager(grove, "Marisol Tate", email="marisol@example.com")
    items = [
        {"title": "Oak Hill", "detail": "Nine people."},
        {"title": "Oak Hill", "detail": "The last manager."},
    ]
    outbox.queue(
        reader,
        "alarm",
        context={
            "organization": grove.organization_id,
            "path": "/runs/1/",
            "number": 1,
            "lead": "Nobody.",
            "items": items,
            "more": 2,
        },
    )
    outbox.drain(now=made.NOON)
    (letter,) = mailbox.letters()
    assert letter.subject == "Maple Health: changes wait for your decision"
    assert letter.html.count("Oak Hill") == 1
    assert "Nine people." in letter.html
    assert "The last manager." in letter.html
    assert "and 2 more" in letter.html


@pytest.mark.parametrize("kind", ["welcome", "set_up"])
def test_before_any_choice_of_language_a_letter_is_in_spanish_too(mailbox: ModuleType, kind: str) -> None:
    place = made.location(made.organization(), "Maple & Grove")
    outbox.queue(made.person(place, email="ines@example.com"), kind)
    outbox.drain(now=made.NOON)
    (letter,) = mailbox.letters()
    assert "Maple & Grove usa SchedulePop para los turnos." in letter.text
    assert 'lang="es"' in letter.html
    assert "Maple &amp; Grove usa SchedulePop" in one_space(letter.html)
    assert ("los anteriores ya no sirven" in letter.text) is (kind == "set_up")


def test_without_a_link_the_spanish_asks_for_a_printed_code(mailbox: ModuleType) -> None:
    place = made.location(made.organization(), "Maple Grove")
    for name in ("Rosa Ibarra", "Lucia Ibarra"):
        outbox.queue_welcome(made.person(place, name, email="ibarra@example.com"))
    outbox.drain(now=made.NOON)
    assert len(mailbox.letters()) == 2
    for letter in mailbox.letters():
        assert "Pida un código impreso en Maple Grove." in letter.text
        assert "Abra el enlace" not in letter.text
