"""What kept a file from being read or written, in the operator's language: the system's own words are English."""

from __future__ import annotations

from console.language import N_, _
from console.safe_text import SafeText, safe

_WHY: tuple[tuple[type[OSError], str], ...] = (
    (FileNotFoundError, N_("there is no such file or folder")),
    (PermissionError, N_("this user may not")),
    (IsADirectoryError, N_("that is a folder")),
    (NotADirectoryError, N_("what stands before the name is no folder")),
)


def why(error: OSError) -> SafeText:
    """The reason without the path, which the sentence around it names."""
    known = next((text for kind, text in _WHY if isinstance(error, kind)), None)
    return _(known) if known else safe(error.strerror or error)
