"""The line that a barcode scanner types into."""

from __future__ import annotations

from textual.events import Key
from textual.message import Message

from console.widgets.plain import Field


class ScanLine(Field):
    """Free for the next code the moment Enter is pressed: a scanner, or a slow line, does not wait for a message."""

    class Read(Message):
        """A text was read to its end."""

        def __init__(self, line: ScanLine, text: str) -> None:
            super().__init__()
            self.line = line
            self.text = text

    async def _on_key(self, event: Key) -> None:
        """As a binding, Enter would come after whatever was typed since: it goes up to the screen and back."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            text = self.value
            self.clear()
            self.post_message(self.Read(self, text))
