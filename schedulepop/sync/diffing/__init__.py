"""Parts of `diff`: the state after a change, its fields in words, and people no record carries."""
