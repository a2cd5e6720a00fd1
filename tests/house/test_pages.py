"""Rules about templates that no page may break, whoever writes it."""

from __future__ import annotations

import re

from tests.house.documents import ROOT, tracked

FORM = re.compile(r"<form\b(.*?)</form>", re.DOTALL)
BUTTON = re.compile(r"<button\b[^>]*>", re.DOTALL)
FIELD = re.compile(r"<input(?![^>]*type=\"hidden\")|<select|_field\.html")


def test_enter_in_a_form_does_what_the_form_is_for() -> None:
    """Enter in a field presses the first button: never one that adds, looks, or decides for a whole location."""
    surprising = []
    for path in tracked():
        if path.suffix != ".html":
            continue
        for form in FORM.finditer(path.read_text("utf-8")):
            buttons = [one for one in BUTTON.findall(form[1]) if 'type="button"' not in one]
            first_is_meant = buttons and re.search(r'class="(vh|btn[^"]* primary[^"]*)"', buttons[0])
            if len(buttons) > 1 and FIELD.search(form[1]) and not first_is_meant:
                surprising.append(f"{path.relative_to(ROOT)}: {buttons[0]}")
    assert not surprising
