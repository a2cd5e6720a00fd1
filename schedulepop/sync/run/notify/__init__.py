"""Notify: who hears of a run, and by which letter (SPEC §5 Notify).

The door is `notify`, after the commit; the letters themselves are `messages`.
"""

from schedulepop.sync.run.notify.step import deliver, send_waiting

__all__ = ["deliver", "send_waiting"]
