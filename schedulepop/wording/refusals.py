"""Why nothing came of a file, a source or a run, and what to do about it (`sync.errors.REASONS`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schedulepop.lib.reasons import ReasonedError
from schedulepop.wording import lists
from schedulepop.wording.translation import gettext, ngettext
from schedulepop.wording.translation import gettext_noop as _

KINDS = {
    "picture": _("a picture"),
    "media": _("a picture, sound or video"),
    "pdf": _("a PDF document"),
    "text_document": _("a text document"),
    "workbook_or_archive": _("a workbook or an archive"),
    "workbook": _("a workbook"),
    "compressed": _("a compressed file"),
    "database": _("a database"),
    "parquet": _("a Parquet file"),
    "message": _("an encrypted or signed message"),
    "program": _("a program"),
    "json": _("JSON data"),
    "xml": _("an XML file"),
    "binary": _("binary data"),
    "web_page": _("a web page"),
    "sign_in_page": _("a sign-in page of a web site"),
}
"""What a file is that is no payroll export."""
SEPARATORS = {
    "commas": _("commas"),
    "semicolons": _("semicolons"),
    "tabs": _("tabs"),
    "bars": _("vertical bars"),
}
PACKINGS = {"gzip": _("gzip file"), "zip": _("zip archive")}


def sentence(reason: str, params: Mapping[str, Any]) -> str:
    """The sentence of a reason, for the person who reads it."""
    said = SENTENCES[reason]
    known = {name: value for name, value in params.items() if name != "name"}
    if "name" in params:
        known["name"] = params["name"] or gettext("The file")
    return said(**known) if callable(said) else gettext(said).format(**known)


def of(error: Exception) -> str:
    """What a person is told of an error. Refusals of what somebody asked for bring their own sentence."""
    return sentence(error.reason, error.params) if isinstance(error, ReasonedError) else str(error)


def _packing(said: str) -> Callable[..., str]:
    return lambda name, packing: gettext(said).format(name=name, packing=gettext(PACKINGS[packing]))


def _archive_of_many(name: str, files: int | None) -> str:
    if files is None:
        said = gettext("{name} is a zip archive of very many files: send the staff list alone.")
        return said.format(name=name)
    said = gettext("{name} is a zip archive of {files:,} files: send one that holds the staff list alone.")
    return said.format(name=name, files=files)


def _workbook_too_much_work(name: str, sheet: str) -> str:
    where = gettext("The sheet {sheet}").format(sheet=sheet) if sheet else gettext("It")
    return gettext(
        "{name} cannot be read within a minute and 1 GB of memory. {where} may have something in a cell far below or "
        "far to the right of the list: copy the list into a new workbook, or save it as CSV."
    ).format(name=name, where=where)


def _no_payroll_export(name: str, kind: str) -> str:
    return gettext(
        "{name} is {kind}, not a payroll export: export the employee list from payroll as CSV and send that file."
    ).format(name=name, kind=gettext(KINDS[kind]))


def _separators_differ(name: str, header: str, rows: str) -> str:
    return gettext(
        "{name} has a header separated by {header} and rows separated by {rows}: export it again with one separator."
    ).format(name=name, header=gettext(SEPARATORS[header]), rows=gettext(SEPARATORS[rows]))


def _no_row_fits(name: str, columns: int) -> str:
    return ngettext(
        "{name} has no row that fits its header of {columns} column: export it again from payroll.",
        "{name} has no row that fits its header of {columns} columns: export it again from payroll.",
        columns,
    ).format(name=name, columns=columns)


def _file_without_id(name: str, records: int, columns: int, wanted: str | None) -> str:
    said = (
        gettext(
            "{name} has {records}, and no column {wanted}, which is the payroll ID. Send the same report "
            "as before."
        )
        if wanted
        else gettext(
            "{name} has {records}, and none of them is the payroll ID. Send the same report as before."
        )
    )
    return said.format(
        name=name,
        records=lists.records_in(records, columns),
        wanted=wanted,
    )


SENTENCES: dict[str, str | Callable[..., str]] = {
    "file_empty": _("{name} is empty: check the export in payroll and send it again."),
    "file_too_large": _(
        "{name} is larger than {megabytes} MB: export only the employee list, without history."
    ),
    "office_document": _(
        "{name} is a document of an office program and no workbook: export the employee list as CSV or XLSX and send "
        "that file."
    ),
    "packed_several_times": _(
        "{name} is packed several times over: send the staff list in one archive, or in none."
    ),
    "packing_cut": _packing(
        _("{name} is a {packing} that was cut off: the transfer stopped; send it again.")
    ),
    "packing_damaged": _packing(_("{name} is a damaged {packing}: send it again.")),
    "packing_unknown": _(
        "{name} is a zip archive packed in a way that is not read: pack it as an ordinary zip."
    ),
    "unpacks_too_large": _(
        "{name} unpacks to more than {megabytes} MB, more than a staff list can be: export only the employee list."
    ),
    "archive_empty": _("{name} is a zip archive without a file in it: check the export and send it again."),
    "archive_of_many": _archive_of_many,
    "archive_protected": _(
        "{name} is a zip archive behind a password: send it without one. SFTP, HTTPS or PGP keep it safe."
    ),
    "pgp_without_key": _(
        "{name} is encrypted with PGP, and this integration has no key pair: make one and give payroll its public "
        "half, or send the file without PGP."
    ),
    "pgp_other_key": _(
        "{name} is encrypted with PGP, and not for this integration's key. Give payroll the public key that is shown "
        "with the integration."
    ),
    "pgp_damaged": _(
        "{name} is a damaged or cut off PGP message, or hides for whom it is encrypted: send it again, for the public "
        "key that is shown with the integration."
    ),
    "pgp_too_large": _(
        "{name} decrypts to more than {megabytes} MB, more than a staff list can be: export only the employee list."
    ),
    "pgp_too_much_work": _("{name} cannot be decrypted within a minute and 1 GB of memory."),
    "workbook_empty": _("{name} is a workbook without anything in it: check the export and send it again."),
    "workbook_protected": _(
        "{name} is a workbook behind a password: save it without one (File → Info → Protect Workbook) and send it "
        "again."
    ),
    "workbook_damaged": _(
        "{name} is a damaged workbook, or none: save it anew, or as CSV, and send it again."
    ),
    "workbook_too_large": _("{name} is larger than a staff list can be: export only the employee list."),
    "workbook_unpacks_too_large": _("{name} unpacks to more than 1 GB, more than a staff list can be."),
    "workbook_too_much_work": _workbook_too_much_work,
    "no_payroll_export": _no_payroll_export,
    "no_header": _(
        "{name} has no header row that could be found: export it with the column names in one row (such as Employee "
        "ID, First Name, Last Name, Hire Date)."
    ),
    "line_too_long": _(
        "{name} has a line of more than {megabytes} MB, so it is not a list of employees: export again."
    ),
    "too_many_columns": _("{name} has more than {most:,} columns: export only the employee list."),
    "too_many_rows": _("The file has more than {most:,} rows: export only the employee list."),
    "only_dropped_columns": _(
        "Besides columns that are never stored the file has next to none: export the staff list."
    ),
    "separators_differ": _separators_differ,
    "no_row_fits": _no_row_fits,
    "other_columns": _(
        "{name} has other columns than {first}: send the files of all facilities from the same report."
    ),
    "file_dated_ahead": _("{name} is dated {at} UTC, which is ahead. Check the date that is sent."),
    "no_date_sent": _("Last-Modified is no date: write it like {example}."),
    "file_without_id": _file_without_id,
    "file_changed_meanwhile": _("{name} was changed while it was read."),
    "file_older": _("This file is older than the one applied last, so nothing was changed."),
    "file_not_kept": _("This file could not be read, so it was not kept. Upload a payroll export."),
    "feed_gone": _("The file is not kept any more."),
    "plan_gone": _("The plan of this run is not kept any more. Run the sync again."),
    "plan_file_gone": _("The file of this plan is not kept any more. Run the sync again."),
    "columns_read_later": _("The next sync reads the columns that are new."),
    "source_says": "{text}",
    "source_asked_by_others": _("{title} is being asked right now. Try again in a minute or two."),
    "reading_waits": _(
        "Somebody else is asking the source right now. Nothing was read. Try again in a minute or two."
    ),
    "secrets_sealed_otherwise": _(
        "The stored credentials cannot be opened: they were sealed with a key that is not here any more, or for other "
        "settings. Enter them again."
    ),
    "answer_changed": _("An answer was changed at the same moment. The sync tries again by itself."),
    "person_edited": _("Somebody on the list was edited at the same moment. The sync tries again by itself."),
    "list_changed": _("Somebody changed the User List at the same moment, so nothing was written."),
    "fetch_interrupted": _(
        "Fetching was interrupted again and again, so it was given up. Nothing was changed. Start a new sync."
    ),
    "run_interrupted": _(
        "This run was interrupted again and again, so it was given up. Nothing was changed. Start a new one."
    ),
    "broken_inside": _(
        "Something went wrong inside User Sync. Nothing was changed. Start it again, and ask Client Success if it "
        "fails again."
    ),
}
