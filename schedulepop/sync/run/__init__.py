"""A run: effects at both ends of the plan. Who asks for one, who drives it, what it writes, what it tells.

`runs` is the door: request, drive, approve, discard, release. In come integrations and people's decisions; nothing of
`review` and of the doors (web, command line) may be imported here.
"""
