"""C-Plus, the ERP, in its Firebird database: reading, writing orders and customers, reserving.

The tables are C-Plus's own and stay as they are: nothing here creates or alters one. Only an owner who asks for it gets
a log and triggers of ours beside them (`triggers`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from connectors.cplus import settings
from engine.ports import Connector, Erp, Surroundings
from engine.survey import Report

if TYPE_CHECKING:
    from connectors.cplus.changes.triggers import Triggers
    from connectors.cplus.survey.watch import Watch

__all__ = ["connector"]


def _open(options: Mapping[str, Any], secrets: Callable[[str], str | None], surroundings: Surroundings) -> Erp:
    # Read only here: who merely lists connectors needs no Firebird client.
    from connectors.cplus.erp import CPlus  # noqa: PLC0415

    return CPlus(settings.parse(options), secrets("password") or "", surroundings)


async def _survey(
    options: Mapping[str, Any], secrets: Callable[[str], str | None], surroundings: Surroundings
) -> Report:
    from connectors.cplus.survey.run import survey  # noqa: PLC0415

    return await survey(options, secrets, surroundings)


def _watch(options: Mapping[str, Any], secrets: Callable[[str], str | None], surroundings: Surroundings) -> Watch:
    from connectors.cplus.survey.watch import Watch  # noqa: PLC0415

    return Watch(settings.parse(options), secrets("password") or "", surroundings)


def _triggers(options: Mapping[str, Any], secrets: Callable[[str], str | None], surroundings: Surroundings) -> Triggers:
    from connectors.cplus.changes.triggers import Triggers  # noqa: PLC0415

    return Triggers(settings.parse(options), secrets("password") or "", surroundings)


connector = Connector(
    kind="cplus",
    port="erp",
    check=settings.check,
    open=_open,
    tools={"watch": _watch, "triggers": _triggers},
    survey=_survey,
)
