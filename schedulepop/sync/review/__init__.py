"""People decide: questions and answers, issues, merges, undo, overrides; and what a run did, explained and replayed.

Each package names its door: `questions.answers`, `issues.open_issues`, `merge.merge`, `undo.undo`; beside them
`overrides`, `explain` and `replay`. What can be taken back is read from the journal (`run.journal`) and nowhere else.
Stands above `run`: a decision may ask for a run, a run never asks for a decision.
"""
