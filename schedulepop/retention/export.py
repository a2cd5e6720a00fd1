"""All that is held on one person of one organization, as an archive: JSON for machines, CSV for people.

For admins, who see pay, and for the operator; the trail says that it was taken, and never by whose name.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory.errors import NotAllowed
from schedulepop.lib.text import cell
from schedulepop.retention import holdings, person
from schedulepop.wording import retention as words

Row = dict[str, Any]
_BOM = "\ufeff"  # without it Excel reads a CSV file's accents in the machine's own encoding


def parts(user: User) -> int:
    """How many archives it takes, one answer each, because of their payroll files."""
    return len(holdings.file_parts(person.of(user)))


def archive(user: User, *, actor: Actor, at: datetime, part: int | None = None) -> bytes:
    """The zip with everything. Of parts the first has all but the later payroll files, and the others have those.

    Raises NotAllowed for whoever is no admin of the person's organization, and IndexError where there is no such part.
    """
    if not actor.is_admin(user.organization):
        raise NotAllowed(words.only_admins_export(user.organization.name))
    about = person.of(user)
    found = holdings.of_person(about) if part is None else _part(about, part)
    sections = {title: rows for title, rows in found if rows}
    told = {
        "organization": about.organization.name,
        "username": about.user.username,
        "made_at": at.isoformat(),
        "part": part or 1,
        "sections": sections,
    }
    audit.record(actor, about.organization, "exported_person", ("user", about.user.pk), user=about.user)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("everything.json", json.dumps(told, ensure_ascii=False, indent=1, default=str))
        for title, rows in sections.items():
            packed.writestr(f"{title.replace(' ', '-')}.csv", _csv(rows))
    return buffer.getvalue()


def _part(about: person.Person, part: int) -> Iterable[tuple[str, list[Row]]]:
    files = holdings.file_parts(about)[part - 1]
    return holdings.of_person(about, files) if part == 1 else [holdings.of_files(about, files)]


def file_name(user: User, at: datetime, part: int = 1) -> str:
    """Of the archive; it names nobody but by username."""
    further = f"-part-{part}" if part > 1 else ""
    return f"{user.organization.slug}-{user.username}-{at.date().isoformat()}{further}.zip"


def _csv(rows: Sequence[Row]) -> str:
    """A row each; what a spreadsheet would run stands as text."""
    rows = [_flat(row) for row in rows]
    titles = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    out.write(_BOM)
    writer = csv.writer(out)
    writer.writerow(cell(name.replace("_", " ")) for name in titles)
    writer.writerows([cell(_text(row.get(name))) for name in titles] for row in rows)
    return out.getvalue()


def _flat(row: Row) -> Row:
    """What a file or a plan says of them in columns of their own."""
    return {name: value for name, value in row.items() if name != "says"} | (row.get("says") or {})


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)
    )
