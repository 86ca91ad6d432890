"""A scanner at the real program: the bursts of a pseudo-terminal, and nobody who looks at the screen."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Thread

import pexpect
import pytest

from connectors.sandbox.decider import tracking_code
from engine.orders import Fulfilment, Payment
from tests.console.builder import StoreFile
from tests.console.test_terminal import start

PARCELS = 100
CLOSED_S_MAX = 60


@pytest.mark.long
def test_a_hundred_parcels_at_full_pace_get_each_its_own_code(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    """Some codes are cut off, some come twice; what was unreadable is scanned again from the order on."""
    chance = Random(5)
    codes = {f"{300_000 + parcel:09}": tracking_code(parcel) for parcel in range(PARCELS)}
    for number in codes:
        store.order(number, payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    store.db.execute("UPDATE sales_order SET erp_number = '9' || id")
    child = start(tmp_path)
    child.expect("nesta janela")
    child.send("5")
    child.expect("Leia o pedido")
    reading = Thread(target=_take_all, args=(child,))  # a terminal takes what is painted
    reading.start()
    for number, code in codes.items():
        for _ in range(chance.choice((1, 1, 1, 2))):
            child.send(f"{number}\r")
        if chance.random() < 0.1:
            child.send(f"{code[: chance.randrange(3, 12)]}\r{number}\r")
        for _ in range(chance.choice((1, 1, 1, 2))):
            child.send(f"{code}\r")
        time.sleep(0.05)
    end = time.monotonic() + CLOSED_S_MAX
    closed: dict[str, str] = {}
    while time.monotonic() < end and len(closed) < PARCELS:
        time.sleep(0.2)
        closed = dict(map(tuple, store.db.execute("SELECT number, tracking FROM sales_order WHERE tracking <> ''")))
    child.kill(signal.SIGTERM)
    reading.join()
    child.close(force=True)
    assert closed == codes


def _take_all(child: pexpect.spawn) -> None:
    with suppress(pexpect.EOF):
        while True:
            with suppress(pexpect.TIMEOUT):
                child.read_nonblocking(65_536, timeout=1)
