"""Runs: the list, one run and its people, approval, release, undo; and how fresh the list is (`night_line`).

Every page of a run reads it through `visible_run`, so that no view can show a manager another building's people.
"""
