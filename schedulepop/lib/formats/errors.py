"""Why a file cannot be read: one class for each kind of cause, and the reasons, of which each has a sentence."""

from __future__ import annotations

from schedulepop.lib.reasons import Declared, ReasonedError

_NAME: dict[str, type] = {"name": str}  # the file's, as it came; empty when it has none
_SIZE: dict[str, type] = {**_NAME, "megabytes": int}
_PACKING: dict[str, type] = {**_NAME, "packing": str}  # gzip, zip

REASONS: Declared = {
    "file_empty": _NAME,
    "file_too_large": _SIZE,
    "office_document": _NAME,
    "packed_several_times": _NAME,
    "packing_cut": _PACKING,
    "packing_damaged": _PACKING,
    "packing_unknown": _NAME,
    "unpacks_too_large": _SIZE,
    "archive_empty": _NAME,
    "archive_of_many": {**_NAME, "files": int},  # null: more than anybody counts
    "archive_protected": _NAME,
    "pgp_without_key": _NAME,
    "pgp_other_key": _NAME,
    "pgp_damaged": _NAME,
    "pgp_too_large": _SIZE,
    "pgp_too_much_work": _NAME,
    "workbook_empty": _NAME,
    "workbook_protected": _NAME,
    "workbook_damaged": _NAME,
    "workbook_too_large": _NAME,
    "workbook_unpacks_too_large": _NAME,
    "workbook_too_much_work": {**_NAME, "sheet": str},  # empty: before any sheet was read
}


class FormatError(ReasonedError):
    """The file cannot become text; the reason is for whoever sent it. `code` names the kind."""

    code = "unreadable_file"


class EmptyError(FormatError):
    """There is nothing in it."""

    code = "feed_empty"


class TooLargeError(FormatError):
    """Larger than a staff list can be, as received or unpacked, or packed smaller than a list can be."""

    code = "too_large"


class DamagedError(FormatError):
    """Cut off on the way, or damaged."""

    code = "damaged"


class EncryptedError(FormatError):
    """Behind a password, or encrypted with a key that is not ours."""

    code = "encrypted"


class NotOneFileError(FormatError):
    """An archive with several files, or with none."""

    code = "not_one_file"


class NestedError(FormatError):
    """An archive inside an archive."""

    code = "nested"


class TooMuchWorkError(FormatError):
    """Reading it took more memory or time than a staff list needs: a cell at the end of the sheet, or a bomb."""

    code = "too_much_work"
