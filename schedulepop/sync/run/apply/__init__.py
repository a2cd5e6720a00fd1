"""Apply: a plan written into the User List, links, history, audit and outbox, in one transaction (SPEC §5 Apply).

The door is `apply`. It decides nothing: what is held or planned was said by the plan.
"""

from schedulepop.sync.run.apply.issues import Compared
from schedulepop.sync.run.apply.step import Applied, apply

__all__ = ["Applied", "Compared", "apply"]
