"""Single writes of the directory, as verbs: each checks who may, says no in a sentence, and leaves an audit
entry in the same transaction. The same writes for a whole feed are `directory.bulk`.

`customers` a new customer as a whole, who looks after which · `places` organizations, locations, duties, zones, codes ·
`locations` renaming and closing them · `parts` duties and zones renamed · `newcomers` people added by hand ·
`people` edits · `extras` further duties and zones · `rights` blocking, roles, grants ·
`account_keys` letters sent again, sheets, two-step sign-in reset ·
`labor` CMS codes of duties · `mail` the switch that stops it.
"""

from schedulepop.directory.actions.account_keys import print_sheet, reset_second_factor, send_again
from schedulepop.directory.actions.customers import (
    NewCustomer,
    NewLocation,
    add_customer,
    assign,
    colleagues,
    hand_over,
    require_lead,
)
from schedulepop.directory.actions.extras import (
    add_extra_duty,
    add_extra_zone,
    remove_extra_duty,
    remove_extra_zone,
    review_extras,
)
from schedulepop.directory.actions.labor import set_facility, set_labor_code
from schedulepop.directory.actions.locations import (
    CLOSED_WITH_IT,
    Closing,
    close_location,
    closing,
    rename_location,
    reopen_location,
)
from schedulepop.directory.actions.mail import start_mail, stop_mail
from schedulepop.directory.actions.newcomers import NewPerson, add_membership, add_user
from schedulepop.directory.actions.parts import rename
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
    set_role,
    unblock_access,
)

__all__ = [
    "CLOSED_WITH_IT",
    "Closing",
    "Edited",
    "NewCustomer",
    "NewLocation",
    "NewPerson",
    "add_customer",
    "add_duty",
    "add_extra_duty",
    "add_extra_zone",
    "add_location",
    "add_membership",
    "add_organization",
    "add_user",
    "add_zone",
    "assign",
    "block_access",
    "close_location",
    "closing",
    "colleagues",
    "edit_membership",
    "edit_organization",
    "edit_user",
    "end_grant",
    "end_sessions",
    "grant",
    "hand_over",
    "let_see_pay",
    "map_code",
    "print_sheet",
    "remove_extra_duty",
    "remove_extra_zone",
    "rename",
    "rename_location",
    "reopen_location",
    "require_lead",
    "reset_second_factor",
    "review_extras",
    "send_again",
    "set_facility",
    "set_labor_code",
    "set_role",
    "start_mail",
    "stop_mail",
    "unblock_access",
    "unmap_code",
]
