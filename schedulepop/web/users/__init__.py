"""The User List and one person: profile, edits, history, overrides, duplicates, adding somebody."""
