"""The life of an integration: set up, tested, previewed, active; its mapping as TOML; pay switched off."""
