"""The closed list of issue codes: title, cause, remedy and who can fix it (SPEC §2 Issue)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fixer = Literal["payroll", "manager", "admin", "client_success"]


@dataclass(frozen=True, slots=True)
class IssueCode:
    """One kind of issue. `blocks` says whether the person or record waits until it is solved.

    `settled`: the finding depends on nothing but the record's own text, the rules (mapping, code maps, policy) and
    days the record wakes on. It stays true while none of these change, so a record may be passed over with it.
    """

    code: str
    title: str
    cause: str
    remedy: str
    fixer: Fixer
    blocks: bool = False
    severity: Literal["info", "warn", "hold"] = "warn"
    settled: bool = False


_ALL = (
    # The feed as a whole
    IssueCode(
        "feed_unreadable",
        "The payroll file could not be read",
        "It is not a payroll export, or it is damaged.",
        "Export it again from payroll and upload that file.",
        "payroll",
        True,
        "hold",
    ),
    IssueCode(
        "feed_empty",
        "The payroll file has no people in it",
        "Payroll sent a header and no records.",
        "Check the export's filters in payroll and send it again.",
        "payroll",
        True,
        "hold",
    ),
    IssueCode(
        "column_gone",
        "A column is missing",
        "A column that was mapped is not in the file any more.",
        "Restore the column in the export, or map the field to another column.",
        "client_success",
        True,
        "hold",
    ),
    IssueCode(
        "column_blank",
        "A column is suddenly empty",
        "Most values of a column that had values are blank.",
        "Check the export in payroll.",
        "payroll",
        True,
        "hold",
    ),
    IssueCode(
        "repeated_header",
        "Two columns have the same name",
        "The header names one column twice.",
        "Give each column of the export its own name.",
        "payroll",
    ),
    IssueCode(
        "ragged_row",
        "A row does not fit the columns",
        "The row has more or fewer values than the header.",
        "Look at this row for a missing quote or a stray separator.",
        "payroll",
        True,
    ),
    IssueCode(
        "bad_characters",
        "Some characters could not be read",
        "The file's encoding is mixed or damaged.",
        "Export the file as UTF-8.",
        "payroll",
    ),
    IssueCode(
        "header_not_first",
        "The header is not the first row",
        "The export has lines above its header.",
        "Nothing to do: they are skipped.",
        "payroll",
        False,
        "info",
    ),
    IssueCode(
        "rows_unusual",
        "The payroll file is longer or shorter than usual",
        "Its number of records is far from that of the last seven good runs.",
        "Check the export's filters in payroll; nothing waits.",
        "payroll",
    ),
    # The record
    IssueCode(
        "id_blank",
        "A record has no payroll ID",
        "The payroll ID is blank.",
        "Give the person an ID in payroll.",
        "payroll",
        True,
    ),
    IssueCode(
        "id_scientific",
        "A payroll ID was turned into a number by a spreadsheet",
        "The ID is in scientific notation, so its digits are lost.",
        "Format the ID column as text and export again.",
        "payroll",
        True,
    ),
    IssueCode(
        "id_invalid",
        "A payroll ID cannot be used",
        "IDs have 1 to 64 visible characters.",
        "Correct the ID in payroll.",
        "payroll",
        True,
    ),
    IssueCode(
        "id_like_ssn",
        "A payroll ID looks like a Social Security number",
        "It has the form of an SSN, which must never be an employee ID.",
        "Use another ID in payroll.",
        "payroll",
        settled=True,
    ),
    IssueCode(
        "name_missing",
        "A record has no usable name",
        "First or last name is blank.",
        "Enter the name in payroll.",
        "payroll",
        True,
    ),
    IssueCode(
        "email_unreadable",
        "An email address cannot be read",
        "It is not an email address.",
        "Correct it in payroll; until then the current one stays.",
        "payroll",
        settled=True,
    ),
    IssueCode(
        "email_placeholder",
        "An email address is a placeholder",
        "It is no real mailbox.",
        "Enter the person's own address in payroll.",
        "payroll",
        settled=True,
    ),
    IssueCode(
        "needs_contact",
        "A person has no email address",
        "Payroll gives none, so no welcome email can go out.",
        "Enter an email in payroll, or hand the person a printed code.",
        "manager",
        settled=True,
    ),
    IssueCode(
        "phone_unreadable",
        "A phone number cannot be read",
        "It is not a complete phone number.",
        "Correct it in payroll; until then the current one stays.",
        "payroll",
        settled=True,
    ),
    IssueCode(
        "date_unreadable",
        "A date cannot be read",
        "It does not fit the column's date format.",
        "Correct it in payroll; until then the current one stays.",
        "payroll",
        settled=True,
    ),
    IssueCode(
        "date_format_unknown",
        "A date column is not read yet",
        "Its values do not prove whether the day or the month comes first.",
        "Declare the column's date format.",
        "client_success",
    ),
    IssueCode(
        "dates_contradict",
        "The dates contradict each other",
        "The last day is before the hire date.",
        "Correct the dates in payroll.",
        "payroll",
        settled=True,
    ),
    IssueCode(
        "status_contradicts",
        "The status contradicts the last day",
        "The status is still a working one although the last day has passed.",
        "Correct the status or the last day in payroll.",
        "payroll",
        settled=True,
    ),
    IssueCode(
        "pay_unreadable",
        "A pay rate cannot be read",
        "It is not an amount.",
        "Correct it in payroll; until then the current one stays.",
        "payroll",
        settled=True,
    ),
    IssueCode(
        "several_rates",
        "A duty has several pay rates",
        "Payroll gives one person several rates for one duty.",
        "Leave one rate for the duty in payroll; until then the first record's counts.",
        "payroll",
    ),
    IssueCode(
        "pay_jump",
        "A pay rate changes a lot",
        "It rises or falls by more than the limit for one change.",
        "Nothing waits; look whether it is meant, and correct it in payroll if not.",
        "admin",
        False,
        "info",
    ),
    IssueCode(
        "cms_unreadable",
        "A CMS labor code cannot be read",
        "CMS job title codes are 1 to 40.",
        "Correct it in payroll.",
        "payroll",
        settled=True,
    ),
    IssueCode(
        "cms_contradicts",
        "Payroll's CMS labor code is not the duty's",
        "The code in the record is another one than the duty has at this location. The duty's counts.",
        "Correct the record in payroll, or the duty under CMS codes.",
        "admin",
    ),
    IssueCode(
        "cms_unmapped",
        "A duty has no CMS labor code",
        "Nothing waits for it: hours are reported with the code.",
        "Choose the code under CMS codes, or turn CMS codes off if they do not apply.",
        "admin",
        False,
        "info",
    ),
    # Codes
    IssueCode(
        "unmapped_location",
        "A location code is not set up",
        "No location carries this payroll code.",
        "Map the code to a location.",
        "client_success",
        True,
    ),
    IssueCode(
        "unmapped_duty",
        "A duty code is not set up",
        "No duty at the location carries this payroll code.",
        "Map the code; the people waiting get the duty at once.",
        "client_success",
        settled=True,
    ),
    IssueCode(
        "unmapped_zone",
        "A zone code is not set up",
        "No zone at the location carries this payroll code.",
        "Map the code; the people waiting get the zone at once.",
        "client_success",
        settled=True,
    ),
    IssueCode(
        "unmapped_status",
        "A status word is not set up",
        "The mapping does not say what this word means.",
        "Map the word to a status. New people with it wait; existing ones keep theirs.",
        "client_success",
        True,
    ),
    # The person
    IssueCode(
        "several_records",
        "A person has several records at one location",
        "Payroll sends more than one and does not say which is primary.",
        "Mark one of them as primary in payroll.",
        "payroll",
        True,
    ),
    IssueCode(
        "contradictory_records",
        "Records with one ID name different people",
        "One payroll ID comes with different names.",
        "Correct the ID in payroll.",
        "payroll",
        True,
    ),
    IssueCode(
        "found_elsewhere",
        "A new hire already works at another location",
        "Somebody there resembles them.",
        "Say whether it is the same person: add here, transfer, or different person.",
        "manager",
        True,
    ),
    IssueCode(
        "matched_by_email",
        "Somebody on the list was recognized by email",
        "On a first sync, an email and a name that one person has in the file and one on the list prove enough.",
        "Look at each before you approve, and answer where it is a different person.",
        "client_success",
        False,
        "info",
    ),
    IssueCode(
        "possible_match",
        "A new hire may already be on the list",
        "Somebody on the list resembles them, and nothing proves who it is.",
        "Say whether it is the same person.",
        "admin",
        True,
    ),
    IssueCode(
        "ambiguous",
        "Two people fit one record",
        "More than one person has this employee number and name.",
        "Say which of them it is.",
        "admin",
        True,
    ),
    IssueCode(
        "id_changed",
        "A person seems to have a new payroll ID",
        "Somebody already linked to another ID has this employee number, or this email, and this name.",
        "Link the new ID to the person, or say that they are different people.",
        "admin",
        True,
    ),
    IssueCode(
        "recycled_id",
        "A payroll ID now names somebody else",
        "Name and hire date both differ.",
        "Say whether it is the same person under a new name, or a new person who got the ID.",
        "admin",
        True,
    ),
    IssueCode(
        "missing_person",
        "A person is not in the payroll file",
        "Nobody in the file carries their payroll ID.",
        "If they left, enter it in payroll; if not, check the export's filters.",
        "payroll",
    ),
    # What people decided against payroll
    IssueCode(
        "overridden",
        "A value is kept against payroll",
        "An override holds it until a day that was agreed.",
        "Nothing to do: payroll's value returns on that day, or when payroll sends the same value.",
        "admin",
        False,
        "info",
    ),
    IssueCode(
        "undone",
        "Payroll still sends what was taken back",
        "The value came with a run that was undone.",
        "Correct it in payroll. If payroll is right after all, release the value on the person's page.",
        "admin",
    ),
    # The guard
    IssueCode(
        "on_hold",
        "Changes wait for approval",
        "They look unusual, so nobody was touched.",
        "Look at the run, then approve or discard it.",
        "admin",
        True,
        "hold",
    ),
)

CODES: dict[str, IssueCode] = {item.code: item for item in _ALL}

SETTLED = frozenset(item.code for item in _ALL if item.settled)
"""Codes whose findings are carried from run to run with a record that is passed over (ADR 0004)."""
