"""What is said when the machine is in trouble rather than the command: one sentence, whatever it hit first."""

from __future__ import annotations

from schedulepop import postgres

SAFE = "What was saved is safe; what was being saved is rolled back."
DISK_FULL = f"The disk is full. {SAFE} Free some space on it, then run this again."
DATABASE_AWAY = f"The database does not answer (%s). {SAFE} Run this again when it answers."


def sentence(error: BaseException) -> str | None:
    """What to say of it; None when it is no trouble of the machine's but a bug."""
    match postgres.outage(error):
        case postgres.Outage.DISK_FULL:
            return DISK_FULL
        case _ if isinstance(error, postgres.ServerError):
            return str(error)
        case postgres.Outage.DATABASE_AWAY:
            return DATABASE_AWAY % (postgres.reason(error) or "no reason given")
    return None
