"""What all rounds of killing showed together."""

from __future__ import annotations

import json
from dataclasses import dataclass, field


@dataclass
class Score:
    """What all rounds together showed. Only `kills` and `double_starts` may be more than nothing."""

    kills: int = 0
    paused: int = 0
    lost: int = 0
    doubled: int = 0
    torn_reads: int = 0
    max_resume_s: float = 0.0
    double_starts: int = 0
    restarts: int = 0
    seconds: float = 0.0
    steps: dict[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line of JSON."""
        names = (
            "kills",
            "lost",
            "doubled",
            "torn_reads",
            "max_resume_s",
            "double_starts",
            "restarts",
            "seconds",
        )
        return json.dumps(
            {
                name: round(value, 1) if isinstance(value := getattr(self, name), float) else value
                for name in names
            }
        )

    def blame(self, fault: str, where: str) -> None:
        """What a page says wrongly is lost."""
        if fault:
            self.lost += 1
            self.said.append(f"{where}: {fault}")

    @property
    def good(self) -> bool:
        """Whether nothing was lost, doubled or torn, and everything went on within a minute."""
        return not (self.lost or self.doubled or self.torn_reads) and self.max_resume_s < 60
