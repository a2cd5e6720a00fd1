"""SchedulePop User Sync: the User List of a scheduling product kept equal to payroll.

    cli   web                      doors: they ask, show and refuse; no rules of their own
    jobs   health                  when things run · how the installation is
    sync                           User Sync: plan, run, review, whereis (its `__init__` is the map)
    connectors   directory         payroll platforms · locations, duties, zones, memberships
    messages                       letters and the outbox
    accounts                       organizations, users, sign-in, grants, audit
    employee   cms                 every field of an employee record, once · CMS's code lists
    lib                            text and SQL files; knows nothing of the product

A package may import what stands below it, never above (`.importlinter`). `postgres/` is the embedded server.
"""
