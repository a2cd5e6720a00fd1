"""What somebody is here, written: the role, and of people no payroll knows the status and days."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from schedulepop.directory import actions
from schedulepop.directory.actions import local_people
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import ADMINS, MANAGERS
from schedulepop.web.shell.visit import Visit
from schedulepop.web.users import profile
from schedulepop.web.users.profile import Subject
from schedulepop.web.users.profile_edits import done, refusal


@role_required(MANAGERS)
@require_POST
def local_status(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """Status, hire date and last day of somebody whom no payroll knows."""
    about = profile.subject(request, visit, user_id, location_id)
    given = {name: request.POST[name] for name in local_people.FIELDS if name in request.POST}
    given = {name: value for name, value in given.items() if value != _began_with(about, name)}
    refused = refusal(
        request, visit, lambda: local_people.edit_local(about.membership, given, actor=about.visit.actor)
    )
    return done(request, about, "_standing", "#standing", "Status and days saved.", refused)


def _began_with(about: Subject, name: str) -> str:
    """What the form began with: only what was changed in it is written."""
    one = about.membership
    value = local_people.last_day(one) if name == "last_day" else getattr(one, name)
    return str(value or "")


@role_required(MANAGERS)
@require_POST
def role(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """Staff or manager here, and whether a manager reads pay: for admins and Client Success."""
    about = profile.subject(request, visit, user_id, location_id, roles=ADMINS)
    chosen, pay = request.POST.get("role", ""), request.POST.get("pay") == "on"

    def write() -> None:
        actions.set_role(about.membership, chosen, actor=about.visit.actor)
        if about.visit.role == "admin":
            actions.let_see_pay(about.membership, pay and chosen == "manager", actor=about.visit.actor)

    return done(request, about, "_role", "#role-card", "Role saved.", refusal(request, visit, write))
