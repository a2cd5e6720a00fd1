"""SCIM 2.0: a later door."""
