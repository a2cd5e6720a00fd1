"""The HTTP API for schedulers: a later door."""
