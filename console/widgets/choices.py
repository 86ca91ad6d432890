"""The piles that rows lie in, on one line with their counts; the chosen one stands out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from console.language import _
from console.safe_text import SafeText
from console.widgets.plain import Piece, Plain
from console.widths import cells


class Choices(Plain):
    """Where not all fit, those around the chosen one are shown."""

    DEFAULT_CSS = "Choices { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._names: Mapping[str, str] = {}
        self._counts: Mapping[str, int] = {}
        self._chosen = ""
        self._urgent: Collection[str] = ()
        self._counted_max: int | None = None

    def show_choices(
        self,
        names: Mapping[str, str],
        counts: Mapping[str, int],
        chosen: str,
        urgent: Collection[str] = (),
        counted_max: int | None = None,
    ) -> None:
        """Show these piles, by their names in the catalogue. A count above `counted_max` says that there are more."""
        self._names, self._counts, self._chosen, self._urgent = names, counts, chosen, urgent
        self._counted_max = counted_max
        self._draw()

    def on_resize(self) -> None:
        """More or fewer fit."""
        self._draw()

    def _draw(self) -> None:
        if not self._names:
            return
        piles = list(self._names)
        texts = [f" {_(self._names[pile])} {self._count(pile)} " for pile in piles]
        chosen, width = piles.index(self._chosen), self.size.width - 2
        first = 0
        while first < chosen and sum(map(cells, texts[first : chosen + 2])) > width:
            first += 1
        line = [Piece(SafeText("‹" if first else " "))]
        for pile, text in list(zip(piles, texts, strict=True))[first:]:
            tone = "chosen" if pile == self._chosen else "bad" if pile in self._urgent else ""
            line.append(Piece(SafeText(text), tone if tone or self._counts.get(pile) else "dim"))
        self.show_in_place(line)

    def _count(self, pile: str) -> str:
        count, most = self._counts.get(pile, 0), self._counted_max
        return f"{most}+" if most is not None and count > most else str(count)
