"""How the installation is: ready or not, and its figures over all organizations (ADR 0020).

The database answers with counts and ages, through functions that the web's role may call, too: no row and no name of
anybody comes in here. The doors (`/readyz`, `/metrics`, `schedulepop status`) come in; rooms, runs and letters do not.
"""
