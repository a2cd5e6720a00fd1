"""Letters: the outbox that a transaction fills, the states of an email, the templates, the ways out.

Who is written to and why is decided above (`sync.run.notify`, `accounts`); here it is rendered, sent and recorded.
Whoever writes to somebody comes in by `outbox`; nothing here knows a run, a feed or a location.
"""
