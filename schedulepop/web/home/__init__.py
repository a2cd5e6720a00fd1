"""The first page: how fresh the list is, and what waits for whoever looks."""
