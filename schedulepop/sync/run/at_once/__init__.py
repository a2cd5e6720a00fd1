"""Runs at once: some people, between two nights, through the same plan and guard (SPEC §4 At once, ADR 0023).

Asked for in `at_once_requests`. Here `planning` makes the plan, `earlier_changes` says what such runs have done since
the last full one, `open_holds` what a full run that waits goes on holding.
"""
