"""A login that the Firebird server refuses is tried ever more rarely, by all connections together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from firebird.driver import Connection
from firebird.driver.types import DatabaseError

from connectors.cplus.base.logins import Logins
from engine.errors import Misconfigured
from tests.contract.cplus_store import HandClock

LOGIN, NETWORK = 335544472, 335544721


def refused(code: int) -> DatabaseError:
    error = DatabaseError("no")
    error.gds_codes = (code,)
    return error


class Server:
    """What answers, and when it was asked (seconds)."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.logins = Logins(self.clock)
        self.tried_at: list[float] = []
        self.answer: DatabaseError | None = refused(LOGIN)
        self._began = self.clock.now()

    def connect(self) -> Connection:
        self.tried_at.append((self.clock.now() - self._began) / timedelta(seconds=1))
        if self.answer is not None:
            raise self.answer
        return object()

    def poll(self, seconds: int) -> None:
        for _ in range(seconds // 10):
            with pytest.raises(Misconfigured, match="erp-login-refused"):
                self.logins.attempt(self.connect)
            self.clock.advance(10)


def test_the_waits_grow_to_ten_minutes() -> None:
    server = Server()
    server.poll(2800)
    assert server.tried_at == [0, 30, 90, 210, 450, 930, 1530, 2130, 2730]


def test_one_accepted_login_ends_the_waiting() -> None:
    server = Server()
    server.poll(40)
    server.answer = None
    server.clock.advance(60)
    for _ in range(3):
        server.logins.attempt(server.connect)
    server.answer = refused(LOGIN)
    server.poll(40)
    assert server.tried_at == [0, 30, 100, 100, 100, 100, 130]


def test_a_server_out_of_reach_is_no_refusal() -> None:
    server = Server()
    server.answer = refused(NETWORK)
    for _ in range(3):
        with pytest.raises(DatabaseError):
            server.logins.attempt(server.connect)
    assert len(server.tried_at) == 3


def test_a_clock_that_is_set_back_holds_nobody_up() -> None:
    server = Server()
    server.poll(10)
    server.answer = None
    server.clock.advance(-3600)
    server.logins.attempt(server.connect)
