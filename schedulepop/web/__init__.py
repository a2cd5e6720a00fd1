"""The pages, in rooms by what their user does; `shell` is what every page stands in.

A page reads through `directory.reads` and `sync`, writes through actions, and decides nothing by itself: who may open
it stands above its view (`shell.access.role_required`), whose rows it shows is asked of the reads. Rooms import `shell`
and one another only downward: home → users, issues, runs; account → users → whereis, runs; organization, connect →
integrations → runs; issues → runs. Sentences made in Python lie in a room's `words`. Templates lie in
`templates/web/<room>/`: a page's bears the name of what it shows, a fragment begins with `_`.
"""
