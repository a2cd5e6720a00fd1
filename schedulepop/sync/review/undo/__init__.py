"""What a run did is taken back, for all or for one person (SPEC §5 Undo). `undo` is the door.

What was so comes from `run.journal` and from nowhere else; what stays out afterwards is a pin. It drives nothing
itself.
"""
