"""Setting up and changing an integration: file, columns, codes, limits, settings, crosswalk, a mapping tried first.

For admins and Client Success. What a run did with it belongs to `runs`.
"""
