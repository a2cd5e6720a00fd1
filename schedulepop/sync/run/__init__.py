"""A run: effects at both ends of the plan. Who asks for one, who drives it, what it writes, what it tells.

`runs` is the door: request, drive, approve, discard; `at_once_requests` the one for runs about some people,
`partial_decisions` the one for parts of a hold. `driver` is what happens, from `feeds` (or `fetching`, a job of its
own) to `outcome`; `lease`, `source_lease` and `heartbeat` are who may. In come integrations and people's decisions;
nothing of `review` and of the doors (web, command line) may be imported here.
"""
