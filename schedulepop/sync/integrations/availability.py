"""Why a field stays empty: the platform cannot give it, or did not grant it. The same words wherever it shows."""

from __future__ import annotations

from schedulepop.accounts.models import Organization
from schedulepop.connectors import REGISTRY, offers
from schedulepop.sync.integrations import connection_test
from schedulepop.sync.models import Integration
from schedulepop.wording.translation import gettext


def reason(integration: Integration, field: str) -> str:
    """`Not available from ADP Workforce Now`, `Not granted by ADP Workforce Now: Contact data`, or nothing.

    A column that the mapping names gives the field, whatever the platform has by itself: a custom one, for example.
    Files have whatever is put into them.
    """
    connector = REGISTRY.get(integration.connector)
    if connector is None or not offers.is_platform(connector):
        return ""
    column = integration.mapping.get("columns", {}).get(field, "")
    last = connection_test.of(integration)
    for permission in last.not_granted if last else ():
        if (column or connector.proposed.get(field, "")) in connector.permissions.get(permission, ()):
            return gettext("Not granted by {title}: {permission}").format(
                title=connector.title, permission=permission
            )
    if not column and offers.lacks(connector, field):
        return gettext("Not available from {title}").format(title=connector.title)
    return ""


def reason_in(organization: Organization, field: str) -> str:
    """The same of an organization, where all of its payroll systems say so; of the first."""
    found = [
        reason(one, field) for one in Integration.objects.filter(organization=organization).order_by("pk")
    ]
    return found[0] if found and all(found) else ""
