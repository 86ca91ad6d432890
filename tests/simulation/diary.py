"""What happens in a run, line by line."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

TOLD_LAST = 60


@dataclass
class Diary:
    """What happened, for a person, and a digest of every step of it."""

    when: Callable[[], str]
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=TOLD_LAST))
    kills: int = 0

    def __post_init__(self) -> None:
        self._digest = hashlib.sha256()

    def note(self, text: str) -> None:
        line = f"{self.when()}  {text}"
        self._digest.update(line.encode())
        self.lines.append(line)
        self.kills += text.startswith("killed")

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()
