"""What a connector is tested with: a stub that speaks a platform's dialect, faults for it, and laws to inherit.

Nothing of the product imports it. Come in: `Stub`, `Asked`, `Reply`, `Fault`, `Laws`, `FormLaws` (for connectors that
give files); `recorded` reads a recording.
"""

from __future__ import annotations

from schedulepop.connectors.testing.faults import Fault, Reply
from schedulepop.connectors.testing.form_laws import FormLaws
from schedulepop.connectors.testing.laws import Laws
from schedulepop.connectors.testing.running import recorded
from schedulepop.connectors.testing.stub import Asked, Stub

__all__ = ["Asked", "Fault", "FormLaws", "Laws", "Reply", "Stub", "recorded"]
