"""Words for codes: what a reader is told of an issue, a hold, a change, a file that is refused. Inside, codes travel.

Pure rendering, code and parameters to sentence; the doors (pages, letters, command line) come in. Nothing here reads
a database or parses a sentence, and `sync.plan` never looks in: the plan knows no English.
"""
