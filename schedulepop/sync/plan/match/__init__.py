"""Match: who is it? A situation, a person and perhaps a question per record (SPEC §5 Match).

The door is `match`. In come normalized records and the snapshot. What would change is not decided here: that is diff.
"""

from schedulepop.sync.plan.match.shared_emails import about_shared_emails
from schedulepop.sync.plan.match.step import match

__all__ = ["about_shared_emails", "match"]
