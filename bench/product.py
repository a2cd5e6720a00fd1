"""The product through its real door: what the worker does each night, the first night with an approval."""

from __future__ import annotations

import time

from bench.ground import Ground


def sync(ground: Ground) -> dict[str, float]:
    """One sync: requested and driven; the first one is approved, with nobody welcomed, and activated.

    Everything the product does on the way counts: reading, the plan, keeping it, drawing it again for the
    approval, writing. Returns seconds per step as the run's row has them. Raises when a run did not apply.
    """
    from schedulepop.accounts.actors import Actor
    from schedulepop.sync.integrations import lifecycle
    from schedulepop.sync.models import Integration, RunState, Trigger
    from schedulepop.sync.run import runs

    actor = Actor.operator("bench")
    integration = Integration.objects.select_related("organization").get(pk=ground.integration)
    run = runs.drive(runs.request(integration, trigger=Trigger.MANUAL, actor=actor).pk)
    if run.state == RunState.PLANNED:
        run = runs.approve(run, plan_hash=run.plan_hash, actor=actor)
        lifecycle.activate(runs.reload(run).integration, actor=actor)
    if run.state != RunState.APPLIED:
        raise RuntimeError(f"{run} is {run.state}: {run.error or run.holds}")
    seconds: dict[str, float] = run.summary["seconds"]
    return seconds


def unchanged_ms(ground: Ground) -> float:
    """Milliseconds this process works to drive one requested run of an unchanged feed; the database's are its own."""
    from schedulepop.accounts.actors import Actor
    from schedulepop.sync.models import Integration, RunState, Trigger
    from schedulepop.sync.run import runs

    integration = Integration.objects.select_related("organization").get(pk=ground.integration)
    asked = runs.request(integration, trigger=Trigger.MANUAL, actor=Actor.operator("bench"))
    started = time.process_time()
    run = runs.drive(asked.pk)
    taken = time.process_time() - started
    if run.state != RunState.APPLIED or run.counts["unchanged"] != run.counts["read"]:
        raise RuntimeError(f"{run} is {run.state}: {run.counts}")
    return taken * 1_000
