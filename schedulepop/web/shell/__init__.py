"""What every page stands in: navigation, the visit (who, where, which rights), refusals, uploads, charts, headers."""
