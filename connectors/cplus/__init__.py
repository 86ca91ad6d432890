"""C-Plus, the ERP, in its Firebird database: reading, writing orders and customers, reserving.

The tables are C-Plus's own and stay as they are: nothing here creates or alters one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.cplus import settings
from engine.ports import Connector, Erp, Surroundings
from engine.survey import Report

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


connector = Connector(kind="cplus", port="erp", check=settings.check, open=_open, survey=_survey)
