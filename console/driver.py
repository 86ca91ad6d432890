"""The terminal's driver: Textual's own, that survives a terminal set to Latin-1.

One byte that is no UTF-8 (PuTTY left on ISO-8859-1, a "ç") ends a stock Textual application within a fifth of a second.
"""

from __future__ import annotations

import codecs
from functools import partial
from typing import Any

from textual.drivers import linux_driver


def _forgiving(encoding: str) -> Any:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")


class TerminalDriver(linux_driver.LinuxDriver):
    """Reads keys with undecodable bytes replaced, and never asks for the mouse."""

    def run_input_thread(self) -> None:
        """Read keys; the module's decoder is looked up anew by each run."""
        vars(linux_driver)["getincrementaldecoder"] = _forgiving
        super().run_input_thread()
