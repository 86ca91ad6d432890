"""What both generations refuse, and how a refusal is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from engine.errors import Refused


class Absent(Refused):
    """The shop has no such thing, or no such route."""


@asynccontextmanager
async def refused_as(code: str, external_id: str) -> AsyncIterator[None]:
    """A refusal under the name of what was asked, so that the screen can say what did not happen."""
    try:
        yield
    except Absent:
        raise
    except Refused as refused:
        raise Refused(code, refused.detail, order=external_id, message=refused.params.get("message")) from refused
