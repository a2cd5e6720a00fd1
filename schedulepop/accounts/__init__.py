"""Organizations, users, sign-in, grants, links to set up an account, and the audit trail.

Who somebody is and what they may see (`access`) is decided here. Knows nothing of locations, duties or feeds.
"""
