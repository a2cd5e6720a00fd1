"""The User List and one person: profile, edits, history, overrides, duplicates, adding somebody.

A person is reached through `shell.people` or `profile.subject`, which answer 404 for whoever does not look after them.
"""
