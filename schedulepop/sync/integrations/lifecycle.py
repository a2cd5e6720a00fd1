"""The life of an integration: add, map, test, activate, pause (SPEC §4)."""

from __future__ import annotations

import os
from collections.abc import Mapping as Dict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.timezone import now as clock
from pydantic import ValidationError

from schedulepop import employee
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.connectors import get, inside
from schedulepop.connectors.contract import Checked, File
from schedulepop.connectors.file import nothing_there
from schedulepop.directory.actions.places import edit_organization
from schedulepop.sync.errors import NeedsAdmin, NotAllowed, Refused, RetryLater
from schedulepop.sync.integrations import forget_pay, known_reports, limits, mapping_files
from schedulepop.sync.models import Integration, IntegrationState, MappingVersion
from schedulepop.sync.plan import file_profiles, trial
from schedulepop.sync.plan.frames.feed import FileProfile
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.run import feed_folders, feed_text, feeds, sources
from schedulepop.sync.run.notify import source_trouble
from schedulepop.wording import lists, refusals

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
    must_set_up(actor, organization)
    settings = fitting_config(connector, config)
    try:
        numbers = Policy(**(policy or {}))
    except ValidationError as error:
        raise Refused(mapping_files.sentences(error)) from error
    slug = slugify(name)
    if Integration.objects.filter(organization=organization, slug=slug).exists():
        raise Refused(f"{organization.name} already has an integration called {name}.")
    with transaction.atomic():
        reach(organization, settings.get("path", ""), actor)
        integration = Integration.objects.create(
            organization=organization,
            name=name,
            slug=slug,
            connector=connector,
            config=settings,
            mapping=(mapping or Mapping()).model_dump(mode="json"),
            policy=numbers.model_dump(mode="json", exclude_defaults=True),
        )
        _keep_version(integration, actor)
        audit.record(actor, organization, "added", ("integration", integration.pk))
    return integration


def fitting_config(connector: str, config: Dict[str, Any]) -> dict[str, Any]:
    """The settings as they are kept. Raises Refused, without values, when one does not fit or there is no such kind."""
    try:
        return get(connector).config(**config).model_dump(mode="json")
    except KeyError as error:
        raise Refused(str(error.args[0])) from error
    except ValidationError as error:
        raise Refused(mapping_files.sentences(error)) from error


def reach(organization: Organization, path: str, actor: Actor) -> None:
    """A file that is named has to be the organization's; what the operator names becomes so."""
    if not path:
        return
    feed_folders.make(organization)
    places = feed_folders.places(organization)
    try:
        inside.resolved(places, path)
    except inside.NotInsideError as error:
        if not (actor.is_operator and os.path.isabs(path)):
            raise Refused(nothing_there(path, places)) from error
        feed_folders.allow_file(organization, path, actor=actor)


def save_mapping(integration: Integration, mapping: Mapping, *, actor: Actor) -> None:
    """A new version of the mapping. The next run compares every record again."""
    must_set_up(actor, integration.organization)
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
    must_set_up(actor, integration.organization)
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


def test(integration: Integration, *, actor: Actor, watch: sources.Watch | None = None) -> Checked:
    """The Test button: asks the source. A draft that answers is `tested`, a disabled one `paused` and can go on."""
    must_set_up(actor, integration.organization)
    connector = get(integration.connector)
    try:
        with sources.opened(integration, watch=watch) as source:
            answer = connector.check(source)
            if answer.ok and answer.file is not None:
                answer = _read(integration, answer.file, feed_text.key_of(source))
    except (NeedsAdmin, RetryLater) as error:
        answer = Checked(False, refusals.of(error))
    if answer.ok and integration.state == IntegrationState.DRAFT:
        move_to(integration, IntegrationState.TESTED, "tested", actor)
    elif answer.ok and integration.state == IntegrationState.DISABLED:
        move_to(integration, IntegrationState.PAUSED, "tested", actor)
    return answer


def _read(integration: Integration, file: File, key: str) -> Checked:
    """What could be read of a source, not only that it is there."""
    mapping, policy = Mapping(**integration.mapping), feeds.policy_of(integration)
    try:
        columns = mapping.columns.values()
        text = feed_text.text_in(file.path, name=file.name, columns=columns, key=key)
        seen = trial.profile_file(text.data, name=file.name, mapping=mapping, pay=policy.pay)
    except NeedsAdmin as error:
        return Checked(False, refusals.of(error))
    whose = known_reports.said(file_profiles.proposal(seen.feed))
    return Checked(True, f"{read_sentence(file.name, seen)} {whose}".rstrip(), file)


def read_sentence(name: str, seen: FileProfile) -> str:
    """What is known of a file: its records, its columns, and what a sync cannot do without."""
    records = seen.feed.table.height + seen.feed.broken_rows.height
    counted = f"{name}: {lists.records(records)}"
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
    if integration.state == IntegrationState.RETIRED:
        raise Refused(f"{integration} is retired. Add an integration for the payroll that is used now.")
    if integration.state == IntegrationState.DISABLED:
        raise Refused(f"{integration} is switched off. Test it first.")
    with transaction.atomic():
        source_trouble.forget(integration)
        integration.notice_log = integration.notice_log | {ACTIVE_SINCE: clock().isoformat()}
        integration.failing_since = None
        integration.save(update_fields=["notice_log", "failing_since"])
        move_to(integration, IntegrationState.ACTIVE, "activated", actor)


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
    move_to(integration, IntegrationState.PAUSED, "paused", actor)


def switch_off(integration: Integration, *, actor: Actor) -> None:
    """The source was silent too long: nobody asks it any more until somebody tests and activates it (SPEC §4)."""
    with transaction.atomic():
        move_to(integration, IntegrationState.DISABLED, "switched_off", actor)
        source_trouble.switched_off(integration)


def watched_since(integration: Integration) -> datetime | None:
    """From when a run is missed: its last success, or its activation where that is newer."""
    marks = [integration.last_success_at, activated_at(integration)]
    return max((mark for mark in marks if mark is not None), default=None)


def activated_at(integration: Integration) -> datetime | None:
    """When it was activated last."""
    noted = integration.notice_log.get(ACTIVE_SINCE)
    return datetime.fromisoformat(noted) if noted else None


def must_set_up(actor: Actor, organization: Organization) -> None:
    """Raises NotAllowed unless this actor sets up integrations here."""
    if not actor.runs_syncs(organization):
        raise NotAllowed("Only an admin or Client Success can change an integration.")


def move_to(integration: Integration, state: str, verb: str, actor: Actor) -> None:
    """The state from now on, and who brought it there, as one."""
    with transaction.atomic():
        changes = [{"field": "state", "old": integration.state, "new": state}]
        integration.state = state
        integration.save(update_fields=["state"])
        audit.record(actor, integration.organization, verb, ("integration", integration.pk), changes=changes)


def _keep_version(integration: Integration, actor: Actor) -> None:
    MappingVersion.objects.create(
        integration=integration, version=integration.mapping_version, mapping=integration.mapping, by=actor.by
    )
