"""The life of an integration: add, map, test, activate, pause (SPEC §4)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Dict
from datetime import datetime
from typing import Any

import tomli_w
from django.db import transaction
from django.utils.text import slugify
from django.utils.timezone import now as clock
from pydantic import ValidationError

from schedulepop import employee
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.connectors import get
from schedulepop.connectors.contract import Checked, Page
from schedulepop.directory.actions.places import edit_organization
from schedulepop.sync.errors import NeedsAdmin, NotAllowed, Refused
from schedulepop.sync.integrations import forget_pay, limits
from schedulepop.sync.models import Integration, IntegrationState, MappingVersion
from schedulepop.sync.plan import trial
from schedulepop.sync.plan.frames.feed import FileProfile
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.run import feeds
from schedulepop.sync.run.notify import source_trouble

ACTIVE_SINCE = "active_since"  # in Integration.notice_log


def add(
    organization: Organization,
    name: str,
    *,
    connector: str,
    config: Dict[str, Any],
    actor: Actor,
    mapping: Mapping | None = None,
    policy: Dict[str, Any] | None = None,
) -> Integration:
    """A new integration in state draft. Raises Refused when a setting does not fit or the name is taken."""
    _must_set_up(actor, organization)
    try:
        settings = get(connector).config(**config)
        numbers = Policy(**(policy or {}))
    except KeyError as error:
        raise Refused(str(error.args[0])) from error
    except ValidationError as error:
        raise Refused(sentences(error)) from error
    slug = slugify(name)
    if Integration.objects.filter(organization=organization, slug=slug).exists():
        raise Refused(f"{organization.name} already has an integration called {name}.")
    with transaction.atomic():
        integration = Integration.objects.create(
            organization=organization,
            name=name,
            slug=slug,
            connector=connector,
            config=settings.model_dump(mode="json"),
            mapping=(mapping or Mapping()).model_dump(mode="json"),
            policy=numbers.model_dump(mode="json", exclude_defaults=True),
        )
        _keep_version(integration, actor)
        audit.record(actor, organization, "added", ("integration", integration.pk))
    return integration


def save_mapping(integration: Integration, mapping: Mapping, *, actor: Actor) -> None:
    """A new version of the mapping. The next run compares every record again."""
    _must_set_up(actor, integration.organization)
    must_fit(mapping)
    content = mapping.model_dump(mode="json")
    if content == integration.mapping:
        return
    with transaction.atomic():
        old = integration.mapping
        integration.mapping = content
        integration.mapping_version += 1
        integration.save(update_fields=["mapping", "mapping_version"])
        _keep_version(integration, actor)
        changed = [
            {"field": k, "old": old.get(k), "new": content[k]} for k in content if old.get(k) != content[k]
        ]
        audit.record(
            actor, integration.organization, "mapped", ("integration", integration.pk), changes=changed
        )


def must_fit(mapping: Mapping) -> None:
    """Raises Refused for a field or a status there is not."""
    if (unknown := set(mapping.columns) - set(employee.BY_NAME)) or (
        unknown := set(mapping.dates) - set(employee.BY_NAME)
    ):
        raise Refused(f"There is no field called {', '.join(sorted(unknown))}.")
    if wrong := {word for word, status in mapping.statuses.items() if status not in set(employee.Status)}:
        raise Refused(f"The status of {', '.join(sorted(wrong))} is none of: {', '.join(employee.Status)}.")


def forgets_pay(integration: Integration, changes: Dict[str, str]) -> bool:
    """Whether these settings, as `limits` writes them, would switch pay off: nobody can take that back."""
    return changes.get("pay", "").strip().lower() == limits.said(False) and feeds.policy_of(integration).pay


def set_policy(
    integration: Integration, changes: Dict[str, str], *, actor: Actor, forget: bool = False
) -> None:
    """The guard's numbers and the switches, as `limits` writes them; each change is audited, old and new.

    The CMS switch is the organization's. Switching pay off removes what was kept of it, so it is refused
    unless whoever asks says `forget`. The next run compares every record again. Raises Refused when a name or a value
    is none.
    """
    _must_set_up(actor, integration.organization)
    with transaction.atomic():
        integration = (
            Integration.objects.select_for_update().select_related("organization").get(pk=integration.pk)
        )
        before = feeds.policy_of(integration)
        try:
            after = limits.with_changes(before, changes)
        except limits.UnreadableError as error:
            raise Refused(str(error)) from error
        if (off := before.pay and not after.pay) and not forget:
            raise Refused(
                f"Nothing was changed, for this has to be agreed to: {forget_pay.announced(integration)}"
            )
        told = [audit.change(name, old, new) for name, old, new in limits.changed(before, after)]
        if after.cms != before.cms:
            edit_organization(integration.organization, {"cms_codes": after.cms}, actor=actor)
        integration.policy = after.model_dump(mode="json", exclude_defaults=True, exclude={"cms"})
        integration.save(update_fields=["policy"])
        if off:
            forget_pay.forget(integration, actor=actor, now=clock())
        if told:
            audit.record(
                actor, integration.organization, "limited", ("integration", integration.pk), changes=told
            )


def test(integration: Integration, *, actor: Actor) -> Checked:
    """The Test button: asks the source. A draft that answers is `tested`, a disabled one `paused` and can go on."""
    _must_set_up(actor, integration.organization)
    connector = get(integration.connector)
    answer = connector.check(connector.config(**integration.config))
    if answer.ok and answer.page is not None:
        answer = _read(integration, answer.page)
    if answer.ok and integration.state == IntegrationState.DRAFT:
        _move(integration, IntegrationState.TESTED, "tested", actor)
    elif answer.ok and integration.state == IntegrationState.DISABLED:
        _move(integration, IntegrationState.PAUSED, "tested", actor)
    return answer


def _read(integration: Integration, page: Page) -> Checked:
    """What could be read of a source, not only that it is there."""
    mapping, policy = Mapping(**integration.mapping), feeds.policy_of(integration)
    try:
        seen = trial.profile_file(page.data, name=page.name, mapping=mapping, pay=policy.pay)
    except NeedsAdmin as error:
        return Checked(False, str(error))
    return Checked(True, read_sentence(page.name, seen), page)


def read_sentence(name: str, seen: FileProfile) -> str:
    """What is known of a file: its records, its columns, and what a sync cannot do without."""
    records = seen.feed.table.height + seen.feed.broken_rows.height
    counted = f"{name}: {records:,} record{'' if records == 1 else 's'}"
    if not seen.columns:
        return f"{counted}, and no column is known: say on the columns page which column is which."
    known = ", ".join(employee.BY_NAME[field].label for field in seen.columns)
    if "source_id" not in seen.columns:
        return (
            f"{counted}. Known: {known}. No column is known as the payroll ID: choose it on the columns page."
        )
    return f"{counted}. Known: {known}."


def activate(integration: Integration, *, actor: Actor) -> None:
    """From now on it runs by itself every day. Client Success alone, and only after an approved first sync."""
    if not actor.approves_first_sync(integration.organization):
        raise NotAllowed("Only Client Success can activate the daily sync.")
    integration.refresh_from_db(fields=["state"])
    if integration.state == IntegrationState.ACTIVE:
        return
    if not integration.first_sync_done:
        raise Refused(
            "The first sync has not been approved yet. Preview it, look at it and approve it; then activate."
        )
    if integration.state in (IntegrationState.DISABLED, IntegrationState.RETIRED):
        raise Refused(f"{integration} is {integration.get_state_display().lower()}. Test it first.")
    with transaction.atomic():
        source_trouble.forget(integration)
        integration.notice_log = integration.notice_log | {ACTIVE_SINCE: clock().isoformat()}
        integration.failing_since = None
        integration.save(update_fields=["notice_log", "failing_since"])
        _move(integration, IntegrationState.ACTIVE, "activated", actor)


def pause(integration: Integration, *, actor: Actor) -> None:
    """No scheduled runs until it is activated again."""
    if not actor.runs_syncs(integration.organization):
        raise NotAllowed("Only an admin or Client Success can pause the daily sync.")
    integration.refresh_from_db(fields=["state"])
    if integration.state not in (
        IntegrationState.ACTIVE,
        IntegrationState.QUARANTINED,
        IntegrationState.PAUSED,
    ):
        raise Refused(
            f"{integration} is {integration.get_state_display().lower()}, so there is nothing to pause."
        )
    _move(integration, IntegrationState.PAUSED, "paused", actor)


def switch_off(integration: Integration, *, actor: Actor) -> None:
    """The source was silent too long: nobody asks it any more until somebody tests and activates it (SPEC §4)."""
    with transaction.atomic():
        _move(integration, IntegrationState.DISABLED, "switched_off", actor)
        source_trouble.switched_off(integration)


def watched_since(integration: Integration) -> datetime | None:
    """From when a run is missed: its last success, or its activation where that is newer."""
    activated = integration.notice_log.get(ACTIVE_SINCE)
    marks = [integration.last_success_at, datetime.fromisoformat(activated) if activated else None]
    return max((mark for mark in marks if mark is not None), default=None)


def mapping_from_toml(text: str) -> Mapping:
    """A mapping file. Raises Refused with the place and the reason."""
    try:
        return Mapping(**tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"The mapping file is not TOML: {error}.") from error
    except ValidationError as error:
        raise Refused(sentences(error)) from error


def mapping_to_toml(mapping: Mapping) -> str:
    """The mapping as a file that `mapping_from_toml` reads back, without what equals the defaults."""
    return tomli_w.dumps(mapping.model_dump(mode="json", exclude_defaults=True, exclude_none=True))


def sentences(error: ValidationError) -> str:
    """Pydantic's findings as one sentence each, without the values."""
    return " ".join(
        f"{'.'.join(str(p) for p in item['loc']) or 'Setting'}: {item['msg']}." for item in error.errors()
    )


def _must_set_up(actor: Actor, organization: Organization) -> None:
    if not actor.runs_syncs(organization):
        raise NotAllowed("Only an admin or Client Success can change an integration.")


def _move(integration: Integration, state: str, verb: str, actor: Actor) -> None:
    with transaction.atomic():
        changes = [{"field": "state", "old": integration.state, "new": state}]
        integration.state = state
        integration.save(update_fields=["state"])
        audit.record(actor, integration.organization, verb, ("integration", integration.pk), changes=changes)


def _keep_version(integration: Integration, actor: Actor) -> None:
    MappingVersion.objects.create(
        integration=integration, version=integration.mapping_version, mapping=integration.mapping, by=actor.by
    )
