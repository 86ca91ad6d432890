"""The card of keys for the documentation: `python -m tests.console.keys pt_BR > FILE.md`."""

from __future__ import annotations

import sys

from console import language
from console.actions import keys_page

if __name__ == "__main__":
    language.use(sys.argv[1] if len(sys.argv) > 1 else language.DEFAULT_LANGUAGE)
    print(keys_page(), end="")
