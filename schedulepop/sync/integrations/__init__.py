"""The life of an integration: set up, tested, previewed, active; its mapping as TOML; pay switched off.

`lifecycle` is the door; `schedule` says when a run is due, `forget_pay` what goes with the pay switch.
"""
