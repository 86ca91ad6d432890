"""What every test shares: the event loop, folders for state, and a network that ends at this machine."""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

hypothesis_settings.register_profile("integra", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("integra")


def _is_this_machine(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _stay_on_this_machine(event: str, args: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        if not isinstance(address, tuple):  # a Unix socket, or a datagram on a connected one
            return
        host = address[0]
    else:
        return
    if not _is_this_machine(host):
        raise RuntimeError(f"a test tried to reach {host!r}: tests speak to this machine only")


# An audit hook sees every connection that Python opens, whatever library asked for it.
sys.addaudithook(_stay_on_this_machine)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The loop that Integra runs on."""
    return "asyncio"


@pytest.fixture
def state_folder(tmp_path: Path) -> Path:
    """An empty state folder, with the mode that the engine gives its own."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o2750)
    return folder
