"""User Sync: the User List kept equal to payroll. The map: seven steps, three wings.

    read → normalize → match → diff → guard      `plan/`: pure; the same input gives the same plan
      → apply → notify                           `run/`: effects; who asks, who drives, what is written and told

`plan/`          what a feed would change, and what looks wrong. `plan/pipeline.py` calls the steps; one package a step
`run/`           a run from its request to its letters: `runs` is the door, `snapshot`, `apply` and `notify` its steps;
                 `at_once/`: some people, between two nights
`review/`        people decide: questions, issues, merges, undo, overrides; a run explained and replayed; all customers
`whereis/`       one person, one sentence, one next step
`integrations/`  the life of an integration, its mapping, when it runs; files sent to a drop address
`cms/`           the employee section and ID changes for CMS
`models/`, `sql/`, `errors.py`  tables, statements, errors by their consequence

Imports run downward only: review, whereis → integrations, cms → run → models → plan → errors (`.importlinter`).
"""
