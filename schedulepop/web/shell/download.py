"""A list as a file to take away: CSV or XLSX, as filtered, with nothing in it that a spreadsheet would run.

A page asks `wanted` whether a file is asked for (`?as=csv`), and answers with `answer`. A file is made as a whole while
the request's transaction stands, of at most MOST rows; whoever asks for more is told to narrow the list.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import xlsxwriter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from schedulepop.accounts import audit
from schedulepop.lib.text import cell, visible
from schedulepop.web.shell.visit import Visit
from schedulepop.wording.translation import ngettext

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST = 50_000
"""Rows of one file."""
_BOM = "\ufeff"  # without it Excel reads a CSV file's accents in the machine's own encoding

Rows = Iterable[Sequence[str]]


def wanted(request: HttpRequest) -> str:
    """The form of file that the address asks for, a key of FORMS; "": the page itself."""
    form = request.GET.get("as", "")
    return form if form in FORMS else ""


def too_many(request: HttpRequest, count: int) -> bool:
    """Whether a list is too long for one file; then the page says so instead."""
    if count > MOST:
        messages.error(
            request,
            f"This list has {count:,} rows, and a file takes {MOST:,}. Narrow it by a filter, and download again.",
        )
    return count > MOST


def link(query_string: str) -> str:
    """A list's query string, so that the form of the file can follow."""
    return query_string if query_string.endswith("?") else f"{query_string}&"


def answer(
    visit: Visit, form: str, what: tuple[str, str], titles: Sequence[str], rows: Rows, at: datetime
) -> HttpResponse:
    """The file, and an entry of the audit trail with how many rows of what left.

    `what`: the list's name in a file's name and in a sentence (`users`, `the User List`). `rows`: text, as on the page.
    """
    content, count = (_csv if form == "csv" else _xlsx)(titles, rows)
    told = ngettext("%(count)s row of %(what)s (%(form)s)", "%(count)s rows of %(what)s (%(form)s)", count)
    said = told % {"count": f"{count:,}", "what": what[1], "form": form}
    audit.record_visit(visit.actor, visit.organization, "exported", said)
    day = at.astimezone(visit.zone).date().isoformat()
    response = HttpResponse(content, content_type=FORMS[form])
    response["Content-Disposition"] = (
        f'attachment; filename="{visit.organization.slug}-{what[0]}-{day}.{form}"'
    )
    return response


def _csv(titles: Sequence[str], rows: Rows) -> tuple[bytes, int]:
    text = io.StringIO(newline="")
    text.write(_BOM)
    writer = csv.writer(text)
    writer.writerow(titles)
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in row])
        count += 1
    return text.getvalue().encode(), count


def _xlsx(titles: Sequence[str], rows: Rows) -> tuple[bytes, int]:
    """Every cell as text, which no spreadsheet runs; row by row, so that the sheet never stands in memory."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, title in enumerate(titles):
        sheet.write_string(0, column, title, bold)
    count = 0
    for row in rows:
        count += 1
        for column, value in enumerate(row):
            sheet.write_string(count, column, visible(value))
    book.close()
    return file.getvalue(), count
