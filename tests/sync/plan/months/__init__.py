"""Random months of payroll life against a reference so simple that it can be believed (hypothesis state machine).

`payroll` is the truth and its export · `reference` what the User List should say of one employee · `lists` the same
nights on a list in memory and on PostgreSQL · `machine` the rules and what must hold after every night.
"""
