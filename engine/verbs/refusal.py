"""A command that is not done, and why."""

from __future__ import annotations

from engine.errors import Param
from engine.runtime.commands import Outcome


def refusal(code: str, **params: Param) -> Outcome:
    """Nothing is done; the sentence of the code is the console's."""
    return Outcome(error=(code, params))
