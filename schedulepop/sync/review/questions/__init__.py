"""Who is this record? Questions of match, people's answers, and new IDs from a crosswalk file.

`answers` is the door; `crosswalk` the one for a whole file.
"""
