"""What is kept and for how long, whose data is taken out, and how much there is (ADR 0021).

`upkeep` drops what is past its time, in small transactions; `needed` says what has to stay all the same.

May import everything below the jobs; nothing below may import it. It decides nobody's status and plans nothing.
"""
