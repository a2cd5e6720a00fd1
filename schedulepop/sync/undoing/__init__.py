"""Parts of `undo`: what a run did, what of it can be put back, and how it is written."""
