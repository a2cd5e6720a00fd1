"""Who is there twice: the pairs, a merge with its preview, "different people", and merges to take back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schedulepop.accounts.models import User
from schedulepop.sync.errors import SyncError
from schedulepop.sync.review.merge import duplicates as finder
from schedulepop.sync.review.merge import merge as merges
from schedulepop.web.shell import download
from schedulepop.web.shell.access import note_refusal, refusal_as_message, role_required
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import refusals

SHOWN = 50
TITLES = ("One", "The other", "Of 100", "Why")


@role_required(ADMINS)
@require_safe
def duplicates(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The pairs of the organization, likeliest first, and the merges that can be taken back."""
    pairs = finder.find(visit.organization, actor=visit.actor)
    if form := download.wanted(request):
        rows = ([_named(one.kept), _named(one.merged), str(one.score), one.why] for one in pairs)
        what = ("duplicates", "pairs who look like one person")
        return download.answer(visit, form, what, TITLES, rows, now())
    context = {
        "download": download.link("?"),
        "pairs": pairs[:SHOWN],
        "total": len(pairs),
        "merged": merges.open_merges(visit.organization)[:SHOWN],
    }
    return render(request, "web/users/duplicates.html", context)


def _named(user: User) -> str:
    return f"{user.full_name} ({user.username})"


@role_required(ADMINS)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, visit: Visit, kept_id: int, merged_id: int) -> HttpResponse:
    """What a merge would move; POST does it, for the preview that was seen."""
    kept, merged = _user(visit, kept_id), _user(visit, merged_id)
    error, preview, reason = "", None, request.POST.get("reason", "")
    if request.method == "POST":
        digest = request.POST.get("digest", "") or "none"
        try:
            merges.merge(kept, merged, reason=reason, actor=visit.actor, digest=digest)
        except SyncError as refused:
            note_refusal(request, visit, refused)
            error = refusals.of(refused)
        else:
            done = f"{merged.full_name} ({merged.username}) is merged into {kept.username}."
            messages.success(request, done)
            return redirect("duplicates")
    try:
        preview = merges.preview(kept, merged, actor=visit.actor)
    except SyncError as refused:
        error = refusals.of(refused)
    context = {"kept": kept, "merged": merged, "preview": preview, "error": error, "reason": reason}
    return render(request, "web/users/merge.html", context, status=422 if error else 200)


@role_required(ADMINS)
@require_POST
def mark_different(request: HttpRequest, visit: Visit, one_id: int, other_id: int) -> HttpResponse:
    """Remembers that two users are different people."""
    one, other = _user(visit, one_id), _user(visit, other_id)
    with refusal_as_message(request):
        finder.different(one, other, actor=visit.actor)
        messages.success(request, f"{one.full_name} and {other.full_name} stay two people.")
    return redirect("duplicates")


@role_required(ADMINS)
@require_POST
def unmerge(request: HttpRequest, visit: Visit, pk: int) -> HttpResponse:
    """Takes a merge back; what stays as it is now is said."""
    done = get_object_or_404(merges.open_merges(visit.organization), pk=pk)
    with refusal_as_message(request):
        result = merges.unmerge(done, actor=visit.actor)
        messages.success(request, f"{done.merged.full_name} and {done.kept.full_name} are two users again.")
        for line in result.conflicts:
            messages.warning(request, line)
    return redirect("duplicates")


def _user(visit: Visit, pk: int) -> User:
    return get_object_or_404(
        User.objects.select_related("organization"), pk=pk, organization=visit.organization
    )
