"""The User List and one person: profile, edits, history, overrides, a past day, duplicates, adding and inviting people.

A person is reached through `shell.people` or `profile.subject`, which answer 404 for whoever does not look after them.
"""
