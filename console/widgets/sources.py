"""What stands behind a list: rows that are all here, or pages of rows that are fetched as they are seen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar

from console.safe_text import SafeText

PAGE_ROWS = 128
PAGES_KEPT = 24


class Cell(NamedTuple):
    """One cell; `tone` is one of the list's component classes: dim, good, warn, bad, strong."""

    text: SafeText
    tone: str = ""


Row = Sequence[Cell]


class Source(Protocol):
    """The rows behind a list."""

    def __len__(self) -> int: ...

    def key(self, index: int) -> Hashable:
        """What the row is about; marks and the cursor stay with it."""

    def row(self, index: int) -> Row | None:
        """The row's cells, None while they are being fetched."""

    def index_of(self, key: Hashable) -> int | None:
        """Where that row is now."""


@dataclass(frozen=True)
class Memory:
    """Rows that are all here: (key, cells)."""

    rows: Sequence[tuple[Hashable, Row]] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def key(self, index: int) -> Hashable:
        """The key of a row."""
        return self.rows[index][0]

    def row(self, index: int) -> Row | None:
        """The cells of a row."""
        return self.rows[index][1]

    def index_of(self, key: Hashable) -> int | None:
        """Where that row is."""
        return next((index for index, (other, _) in enumerate(self.rows) if other == key), None)

    def differing(self, before: Source) -> list[int] | None:
        """The rows that are not as before; None where they are about other things, or in another order."""
        if not isinstance(before, Memory) or [key for key, _ in before.rows] != [key for key, _ in self.rows]:
            return None
        pairs = zip(before.rows, self.rows, strict=True)
        return [index for index, ((_, was), (_, row)) in enumerate(pairs) if was != row]


K = TypeVar("K", bound=Hashable)
R = TypeVar("R")


@dataclass
class Pages(Generic[K, R]):
    """Rows of which only the keys are here; what is seen, and one page to either side, is fetched.

    `fetch` is asked once for each page of keys and answers later through `supply`.
    """

    ids: Sequence[K]
    fetch: Callable[[list[K]], None]
    draw: Callable[[R], Row]
    _found: dict[K, R] = field(default_factory=dict)
    _asked: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.ids)

    def key(self, index: int) -> K:
        """The key of a row."""
        return self.ids[index]

    def row(self, index: int) -> Row | None:
        """The cells of a row; asks for its page, and the neighbours', where they are not here."""
        page = index // PAGE_ROWS
        for wanted in (page, page + 1, page - 1):
            if wanted not in self._asked and 0 <= wanted * PAGE_ROWS < len(self.ids):
                self._asked.add(wanted)
                self.fetch(list(self.ids[wanted * PAGE_ROWS : (wanted + 1) * PAGE_ROWS]))
        found = self._found.get(self.ids[index])
        return None if found is None else self.draw(found)

    def index_of(self, key: Hashable) -> int | None:
        """Where that row is now."""
        try:
            return self.ids.index(key)
        except ValueError:
            return None

    def value(self, key: K) -> R | None:
        """What was fetched under this key."""
        return self._found.get(key)

    def supply(self, rows: Mapping[K, R]) -> None:
        """Here is what was asked for."""
        if len(self._found) > PAGES_KEPT * PAGE_ROWS:
            self._found.clear()
            self._asked = {index // PAGE_ROWS for index in (self.index_of(key) for key in rows) if index is not None}
        self._found.update(rows)
