"""Finding connectors by kind among the installed ones, and opening the ports that the settings name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from engine.errors import Misconfigured, Refused
from engine.ports import Connector, Erp, SalesChannel, Surroundings
from engine.settings import SecretSource, Settings

GROUP = "integra.connectors"

Find = Callable[[str], Connector | None]
"""kind -> the connector of that kind"""


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside world, opened: the ERP, and each account's channel by the account's id."""

    erp: Erp
    channels: Mapping[str, SalesChannel]

    async def close(self) -> None:
        """Let go of all of them."""
        for channel in self.channels.values():
            await channel.close()
        await self.erp.close()


def installed(kind: str) -> Connector | None:
    """The connector that an installed package offers under this kind.

    Raises Misconfigured("connector-broken") when it is there and cannot be loaded.
    """
    for entry in entry_points(group=GROUP, name=kind):
        try:
            found = entry.load()
        except Exception as error:
            raise Misconfigured("connector-broken", str(error), kind=kind, entry=entry.value) from error
        if not isinstance(found, Connector):
            raise Misconfigured("connector-broken", "not a Connector", kind=kind, entry=entry.value)
        return found
    return None


def channel_kinds() -> list[str]:
    """The kinds of shop that an installed package offers; one that cannot be loaded is left out."""
    found = []
    for entry in entry_points(group=GROUP):
        with suppress(Misconfigured):
            connector = installed(entry.name)
            if connector is not None and connector.port == "channel":
                found.append(entry.name)
    return sorted(found)


def open_ports(
    settings: Settings, file: Path, secrets: SecretSource, surroundings: Surroundings, find: Find = installed
) -> Ports:
    """Open what the settings name; nothing outside is spoken to yet.

    Raises Misconfigured("settings") naming file, key and what is expected, before any port is opened.
    """
    wanted = [("erp", "erp", "erp", settings.erp.kind, settings.erp.options)]
    wanted += [
        (account.id, f"account[{index}]", "channel", account.kind, account.options)
        for index, account in enumerate(settings.account)
    ]
    openers: dict[str, Callable[[], Any]] = {}
    for owner, key, port, kind, options in wanted:
        connector = _checked(find, file, key, port, kind, options)
        openers[f"{port}:{owner}"] = partial(connector.open, options, partial(secrets, owner), surroundings)
    return Ports(
        erp=openers["erp:erp"](),
        channels={account.id: openers[f"channel:{account.id}"]() for account in settings.account},
    )


def open_erp_tool(
    name: str,
    settings: Settings,
    file: Path,
    secrets: SecretSource,
    surroundings: Surroundings,
    find: Find = installed,
) -> Any:
    """A tool of the ERP's connector, opened with the options of [erp]; nothing outside is spoken to yet.

    Raises Misconfigured("settings") like `open_ports`, Refused("no-such-tool") where this connector has none so called.
    """
    kind, options = settings.erp.kind, settings.erp.options
    tool = _checked(find, file, "erp", "erp", kind, options).tools.get(name)
    if tool is None:
        raise Refused("no-such-tool", f"{kind} has no {name}", kind=kind, tool=name)
    return tool(options, partial(secrets, "erp"), surroundings)


def _checked(find: Find, file: Path, key: str, port: str, kind: str, options: Mapping[str, Any]) -> Connector:
    connector = find(kind)
    if connector is None or connector.port != port:
        expected = f"the kind of an installed {port}, not {kind!r}"
        raise Misconfigured("settings", file=str(file), key=f"{key}.kind", expected=expected)
    for option, expected in connector.check(options):
        raise Misconfigured("settings", file=str(file), key=f"{key}.options.{option}", expected=expected)
    return connector
