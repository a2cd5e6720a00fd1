"""What needs a person: issues by who can fix them, a code mapped where it stands, questions about who somebody is.

Codes and their texts are `sync.plan.issue_codes` and `wording.issues`; here is only who sees which, and may do what.
A run's own page belongs to `runs`.
"""
