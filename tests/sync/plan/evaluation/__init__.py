"""How well match tells people apart: a generated set of pairs whose truth is known."""
