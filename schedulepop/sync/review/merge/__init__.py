"""Two users of one person become one, and can be taken apart again. `merge` is the door for people, `parts` for duties
and zones; `duplicates` says who may be the same. What it wrote over lies in `run.journal`, and a plan never comes in: a
merge is a person's decision.
"""
