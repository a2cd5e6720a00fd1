"""What is said of each issue code: its title, its cause, and what to do. Who can do it: the plan's registry."""

from __future__ import annotations

from typing import NamedTuple

from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _


class IssueText(NamedTuple):
    """Three sentences that hold for every issue of a kind."""

    title: str
    cause: str
    remedy: str


TEXTS: dict[str, IssueText] = {
    # The feed as a whole
    "feed_unreadable": IssueText(
        _("The payroll file could not be read"),
        _("It is not a payroll export, or it is damaged."),
        _("Export it again from payroll and upload that file."),
    ),
    "feed_empty": IssueText(
        _("The payroll file has no people in it"),
        _("Payroll sent a header and no records."),
        _("Check the export's filters in payroll and send it again."),
    ),
    "page_missing": IssueText(
        _("A part of payroll’s list is missing"),
        _(
            "A page in the middle of the list, or a facility’s file, did not come. Nothing of the rest was used."
        ),
        _(
            "Nothing was changed. Start the sync again; if it stays so, ask payroll for the part that is missing."
        ),
    ),
    "column_gone": IssueText(
        _("A column is missing"),
        _("A column that was mapped is not in the file any more."),
        _("Restore the column in the export, or map the field to another column."),
    ),
    "id_column_missing": IssueText(
        _("No column is known as the payroll ID"),
        _("Without it nobody can be kept apart, so nobody is added or changed."),
        _("Choose the column of the payroll ID on the columns page, or add it to the export."),
    ),
    "column_blank": IssueText(
        _("A column is suddenly empty"),
        _("Most values of a column that had values are blank."),
        _("Check the export in payroll."),
    ),
    "repeated_header": IssueText(
        _("Two columns have the same name"),
        _("The header names one column twice."),
        _("Give each column of the export its own name."),
    ),
    "ragged_row": IssueText(
        _("A row does not fit the columns"),
        _("The row has more or fewer values than the header."),
        _("Look at this row for a missing quote or a stray separator."),
    ),
    "bad_characters": IssueText(
        _("Some values have characters that cannot be used"),
        _("Characters were lost on the way, or are control characters that nobody can see."),
        _("Export the file as UTF-8, or type the value anew in payroll. Until then the current one stays."),
    ),
    "encoding_doubted": IssueText(
        _("Accents in the file may be wrong"),
        _("The file is in an old encoding, and nothing proves which."),
        _("Export the file as UTF-8."),
    ),
    "encoding_twice": IssueText(
        _("Accents in the file were encoded twice"),
        _("Some program took the file for another encoding and encoded it again."),
        _("Nothing waits: the letters were put right. Export the file as UTF-8."),
    ),
    "header_not_first": IssueText(
        _("The header is not the first row"),
        _("The export has lines above its header."),
        _("Nothing to do: they are skipped."),
    ),
    "rows_unusual": IssueText(
        _("The payroll file is longer or shorter than usual"),
        _("Its number of records is far from that of the last seven good runs."),
        _("Check the export's filters in payroll; nothing waits."),
    ),
    # The record
    "id_blank": IssueText(
        _("A record has no payroll ID"), _("The payroll ID is blank."), _("Give the person an ID in payroll.")
    ),
    "id_scientific": IssueText(
        _("A payroll ID was turned into a number by a spreadsheet"),
        _("The ID is in scientific notation, so its digits are lost."),
        _("Format the ID column as text and export again."),
    ),
    "id_invalid": IssueText(
        _("A payroll ID cannot be used"),
        _("IDs have 1 to 64 visible characters."),
        _("Correct the ID in payroll."),
    ),
    "id_like_ssn": IssueText(
        _("A payroll ID looks like a Social Security number"),
        _("It has the form of an SSN, which must never be an employee ID."),
        _("Use another ID in payroll."),
    ),
    "name_missing": IssueText(
        _("A record has no usable name"), _("First or last name is blank."), _("Enter the name in payroll.")
    ),
    "letters_damaged": IssueText(
        _("The accents of a name were lost on the way"),
        _("The name in the file is the present one with damaged letters."),
        _("Export the file as UTF-8. Until then the present name stays."),
    ),
    "one_name": IssueText(
        _("A person has only one name"),
        _("First or last name is blank."),
        _("Enter the other name in payroll, if there is one."),
    ),
    "email_unreadable": IssueText(
        _("An email address cannot be read"),
        _("It is not one email address."),
        _("Correct it in payroll; until then the current one stays."),
    ),
    "email_placeholder": IssueText(
        _("An email address is a placeholder"),
        _("It is no real mailbox."),
        _("Enter the person's own address in payroll."),
    ),
    "email_shared": IssueText(
        _("Several people have one email address"),
        _("A set-up link sent there could be opened by the other one."),
        _("Enter the person's own address in payroll; until then they get a printed code instead of a link."),
    ),
    "needs_contact": IssueText(
        _("A person has no email address"),
        _("Payroll gives none, so no welcome email can go out."),
        _("Enter an email in payroll, or hand the person a printed code."),
    ),
    "email_returned": IssueText(
        _("Letters to an email address come back"),
        _("The address takes no letters, or its reader marked one as spam. No further ones are sent there."),
        _(
            "Ask for the right address and have it entered in payroll. Until then hand over a printed sheet, or send a "
            "letter again once the mailbox works."
        ),
    ),
    "phone_unreadable": IssueText(
        _("A phone number cannot be read"),
        _("It is not a complete phone number."),
        _("Correct it in payroll; until then the current one stays."),
    ),
    "date_unreadable": IssueText(
        _("A date cannot be read"),
        _("It does not fit the column's date format."),
        _("Correct it in payroll; until then the current one stays."),
    ),
    "date_format_unknown": IssueText(
        _("A date column is not read yet"),
        _("Its values do not prove whether the day or the month comes first."),
        _("Declare the column's date format."),
    ),
    "dates_contradict": IssueText(
        _("The dates contradict each other"),
        _("The last day is before the hire date."),
        _("Correct the dates in payroll."),
    ),
    "status_contradicts": IssueText(
        _("The status contradicts the last day"),
        _("The status is still a working one although the last day has passed."),
        _("Correct the status or the last day in payroll."),
    ),
    "status_says_hours": IssueText(
        _("A status says only how much somebody works"),
        _("Full-Time, Part-Time and the like do not say that a leave or a suspension is over."),
        _("Enter the return in payroll, or map the word to a status. Until then the person stays away."),
    ),
    "pay_unreadable": IssueText(
        _("A pay rate cannot be read"),
        _("It is not an amount."),
        _("Correct it in payroll; until then the current one stays."),
    ),
    "pay_unit_missing": IssueText(
        _("Nobody knows what a pay rate is paid for"),
        _("Neither the value nor a column nor the mapping says whether it is for an hour or a year."),
        _(
            "Set pay_unit in the mapping, or add a pay unit column to the export; until then the current rate stays."
        ),
    ),
    "pay_currency_differs": IssueText(
        _("A pay rate is in another currency"),
        _("Its sign or code, or the currency column, is not the currency of the mapping."),
        _("Correct it in payroll, or set pay_currency in the mapping; until then the current rate stays."),
    ),
    "several_rates": IssueText(
        _("A duty has several pay rates"),
        _("Payroll gives one person several rates for one duty."),
        _("Leave one rate for the duty in payroll; until then the first record's counts."),
    ),
    "pay_waits": IssueText(
        _("A pay rate waits for a duty"),
        _("A rate belongs to a duty, and the record has none that SchedulePop knows."),
        _("Map the duty code, or enter the duty in payroll; the rate is stored with it."),
    ),
    "pay_jump": IssueText(
        _("A pay rate changes a lot"),
        _("It rises or falls by more than the limit for one change."),
        _("Nothing waits; look whether it is meant, and correct it in payroll if not."),
    ),
    "cms_unreadable": IssueText(
        _("A CMS labor code cannot be read"),
        _("CMS job title codes are 1 to 40."),
        _("Correct it in payroll."),
    ),
    "text_too_long": IssueText(
        _("A value is too long"),
        _("It has more characters than SchedulePop keeps."),
        _("Shorten it in payroll; until then the current one stays."),
    ),
    "cms_contradicts": IssueText(
        _("Payroll's CMS labor code is not the duty's"),
        _("The code in the record is another one than the duty has at this location. The duty's counts."),
        _("Correct the record in payroll, or the duty under CMS codes."),
    ),
    "cms_unmapped": IssueText(
        _("A duty has no CMS labor code"),
        _("Nothing waits for it: hours are reported with the code."),
        _("Choose the code under CMS codes, or turn CMS codes off if they do not apply."),
    ),
    # Codes
    "unmapped_location": IssueText(
        _("A location code is not set up"),
        _("No location carries this payroll code."),
        _("Map the code to a location."),
    ),
    "unmapped_duty": IssueText(
        _("A duty code is not set up"),
        _("No duty at the location carries this payroll code."),
        _("Map the code; the people waiting get the duty at once."),
    ),
    "unmapped_zone": IssueText(
        _("A zone code is not set up"),
        _("No zone at the location carries this payroll code."),
        _("Map the code; the people waiting get the zone at once."),
    ),
    "unmapped_status": IssueText(
        _("A status word is not set up"),
        _("The mapping does not say what this word means."),
        _("Map the word to a status. New people with it wait; existing ones keep theirs."),
    ),
    "status_unread": IssueText(
        _("A column that nobody reads may say who has left"),
        _("By its name or its values it may be the employment status, and nothing reads it."),
        _(
            "Map the column to the employment status, or say that it is none. New people with a value in it wait."
        ),
    ),
    "last_day_unread": IssueText(
        _("A last day cannot be read"),
        _("The date is not in the form of its column, so nobody knows whether the person has left."),
        _("Declare the form of the column's dates, or correct the day in payroll. A new person waits."),
    ),
    # The person
    "several_records": IssueText(
        _("A person has several records at one location"),
        _("Payroll sends more than one and does not say which is primary."),
        _("Mark one of them as primary in payroll."),
    ),
    "contradictory_records": IssueText(
        _("Records with one ID name different people"),
        _("One payroll ID comes with different names."),
        _("Correct the ID in payroll."),
    ),
    "found_elsewhere": IssueText(
        _("A new hire already works at another location"),
        _("Somebody there resembles them."),
        _("Say whether it is the same person: add here, transfer, or different person."),
    ),
    "matched_by_email": IssueText(
        _("Somebody on the list was recognized by email"),
        _(
            "On a first sync, an email and a name that one person has in the file and one on the list prove enough."
        ),
        _("Look at each before you approve, and answer where it is a different person."),
    ),
    "possible_match": IssueText(
        _("A new hire may already be on the list"),
        _("Somebody on the list resembles them, and nothing proves who it is."),
        _("Say whether it is the same person."),
    ),
    "ambiguous": IssueText(
        _("Two people fit one record"),
        _("More than one person has this employee number and name."),
        _("Say which of them it is."),
    ),
    "id_changed": IssueText(
        _("A person seems to have a new payroll ID"),
        _("Somebody already linked to another ID has this employee number, or this email, and this name."),
        _("Link the new ID to the person, or say that they are different people."),
    ),
    "recycled_id": IssueText(
        _("A payroll ID now names somebody else"),
        _("Name and hire date both differ."),
        _("Say whether it is the same person under a new name, or a new person who got the ID."),
    ),
    "missing_person": IssueText(
        _("A person is not in the payroll file"),
        _("Nobody in the file carries their payroll ID."),
        _("If they left, enter it in payroll; if not, check the export's filters."),
    ),
    # What people decided against payroll
    "overridden": IssueText(
        _("A value is kept against payroll"),
        _("An override holds it until a day that was agreed."),
        _("Nothing to do: payroll's value returns on that day, or when payroll sends the same value."),
    ),
    "undone": IssueText(
        _("Payroll still sends what was taken back"),
        _("The value came with a run that was undone."),
        _("Correct it in payroll. If payroll is right after all, release the value on the person's page."),
    ),
    # The guard
    "erased": IssueText(
        _("Payroll still lists somebody who was erased"),
        _("They were erased here on request, and payroll goes on listing the employment that is over."),
        _("Nothing has to be done. When payroll no longer lists them, this goes by itself."),
    ),
    "on_hold": IssueText(
        _("Changes wait for approval"),
        _("They look unusual, so nobody was touched."),
        _("Look at the run, then approve or discard it."),
    ),
}


def text(code: str) -> IssueText:
    """Title, cause and remedy of an issue code; of any other code only itself as a title."""
    known = TEXTS.get(code)
    return IssueText(*map(gettext, known)) if known else IssueText(title(code), "", "")


def title(code: str) -> str:
    """The title of an issue code; any other code as it is."""
    known = TEXTS.get(code)
    return gettext(known.title) if known else code.replace("_", " ").capitalize()
