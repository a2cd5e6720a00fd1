"""Who is this record? Questions of match, people's answers, and new IDs from a crosswalk file.

`answers` is the door; `crosswalk` the one for a whole file. Answers are kept here and applied by match, in the next
plan: nothing here changes the User List.
"""
