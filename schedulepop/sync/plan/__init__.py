"""The plan: the same feed, snapshot, mapping and policy give the same changes, for ever.

Pure: no Django, no database driver, no clock, no network, nothing of `run` or `review`. One package per step, each
with one door named as the step; `pipeline` calls them one after the other. `frames` are the shapes between them.
A step imports frames, policy, codes and the small leaves beside the steps, never another step.
"""
