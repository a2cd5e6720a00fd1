"""Runs: the list, one run, its people, approval, release, undo."""
