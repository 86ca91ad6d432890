"""The mark of the engine that runs here: the machine, the state folder, the store."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

from engine.model.engine_mark import EngineMark
from engine.runtime.lock import Held
from engine.store import store_id
from engine.store.database import Store

# machine-id(5): not to be shown, so only its hash leaves the machine, like the cards'.
# proc(5): another value after each start.
_MACHINE = Path("/etc/machine-id")
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NETWORK = Path("/sys/class/net")
_HOST_CHARACTERS_MAX = 60


async def engine_mark(store: Store, held: Held, new_id: Callable[[], str]) -> EngineMark:
    """Who we are, to be made anew by each run that holds the lock of its state folder."""
    return EngineMark(
        life=new_id(),
        store=await _store_id(store, new_id),
        machine=_hash_of(_MACHINE),
        cards=_hash(network_cards(_NETWORK)),
        boot=_hash_of(_BOOT),
        folder=_hash(held.file),
        host=re.sub(r"[^!-~]", "?", socket.gethostname())[:_HOST_CHARACTERS_MAX],
        pid=os.getpid(),
    )


def network_cards(network: Path) -> str:
    """The addresses of the cards below /sys/class/net, "" for none.

    sysfs-class-net(ABI): a card has a device, which bridges and tunnels have not; addr_assign_type 0 = its own address.
    """
    found = []
    for device in network.glob("*/device"):
        with contextlib.suppress(OSError, ValueError):
            if _text(device.parent / "addr_assign_type") == "0":
                found.append(_text(device.parent / "address"))
    return " ".join(sorted(found))


async def _store_id(store: Store, new_id: Callable[[], str]) -> str:
    known = await store.read(store_id.read)
    return await store.write(lambda db: store_id.keep(db, new_id())) if known is None else known


def _hash_of(file: Path) -> str:
    try:
        return _hash(_text(file))
    except (OSError, ValueError):
        return ""


def _text(file: Path) -> str:
    return file.read_text(encoding="ascii").strip()


def _hash(text: str) -> str:
    return hashlib.sha256(f"integra {text}".encode()).hexdigest()[:16] if text else ""
