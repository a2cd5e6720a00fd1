"""The link to a changed address: opening it consumes nothing, pressing the button confirms and signs nobody in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from schedulepop.accounts import invitations
from schedulepop.accounts.models import Invitation
from schedulepop.web.account.account_link import dead_link, private

PURPOSES = frozenset({Invitation.CONFIRM})


@require_http_methods(["GET", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """One button, as long as the link works."""
    state, invitation = invitations.look(token, now(), PURPOSES)
    if invitation is None or state is not invitations.LinkState.OPEN:
        return dead_link(request, state, confirms=True)
    if request.method == "POST":
        try:
            user = invitations.confirm(token, now())
        except invitations.DeadLinkError as dead:
            return dead_link(request, dead.state, confirms=True)
        messages.success(request, f"{user.email} is confirmed. You can sign in with it.")
        return HttpResponseRedirect(reverse("account" if request.user.is_authenticated else "sign-in"))
    return private(
        render(
            request,
            "web/account/confirm_address.html",
            {"person": invitation.user, "address": invitation.address},
        )
    )
