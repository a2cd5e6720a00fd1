"""Runs: the list, one run and its people, approval as a whole or in parts, undo; a run at once, watched live
(`at_once`); and how fresh the list is (`night_line`).

Every page of a run reads it through `visible_run`, so that no view can show a manager another building's people.
"""
