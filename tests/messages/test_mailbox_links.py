"""Letters in the demo's mailbox lead to where the product is served now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.mail import EmailMultiAlternatives

from schedulepop.messages import mailbox


def test_links_follow_the_port(settings: Any, tmp_path: Path) -> None:
    settings.MAILBOX_DIR, settings.BASE_URL = str(tmp_path), "http://127.0.0.1:8000"
    email = EmailMultiAlternatives(
        "Set up", "Open http://127.0.0.1:8000/set-up/abc/ today.", "a@x.example", ["b@x.example"]
    )
    email.attach_alternative(
        '<a href="http://127.0.0.1:8000/set-up/abc/">127.0.0.1:8000/set-up/abc/</a>', "text/html"
    )
    mailbox.MailboxBackend().send_messages([email])
    settings.BASE_URL = "http://127.0.0.1:8123"
    letter = mailbox.letters()[0]
    assert letter.links == ("http://127.0.0.1:8123/set-up/abc/",)
    assert letter.html.strip() == '<a href="http://127.0.0.1:8123/set-up/abc/">127.0.0.1:8123/set-up/abc/</a>'
