"""One's own account: who am I here, what payroll says about me, a new password, the theme, sign out."""

from __future__ import annotations

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from schedulepop.accounts import second_factor, sign_in
from schedulepop.accounts.models import User
from schedulepop.directory.models import Membership
from schedulepop.messages import addresses, outbox
from schedulepop.web.account.account_link import reasons_against
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import MANAGERS, SIGNED_IN
from schedulepop.web.shell.visit import Visit
from schedulepop.web.users.synced_fields import own_fields


@sensitive_post_parameters("current", "password", "again")
@role_required(SIGNED_IN)
def own_account(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The page, and the change of the password; other sessions end with it, this one goes on."""
    reasons: list[str] = []
    if request.method == "POST":
        reasons = _change_password(request, visit)
        if not reasons:
            messages.success(request, "Your new password works.")
            return redirect("account")
    memberships = (
        Membership.objects.filter(user=visit.user)
        .select_related("location", "primary_duty", "primary_zone", "user", "organization")
        .order_by("-is_primary", "location__name")
    )
    context = {
        "reasons": reasons,
        "person": visit.user,
        "unconfirmed": unconfirmed(visit.user),
        "two_step": second_factor.is_on(visit.user),
        "offers_digest": visit.manages,
        "places": [(one, own_fields(one)) for one in memberships],
    }
    return render(request, "web/account/own_account.html", context, status=422 if reasons else 200)


def unconfirmed(user: User) -> bool:
    """Whether the contact address is not yet one to sign in with."""
    return bool(user.email) and user.email.lower() != user.confirmed_email.lower()


@require_POST
@role_required(SIGNED_IN)
def send_confirmation(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Send the confirming link to one's own new address (again)."""
    try:
        sent = addresses.confirm_again(visit.user, now())
    except outbox.TooManyError as error:
        messages.error(request, str(error))
    else:
        answer = f"A link is on its way to {visit.user.email}." if sent else "There is nothing to confirm."
        messages.success(request, answer)
    return redirect("account")


@require_POST
@role_required(MANAGERS)
def set_digest(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Whether the morning's open issues come by email."""
    visit.user.wants_digest = request.POST.get("wants") == "yes"
    visit.user.save(update_fields=["wants_digest"])
    answer = (
        "You get an email on mornings when something waits for you."
        if visit.user.wants_digest
        else "No more emails about open issues. They stay on the page."
    )
    messages.success(request, answer)
    return redirect("account")


def _change_password(request: HttpRequest, visit: Visit) -> list[str]:
    user = visit.user
    right = sign_in.is_current_password(user, request.POST.get("current", ""), request)
    if not right:
        wait = "Too many wrong passwords. Wait about 15 minutes, then try again."
        return [wait if right is None else "The current password is not right."]
    password = request.POST.get("password", "")
    reasons = reasons_against(password, request.POST.get("again", ""), user)
    if not reasons:
        sign_in.change_password(user, password, now())
        auth.update_session_auth_hash(request, user)
    return reasons
