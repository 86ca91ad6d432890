"""Who somebody is to the engine, and what he may: from his login, the settings, and whom he signed in as.

The engine's own Unix user and root are its owner whatever the settings say: the files are theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.runtime.commands import DISABLED, OPERATOR, OWNER, VIEWER
from engine.settings import OperatorSettings


@dataclass(frozen=True, slots=True)
class Standing:
    """`people` may sign in with a PIN on this login, which several share; until one does, he looks and nothing more."""

    who: str
    role: str
    people: tuple[str, ...] = ()


def standing(
    login: str, operators: Mapping[str, OperatorSettings], *, masters: bool = False, signed_in: str = ""
) -> Standing:
    """`masters`: it is the engine's own user or root. A login that nobody named may decide: its group let it in."""
    if masters:
        return Standing(login, OWNER)
    people = tuple(sorted(name for name, one in operators.items() if one.shared_login == login and one.enabled))
    if signed_in in people:
        return Standing(signed_in, operators[signed_in].role, people)
    if people:
        return Standing(login, VIEWER, people)
    own = operators.get(login)
    if own is None:
        return Standing(login, OPERATOR)
    return Standing(login, own.role if own.enabled else DISABLED)


def owners(operators: Mapping[str, OperatorSettings]) -> frozenset[str]:
    """Those who may change settings, by their names."""
    return frozenset(name for name, one in operators.items() if one.enabled and one.role == OWNER)
