"""The start page: how fresh the list is, what waits for whoever looks, who comes and goes; who did what (`activity`).

It puts together what other rooms know. Nothing imports it."""
