"""Links about a changed address: opening one consumes nothing, and pressing its button signs nobody in.

The one to the old address agrees, the one to the new address confirms; of who has a password the latter counts after
the former, or while its owner is signed in (SPEC §6).
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from schedulepop.accounts import invitations
from schedulepop.accounts.models import Invitation
from schedulepop.web.account.account_link import dead_link, opened_by_link, private


@opened_by_link
@require_http_methods(["GET", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """One button, as long as the link works; or how to get on, where confirming needs more than the link."""
    state, invitation = invitations.look(token, now(), invitations.ADDRESS)
    if invitation is None or state is not invitations.LinkState.OPEN:
        return dead_link(request, state, confirms=True)
    agrees = invitation.purpose == Invitation.CONSENT
    me = request.user if request.user.is_authenticated else None
    needs_more = False
    if request.method == "POST":
        try:
            user = (
                invitations.agree(token, now()) if agrees else invitations.confirm(token, now(), signed_in=me)
            )
        except invitations.DeadLinkError as dead:
            return dead_link(request, dead.state, confirms=True)
        except invitations.NotAgreedError:
            needs_more = True
        else:
            answer = (
                "Now open the link we sent to {}." if agrees else "{} is confirmed. You can sign in with it."
            )
            messages.success(request, answer.format(user.email))
            return HttpResponseRedirect(reverse("account" if me else "sign-in"))
    context = {
        "person": invitation.user,
        "address": invitation.agrees_to or invitation.address,
        "agrees": agrees,
        "needs_more": needs_more,
    }
    status = 422 if needs_more else 200
    return private(render(request, "web/account/confirm_address.html", context, status=status))
