"""Locations, duties, zones and memberships: the User List itself.

`reads` fetches and authorizes in one call, `actions` are single writes as verbs, `bulk` the same writes for a whole
plan. Knows nothing of feeds or runs: `sync` comes in here, never the other way round.
"""
