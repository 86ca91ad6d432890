"""The shop's base address, as people type it and as it is used."""

from __future__ import annotations

import re

_BASE = re.compile(r"https?://[^/?#@\s]+(/[^?#@\s]*)?")
_TAIL = re.compile(r"(/index\.php)?(/api(/(xmlrpc|v2_soap|soap|jsonrpc|rest))?)?/*$")
"""What is copied along from a browser or a manual. Whether the shop needs its front file is found out, not typed."""


def is_base(url: str) -> bool:
    """Whether it is http or https, and carries no user name, password, query or fragment."""
    return _BASE.fullmatch(url) is not None


def base_of(url: str) -> str:
    """The address below which /api or /index.php/api stands, without a last slash."""
    return _TAIL.sub("", url, count=1)
