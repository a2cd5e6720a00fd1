"""How far a set-up is: seven steps, each with its address, and the next one. It can be left and resumed anywhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.timezone import now

from schedulepop.connectors import get, offers
from schedulepop.sync.integrations import drop_addresses, secrets
from schedulepop.sync.models import Integration, IntegrationState, RunState
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import feeds, runs
from schedulepop.web.integrations.words import NEXT_WORDS, STEP_WORDS

CODES_SAVED = "codes_saved"  # in Integration.notice_log


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the set-up, for the stepper."""

    name: str
    word: str
    state: str  # done, here, later
    url: str  # nothing while it cannot be reached


@dataclass(frozen=True, slots=True)
class Progress:
    """`3 of 7`, and what comes next."""

    steps: tuple[Step, ...]
    number: int  # of the step that is next, from 1; the number of steps when all is done
    next_word: str
    next_url: str

    @property
    def of(self) -> int:
        return len(self.steps)

    @property
    def open(self) -> bool:
        return any(step.state != "done" for step in self.steps)


def progress(integration: Integration, saved: Mapping, here: str = "") -> Progress:
    """The set-up as it stands. `here`: the step of the page that shows it; else the next one."""
    done = _done(integration, saved)
    following = next((name for name in STEP_WORDS if not done[name]), "")
    urls = _addresses(integration, done)
    here = here or following
    order = list(STEP_WORDS)
    passed = order.index(here) if here in ("preview", "approve", "activate") else 0
    steps = tuple(
        Step(
            name,
            _word(integration, name),
            "here" if name == here else "done" if done[name] or at < passed else "later",
            urls[name] if name == following or done[name] else "",
        )
        for at, name in enumerate(order)
    )
    number = order.index(following) + 1 if following else len(order)
    return Progress(steps, number, NEXT_WORDS.get(following, ""), urls.get(following, ""))


def mark_codes(integration: Integration) -> None:
    """Somebody has said what the codes mean: nothing else tells it where all were known already."""
    integration.notice_log = integration.notice_log | {CODES_SAVED: now().isoformat()}
    integration.save(update_fields=["notice_log"])


def is_connected(integration: Integration) -> bool:
    """Whether everything is stored that its source asks for: all secrets are set, and there is a drop address."""
    return not secrets.missing(integration) and not (
        takes_drops(integration) and not has_address(integration)
    )


def takes_drops(integration: Integration) -> bool:
    """Whether payroll brings its files to a drop address."""
    return get(integration.connector).dropped


def has_address(integration: Integration) -> bool:
    """Whether there is one, and it was not revoked."""
    return drop_addresses.is_open(drop_addresses.of(integration))


def _done(integration: Integration, saved: Mapping) -> dict[str, bool]:
    previewed = integration.runs.filter(state__in=[RunState.PLANNED, RunState.APPLIED]).exists()
    return {
        "connection": is_connected(integration),
        "file": feeds.latest(integration) is not None,
        "columns": bool(saved.columns) or previewed,
        "codes": previewed or CODES_SAVED in integration.notice_log,
        "preview": previewed,
        "approve": integration.first_sync_done,
        "activate": integration.state == IntegrationState.ACTIVE,
    }


def _addresses(integration: Integration, done: dict[str, bool]) -> dict[str, str]:
    """Step → where it is done."""
    args = [integration.organization.slug, integration.slug]
    own = reverse("integration", args=args)
    asks = feeds.can_fetch(integration)
    waiting = next(
        (
            run
            for run in integration.runs.full().defer("plan").order_by("-number")[:5]
            if runs.is_waiting(run)
        ),
        None,
    )
    drops = reverse("integration-drop", args=args) if takes_drops(integration) else ""
    return {
        "connection": drops or (reverse("integration-connection", args=args) if asks else own),
        "file": drops or (reverse("integration-test", args=args) if asks else f"{own}#next"),
        "columns": reverse("integration-columns", args=args) if done["file"] else "",
        "codes": reverse("integration-codes", args=args) if done["file"] and done["columns"] else "",
        "preview": f"{own}#next",
        "approve": reverse("run", args=[waiting.pk]) if waiting else f"{own}#next",
        "activate": f"{own}#next",
    }


def _word(integration: Integration, name: str) -> str:
    return "Test" if name == "file" and offers.is_platform(get(integration.connector)) else STEP_WORDS[name]
