"""Setting up and changing an integration: columns, codes, limits, crosswalk, mapping changes."""
