"""The start page: how fresh the list is, and what waits for whoever looks. Nothing imports it."""
