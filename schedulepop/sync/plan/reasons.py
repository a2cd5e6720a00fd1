"""What findings and holds say, as codes: each reason with the parameters of its sentence, which `wording` has.

A finding's row, column and value are known to its sentence besides. A parameter that may be unknown is null.
"""

from __future__ import annotations

Params = dict[str, type]
_SOME: Params = {"some": list, "more": int}  # names, and how many more there are
_WHO: Params = {"name": str, "source_id": str}
_SHARE: Params = {"count": int, "base": int, "place": str, **_SOME}  # place null: the organization
_LENGTH: Params = {"length": int, "longest": int}  # characters it has, and characters that fit
_NOTHING: Params = {}

FINDINGS: dict[str, Params] = {
    # read
    "repeated_header": _NOTHING,
    "nothing_recognized": {"headers": list, "more": int},
    "id_column_missing": {"column": str, "per_job": bool},
    "encoding_doubted": {"encoding": str},
    "encoding_twice": _NOTHING,
    "letters_damaged": _NOTHING,
    "header_not_first": {"header_row": int},
    "bad_characters": _NOTHING,
    "control_characters": _NOTHING,
    "row_cut": _NOTHING,
    "quote_open": _NOTHING,
    "cell_too_long": _NOTHING,
    "row_width": {"values": int, "width": int},
    "last_row_width": {"values": int, "width": int},
    "row_nameless": _NOTHING,
    # normalize
    "id_blank": _NOTHING,
    "id_scientific": _NOTHING,
    "number_scientific": {"field": str},
    "id_invalid": _NOTHING,
    "id_like_ssn": _NOTHING,
    "name_missing": _NOTHING,
    "one_name": _NOTHING,
    "email_unreadable": _NOTHING,
    "email_several": _NOTHING,
    "email_placeholder": _NOTHING,
    "email_shared": {"count": int, "rows": list, "more": int},
    "needs_contact": _NOTHING,
    "no_email_column": _NOTHING,
    "phone_unreadable": _NOTHING,
    "date_unreadable": _NOTHING,
    "date_format_unknown": {"why": str, "by": str, "format": str},
    "dates_contradict": _NOTHING,
    "return_contradicts": _NOTHING,
    "status_contradicts": _NOTHING,
    "leave_contradicts": _NOTHING,
    "pay_unreadable": _NOTHING,
    "pay_unit_unreadable": _NOTHING,
    "pay_unit_contradicts": _NOTHING,
    "pay_unit_missing": _NOTHING,
    "pay_unit_blank": _NOTHING,
    "pay_currency_differs": {"sign": str, "currency": str},
    "pay_currency_unreadable": _NOTHING,
    "cms_unreadable": _NOTHING,
    "unmapped_location": _NOTHING,
    "location_blank": _NOTHING,
    "no_location_column": _NOTHING,
    "unmapped_duty": _NOTHING,
    "unmapped_zone": _NOTHING,
    "unmapped_status": _NOTHING,
    "status_blank": _NOTHING,
    "status_unread": _NOTHING,
    "last_day_unread": {"format": str},
    "text_too_long": {"field": str, **_LENGTH},
    "code_too_long": {"kind": str, **_LENGTH},
    "name_too_long": {"kind": str, **_LENGTH},
    "mapped_name_too_long": {"kind": str, **_LENGTH},
    # match
    "several_records": _WHO,
    "contradictory_records": _WHO,
    "found_elsewhere": {**_WHO, **_SOME},
    "erased": _NOTHING,
    "matched_by_email": {"name": str, "known": str},
    "possible_match": {**_WHO, **_SOME},
    "ambiguous": {**_WHO, **_SOME},
    "id_changed": {**_WHO, **_SOME},
    "recycled_id": _WHO,
    "waits": {**_WHO, "code": str},
    # missing
    "missing_person": {**_WHO, "place": str, "since": str},
    # diff
    "status_says_hours": _NOTHING,
    "several_rates": _NOTHING,
    "pay_waits": {"duty": str},
    "pay_without_duty": _NOTHING,
    "cms_contradicts": {"own": int, "duty": str, "of_duty": int},
    "cms_unmapped": {"duty": str, "place": str},
    "overridden": {"field": str, "name": str, "until": str, "gone": bool},
    "undone": {"field": str, "name": str},
    "run_undone": {"run": int},
    # guard
    "rows_unusual": {"read": int, "usual": float},
    "pay_jump": {**_WHO, "limit": float},
}
"""Reasons of findings. One issue code may have several."""

HOLDS: dict[str, Params] = {
    "empty": _NOTHING,
    "column_gone": {"field": str, "was": str, "successor": str, "same_values": bool},
    "column_blank": {"field": str, "concerned": int, "read": int, "share": float},
    "rejects": {"rejects": int, "read": int},
    "ids_changed": {"count": int, **_SOME},
    "short": {**_SHARE, "renamed": int, "elsewhere": str, "strangers": bool},
    "field_change": {
        **_SHARE,
        "field": str,
        "limit": float,
        "times": float,
        "domain": str,
        "swapped": list,
    },
    "removals_location": _SHARE,
    "removals_week": {**_SHARE, "days": int, "earlier": int},
    "removals_organization": {"count": int, "base": int, **_SOME},
    "status_words": {**_SHARE, "column": str, "was": str, "before": list, "now": list},
    "creates_location": _SHARE,
    "last_admin": {"name": str},
    "last_manager": {"name": str, "place": str},
    "flapping": {"name": str, "leaves": bool, "flips": int, "days": int},
    "pay_absurd": {**_WHO, "times": float, "higher": bool},
    "contact_moved": {**_WHO, "fields": list, "other": str, "gains": bool},
    "resembles_leaver": {"name": str, "leaver": str},
}
"""Rules of the guard: the reasons of holds, and of the findings about them."""

NOTES: dict[str, Params] = {
    "layout": {"encoding": str, "separator": str, "header_row": int},
    "sheets": {"chosen": str, "others": list},
    "header_repeated": {"count": int},
    "total_below": _NOTHING,
    "number_as_id": {"column": str},
    "column_passed_over": {"column": str, "instead": str, "field": str},
}
"""What a reader of a file may want to know: nothing is wrong, and nothing to be done."""

REASONS: dict[str, Params] = {**FINDINGS, **HOLDS}

FIELD_REASONS: dict[str, Params] = {
    "payroll": _NOTHING,
    "dates": _NOTHING,
    "override": _NOTHING,
    "missing": _NOTHING,
    "missing_here": _NOTHING,
    "still_managers": _NOTHING,
    "local_edit": {"editor": str, "on": str},  # whose edit payroll overwrites, and its day
    "undo": {"run": int},
}
"""Why a field changes."""
