"""Erasure of one person whose employments are over, on request (ADR 0025).

`request` says who may be erased, shows what goes and takes the request; `job` does it: `account` in one transaction,
then `copies` and `texts`, a row a transaction, so that it can be killed at any moment and goes on.
"""
