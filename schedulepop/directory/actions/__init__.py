"""Single writes of the directory, as verbs: each checks who may, says no in a sentence, and leaves an audit
entry in the same transaction. The same writes for a whole feed are `directory.bulk`.

`places` organizations, locations, duties, zones, codes · `newcomers` people added by hand ·
`people` edits · `extras` further duties and zones · `rights` blocking, roles, grants, links ·
`labor` CMS codes of duties.
"""

from schedulepop.directory.actions.extras import (
    add_extra_duty,
    add_extra_zone,
    remove_extra_duty,
    remove_extra_zone,
    review_extras,
)
from schedulepop.directory.actions.labor import set_facility, set_labor_code
from schedulepop.directory.actions.newcomers import add_membership, add_user
from schedulepop.directory.actions.people import Edited, edit_membership, edit_user
from schedulepop.directory.actions.places import (
    add_duty,
    add_location,
    add_organization,
    add_zone,
    edit_organization,
    map_code,
    unmap_code,
)
from schedulepop.directory.actions.rights import (
    block_access,
    end_grant,
    end_sessions,
    grant,
    let_see_pay,
    printed_link,
    send_again,
    set_role,
    unblock_access,
)

__all__ = [
    "Edited",
    "add_duty",
    "add_extra_duty",
    "add_extra_zone",
    "add_location",
    "add_membership",
    "add_organization",
    "add_user",
    "add_zone",
    "block_access",
    "edit_membership",
    "edit_organization",
    "edit_user",
    "end_grant",
    "end_sessions",
    "grant",
    "let_see_pay",
    "map_code",
    "printed_link",
    "remove_extra_duty",
    "remove_extra_zone",
    "review_extras",
    "send_again",
    "set_facility",
    "set_labor_code",
    "set_role",
    "unblock_access",
    "unmap_code",
]
