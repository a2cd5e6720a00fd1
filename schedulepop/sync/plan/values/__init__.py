"""Values: how payroll writes days, names, money, phones, emails and IDs, and what each text means.

Leaves: a column of text goes in, typed values come out. Used by the steps that read a feed, and by pages that show
how a value would be read. Nothing here knows a record or a person.
"""
