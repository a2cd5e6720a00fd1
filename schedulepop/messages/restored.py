"""Letters after a restore: what waited when the backup was made may have gone out since."""

from __future__ import annotations

from django.db.models import Q

from schedulepop.messages.models import Message

SAID = "It is not known whether this was delivered: the database was restored from a backup that was made before."


def forget_waiting() -> int:
    """At most once, ever: letters that could have gone out become `unknown`. Returns how many.

    One that waits for an address surely did not go out with the old one, and goes on waiting. To be called in the
    transaction that audits the restore.
    """
    waits = Message.objects.filter(
        Q(kind="moved_address") | ~Q(user__email=""), state__in=[Message.State.QUEUED, Message.State.SENDING]
    )
    return Message.objects.filter(pk__in=waits.values("pk")).update(state=Message.State.UNKNOWN, error=SAID)
