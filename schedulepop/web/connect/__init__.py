"""Connecting payroll: platforms and ways to choose from, the form, the test, a sheet for payroll, a saved set-up, and
the address that payroll sends files to (`drop_door`, which nobody signs in to).

What the columns and codes of a connected payroll mean belongs to `integrations`.
"""
