"""Whose report a file is, in sentences: what a file profile says of it. `try` reads this page without Django."""

from __future__ import annotations

from schedulepop import employee
from schedulepop.sync.plan.file_profiles import Proposal
from schedulepop.wording import file_profiles


def said(found: Proposal) -> str:
    """Whose report it is or may be; nothing where no profile knows it. True whatever the mapping says."""
    titles = [one.title for one in found.profiles]
    return file_profiles.said(titles, found.profiles[0].checked_against if titles else "")


def differences(found: Proposal) -> str:
    """Where the file differs from such a report; of use while its mapping is proposed."""
    read = [
        (employee.BY_NAME[one.field].label, one.instead, one.expected) for one in found.lacking if one.instead
    ]
    return file_profiles.differences(read, [one.expected for one in found.lacking if not one.instead])
