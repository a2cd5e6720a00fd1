"""The pages, in rooms by what their user does; `shell` is what every page stands in.

A page reads through `directory.reads` and `sync`, writes through actions, and decides nothing by itself. Rooms import
`shell` and one another only downward. Templates lie in `templates/web/` in the same order.
"""
