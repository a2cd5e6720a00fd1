"""The form of a connection, made from the connector's settings and secrets: of a new integration, and to change one.

Secrets go in and never come out: the page says when each was set and by whom. They are taken only from Client Success
who signed in in two steps.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from schedulepop.accounts import second_factor
from schedulepop.accounts.models import Organization
from schedulepop.connectors import get, offers
from schedulepop.connectors.contract import Connector
from schedulepop.connectors.offers import Offer
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.integrations import connection_test, lifecycle, secrets
from schedulepop.sync.models import Integration
from schedulepop.sync.run import feed_folders, feeds
from schedulepop.web.connect import form_fields
from schedulepop.web.connect.form_fields import MAX_SECRET, FormField
from schedulepop.web.integrations import setup_file
from schedulepop.web.shell.access import role_required
from schedulepop.web.shell.bodies import takes_upload
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit

ONLY_CLIENT_SUCCESS = "Only Client Success can connect a payroll platform or name a file on the server."
LONGEST_NAME = 80


@sensitive_post_parameters()
@role_required(ADMINS)
@takes_upload(4 * MAX_SECRET)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, visit: Visit, key: str) -> HttpResponse:
    """A new integration of a platform or way. Nothing is asked of anybody until the test."""
    try:
        chosen = offers.offer(key)
    except KeyError as error:
        raise Http404 from error
    if key != "upload":
        _require_client_success(visit, visit.organization)
    name = request.POST.get("name", _free_name(visit.organization, chosen)).strip()[:LONGEST_NAME]
    form = Form(request, chosen.connector, chosen, name=name)
    if request.method != "POST" or form.lacks_second_factor(visit):
        return form.page(visit)
    if not form.is_valid(stored=frozenset()):
        return form.page(visit, status=422)
    try:
        with transaction.atomic():
            made = lifecycle.add(
                visit.organization,
                name,
                connector=chosen.connector.kind,
                config=form.settings,
                actor=visit.actor,
            )
            form.store(visit, made)
    except Refused as error:
        return form.page(visit, error=str(error), status=422)
    target = "integration-test" if feeds.can_fetch(made) else "integration"
    if chosen.connector.dropped:
        target = "integration-drop"
    return redirect(target, visit.organization.slug, made.slug)


@sensitive_post_parameters()
@role_required(ADMINS)
@takes_upload(4 * MAX_SECRET)
@require_http_methods(["GET", "POST"])
def connection(request: HttpRequest, visit: Visit, organization: str, slug: str) -> HttpResponse:
    """The settings and secrets of an integration. Blank secrets stay; another host, URL or tenant empties them."""
    setup = setup_file.find_setup(request, visit, organization, slug)
    one, visit = setup.integration, setup.visit
    _require_client_success(visit, one.organization)
    form = Form(request, get(one.connector), integration=one)
    if request.method != "POST" or form.lacks_second_factor(visit):
        return form.page(visit)
    stored = {state.name for state in form.states if state.set_at is not None}
    if not form.is_valid(stored=frozenset() if form.goes_elsewhere() else stored):
        return form.page(visit, status=422)
    try:
        with transaction.atomic():
            secrets.change_config(one, form.settings, actor=visit.actor)
            form.store(visit, one)
            connection_test.forget(one)
    except Refused as error:
        return form.page(visit, error=str(error), status=422)
    messages.success(request, "Saved. Test the connection to see that it works.")
    return redirect("integration-test", *setup.args)


def _require_client_success(visit: Visit, organization: Organization) -> None:
    if not visit.actor.is_client_success(organization):
        raise NotAllowed(ONLY_CLIENT_SUCCESS)


def _free_name(organization: Organization, chosen: Offer) -> str:
    """A name to begin with: the platform's, or Payroll; with a number where there is one of that name."""
    name = chosen.title if chosen.is_platform else "Payroll"
    there = set(Integration.objects.filter(organization=organization).values_list("name", flat=True))
    return next(one for one in (name, *(f"{name} {n}" for n in range(2, len(there) + 3))) if one not in there)


class Form:
    """What was typed into the form of one connector, what is wrong with it, and its page."""

    def __init__(
        self,
        request: HttpRequest,
        connector: Connector,
        offer: Offer | None = None,
        *,
        integration: Integration | None = None,
        name: str = "",
    ) -> None:
        self.request, self.connector, self.offer = request, connector, offer
        self.integration, self.name = integration, name
        posts = request.method == "POST"
        self.states = secrets.names(integration) if integration else ()
        kept = integration.config if integration else {}
        self.settings = form_fields.typed_settings(connector, request.POST.dict()) if posts else kept
        self._given = (
            form_fields.typed_secrets(connector, request.POST.dict(), request.FILES) if posts else {}
        )
        if self._is_upload:
            self.settings, self._given = {}, {}  # whoever uploads names nothing on the server
        self._errors: dict[str, str] = {}

    @property
    def needs_secrets(self) -> bool:
        """Whether it cannot do without them; a PGP key, say, is there only where payroll encrypts."""
        fields = self.connector.secrets.model_fields.values()
        return not self._is_upload and any(field.is_required() for field in fields)

    def lacks_second_factor(self, visit: Visit) -> bool:
        """Whether two-step sign-in has to be set up before anything secret is typed."""
        typed = self.needs_secrets or bool(self._given)
        return typed and not second_factor.may_store_credentials(visit.actor)

    def goes_elsewhere(self) -> bool:
        """Whether what was typed would send the stored secrets to somebody else."""
        kept = self.integration.config if self.integration else {}
        return any(
            field.sent_to and str(kept.get(field.name.removeprefix("config-"), "")) != field.value
            for field in form_fields.settings_of(self.connector, self.settings)
        )

    def is_valid(self, *, stored: frozenset[str] | set[str]) -> bool:
        """Looks at everything that was typed; `errors` says what is wrong, field by field."""
        self._errors = form_fields.errors_of(self.connector, self.settings)
        self._errors |= form_fields.secret_errors(self.connector, self._given, stored=stored)
        if self.integration is None and not self.name:
            self._errors["name"] = "Give it a name, for example that of the payroll system."
        if self.offer is not None and self.offer.key == "folder" and not self.settings.get("path"):
            self._errors["config-path"] = "Say what the export is called."
        if self._until() is ...:
            self._errors["expires"] = "Write the day as year, month, day, such as 2027-03-31."
        return not self._errors

    @sensitive_variables()
    def store(self, visit: Visit, integration: Integration) -> None:
        """Seals what was typed."""
        if self._given:
            until = self._until()
            secrets.store(
                integration, self._given, actor=visit.actor, expires_at=None if until is ... else until
            )

    def _until(self) -> Any:
        """The end of the day on which the secrets expire; None: nobody says; ...: what was typed is no day."""
        typed = self.request.POST.get("expires", "").strip()
        if not typed:
            return None
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            return ...
        return datetime.combine(day, time(23, 59), ZoneInfo("UTC"))

    def page(self, visit: Visit, *, error: str = "", status: int = 200) -> HttpResponse:
        """The form. Secrets that were typed are not in it, whatever else was wrong."""
        lacks = self.lacks_second_factor(visit)
        here, one = self.request.path, self.integration
        fields = [] if self._is_upload else form_fields.settings_of(self.connector, self.settings)
        shows = not self._is_upload and (
            self.needs_secrets or second_factor.may_store_credentials(visit.actor)
        )
        context: dict[str, Any] = {
            "connector": self.connector,
            "offer": self.offer or offers.offer_of(self.connector, self.settings),
            "integration": self.integration,
            "name": self.name,
            "settings": self._with_errors(fields),
            "secrets": self._with_errors(
                form_fields.secrets_of(self.connector, self.states) if shows else []
            ),
            "permissions": sorted(self.connector.permissions),
            "gives": offers.field_table(self.connector) if offers.is_platform(self.connector) else None,
            "lacks_second_factor": lacks,
            "two_step": f"{reverse('two-step')}?{urlencode({'next': here})}",
            "emptied": self.integration is not None
            and self.request.method == "POST"
            and self.goes_elsewhere(),
            "name_error": self._errors.get("name", ""),
            "expires": self.request.POST.get("expires", ""),
            "expires_error": self._errors.get("expires", ""),
            "wrong": len(self._errors),
            "folder": feed_folders.own(visit.organization) if self.connector.kind == "file" else "",
            "back": reverse("integration", args=[one.organization.slug, one.slug])
            if one
            else reverse("integration-add"),
            "error": error,
        }
        return render(self.request, "web/connect/connection.html", context, status=status)

    @property
    def _is_upload(self) -> bool:
        return self.offer is not None and self.offer.key == "upload"

    def _with_errors(self, fields: list[FormField]) -> list[FormField]:
        return form_fields.with_errors(fields, self._errors)
