"""Pages whose author forgot the organization: what a fault in one of ours would do, served by the tests alone."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Count
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.roles import SIGNED_IN
from schedulepop.web.shell.visit import Visit


def tenant_models() -> list[Any]:
    """Every model whose rows belong to an organization."""
    from schedulepop.postgres.row_security import TENANT_TABLES

    return [one for one in apps.get_models(include_auto_created=True) if one._meta.db_table in TENANT_TABLES]


@role_required(SIGNED_IN)
def everything(request: HttpRequest, visit: Visit) -> HttpResponse:
    """`Model.objects.all()` of every model: the primary keys it finds."""
    return JsonResponse(
        {
            one._meta.db_table: list(one._default_manager.values_list("pk", flat=True))
            for one in tenant_models()
        }
    )


@role_required(SIGNED_IN)
def counted(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Aggregates, also over a join."""
    return JsonResponse(
        {one._meta.db_table: one._default_manager.aggregate(n=Count("pk"))["n"] for one in tenant_models()}
    )


@role_required(SIGNED_IN)
def found(request: HttpRequest, visit: Visit, table: str, pk: int) -> HttpResponse:
    """One row by its number, as an address names it."""
    model = next(one for one in tenant_models() if one._meta.db_table == table)
    return JsonResponse({"found": model._default_manager.filter(pk=pk).exists()})


@role_required(SIGNED_IN)
def statement(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Raw SQL as it is sent: its rows, how many it changed, or what the database said against it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(request.POST["sql"])
            rows = [list(map(str, row)) for row in cursor.fetchall()] if cursor.description else []
            return JsonResponse({"rows": rows, "changed": cursor.rowcount})
    except DatabaseError as error:
        return JsonResponse({"refused": type(error.__cause__).__name__})


@role_required(SIGNED_IN)
def broken(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Writes, then breaks."""
    type(visit.user).objects.filter(pk=visit.user.pk).update(first_name="Half")
    raise RuntimeError


urlpatterns = [
    path("", include("schedulepop.web.urls")),
    path("everything/", everything),
    path("counted/", counted),
    path("found/<str:table>/<int:pk>/", found),
    path("statement/", statement),
    path("broken/", broken),
]
