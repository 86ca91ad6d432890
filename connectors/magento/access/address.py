"""The shop's base address, as people type it and as it has to be."""

from __future__ import annotations

import re

_BASE = re.compile(r"https?://[^/?#@\s]+(/[^?#@\s]*)?")
_ORIGIN = re.compile(r"https?://[^/?#@\s]+")
_TAIL = re.compile(r"(/index\.php)?(/rest(/[A-Za-z0-9_]+)?(/V1)?)?/*$")
"""What is copied along from a browser or a manual: the front file, /rest, a store code, the version of the API."""


def is_base(url: str) -> bool:
    """Whether it is http or https, and carries no user name, password, query or fragment."""
    return _BASE.fullmatch(url) is not None


def is_origin(url: str) -> bool:
    """Scheme, host and port, nothing else."""
    return _ORIGIN.fullmatch(url) is not None


def base_of(url: str) -> str:
    """The address below which /rest stands: without /index.php, /rest and what follows it, without a last slash."""
    return _TAIL.sub("", url, count=1)
