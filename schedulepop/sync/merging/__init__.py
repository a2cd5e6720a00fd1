"""Parts of `sync.merges`: rows before and after, what moves, what is said of it."""
