"""What needs a person: open issues as readers see them, and unmapped codes mapped where their issue stands.

`open_issues` reads, `unmapped_codes` maps and plans again.
"""
