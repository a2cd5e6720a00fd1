"""Every letter can be looked at before anybody gets it: by its own template, for somebody who is invented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils.timezone import now

from schedulepop.messages import letters, previews
from schedulepop.messages.models import Message
from schedulepop.wording import mail as wording
from tests import made
from tests.reading import one_space

TEMPLATES = Path(letters.__file__).parent / "templates/messages"
KINDS = sorted(letters.KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_in_both_forms_without_a_database(kind: str) -> None:
    letter = previews.preview(kind, previews.invented_organization(), made.NOON)
    html = previews.html_of(letter)
    assert letter.subject.startswith(("Maple Grove:", "Maple Health:"))
    for form in (letter.body, html):
        assert re.search("Ines|Noor|People|Payroll|people|payroll", form)
        assert "{{" not in form
        assert "None" not in form
    assert not re.search(r"[.?]\s*\.|  \.|: \.", one_space(letter.body)), "a sentence without its word"
    assert not re.search(r"<(script|img|link)|src=", html), "nothing is fetched"


def test_every_template_of_a_letter_is_one_that_can_be_looked_at() -> None:
    frames = {"frame", "notice", "contact", "account", "spanish"}
    assert {path.stem for path in TEMPLATES.iterdir()} - frames == {
        kind.template for kind in letters.KINDS.values()
    }
    assert set(wording.KINDS) == set(letters.KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_with_a_link_leads_nowhere(kind: str) -> None:
    letter = previews.preview(kind, previews.invented_organization(), made.NOON)
    links = set(re.findall(r"https?://\S+", letter.body))
    purpose = letters.KINDS[kind].link
    assert all(one.rstrip("/").endswith("preview") for one in links) or not purpose
    assert bool(purpose) <= bool(links)


@pytest.mark.django_db
def test_of_an_organization_with_its_own_support_contact() -> None:
    org = made.organization("Cedar Care", support_name="Una Cedar", support_email="una@cedar.example")
    letter = previews.preview("welcome", org, now(), place="Cedar Point")
    assert letter.subject.startswith("Cedar Point:")
    assert "Una Cedar" in letter.body
    assert "Your first day at Cedar Point is" in one_space(previews.html_of(letter))
    assert Message.objects.count() == 0


def test_by_day_and_by_night_whatever_the_reader_has() -> None:
    letter = previews.preview("welcome", previews.invented_organization(), made.NOON)
    own, light, dark = (previews.html_of(letter, theme) for theme in (None, "light", "dark"))  # type: ignore[arg-type]
    assert "@media (prefers-color-scheme: dark)" in own
    assert "prefers-color-scheme" not in light + dark
    assert "@media all" in dark
    assert "@media not all" in light
    assert 'content="dark"' in dark
