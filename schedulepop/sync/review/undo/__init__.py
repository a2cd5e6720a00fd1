"""What a run did is taken back, for all or for one person (SPEC §5 Undo). `undo` is the door."""
