"""A year of Maple Health on a fake clock, through the real product: 365 mornings, what went wrong in payroll on
purpose, and a judge who knows the truth.

`payroll` is the truth and its export · `happenings` what happens on which day · `bad_feeds` the five bad days ·
`staff` HR, Client Success and a manager at work · `judge` the promises, counted · `year` the days in a row ·
`picture` and `__main__` what a reader sees.
"""
