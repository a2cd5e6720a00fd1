"""People decide: questions and answers, issues, merges, undo, overrides; and what a run did, explained and replayed.

Stands above `run`: a decision may ask for a run, a run never asks for a decision.
"""
