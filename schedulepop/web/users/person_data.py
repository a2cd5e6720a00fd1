"""All that is held on one person, for an admin: taken away as an archive, or erased."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST

from schedulepop.directory.errors import DirectoryError
from schedulepop.retention import export as exports
from schedulepop.retention.erasure import request as erasing
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import Role
from schedulepop.web.shell.visit import Visit
from schedulepop.web.users import profile
from schedulepop.web.users.profile import Subject
from schedulepop.wording import erasure as words

ADMIN: frozenset[Role] = frozenset({"admin"})


def _for_admin(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> Subject:
    """The subject, for an admin of the organization; 404 for everybody else."""
    return profile.subject(request, visit, user_id, location_id, roles=ADMIN)


@role_required(ADMIN)
@require_POST
def export(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """The archive, or one part of it."""
    about = _for_admin(request, visit, user_id, location_id)
    user, at, asked = about.membership.user, now(), request.POST.get("part", "1")
    part = int(asked) if re.fullmatch(r"[1-9][0-9]{0,3}", asked) else 0
    if not 1 <= part <= exports.parts(user):
        raise Http404
    content = exports.archive(user, actor=about.visit.actor, at=at, part=part)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{exports.file_name(user, at, part)}"'
    return response


@role_required(ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, visit: Visit, user_id: int, location_id: int) -> HttpResponse:
    """What goes and what stays; confirmed by typing the username, a job does it."""
    about = _for_admin(request, visit, user_id, location_id)
    user, actor, error, preview = about.membership.user, about.visit.actor, "", None
    if request.method == "POST":
        try:
            erasing.request(user, request.POST.get("username", ""), actor=actor, at=now())
        except DirectoryError as refused:
            error = str(refused)
        else:
            messages.success(request, words.begun())
            return redirect("users")
    try:
        preview = erasing.preview(user, actor=actor)
    except DirectoryError as refused:
        error = str(refused)
    context = {
        "one": about.membership,
        "user": user,
        "error": error,
        "goes": words.goes(preview.goes, preview.unread) if preview else [],
        "stays": words.stays(preview.stays) if preview else [],
    }
    return render(request, "web/users/erase.html", context, status=422 if request.method == "POST" else 200)
