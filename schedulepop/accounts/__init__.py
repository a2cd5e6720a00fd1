"""Organizations, users, sign-in, grants, links to set up an account, and the audit trail.

Who somebody is and what they may see (`access`) is decided here: every layer above comes in. Knows nothing of
locations, duties or feeds; what a person does at a location is `directory`.
"""
