"""People decide: questions and answers, issues, merges, undo, overrides; and what a run did, explained and replayed.

Each package names its door: `questions.answers`, `issues.open_issues`, `merge.merge`, `undo.undo`; beside them
`overrides`, `ask` and `at_once` (*Sync this person*), `explain`, `replay`, `as_of` (a person on any day),
`no_longer_expected`, whom a `short` hold names. Of all customers at once: `customers`, `list_status`, `night_outcomes`,
`morning_letter`.
What can be taken back is read from the journal (`run.journal`) and nowhere else.
Stands above `run`: a decision may ask for a run, a run never asks for a decision.
"""
