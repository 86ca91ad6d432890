"""The guard of tests/conftest.py: a forgotten stub must fail its test instead of writing to somebody's real shop."""

from __future__ import annotations

import socket

import httpx
import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "shop.example", "[2001:db8::1]"])
def test_no_test_reaches_a_shop_on_the_internet(host: str, reached_outside: list[str]) -> None:
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{host}/")
    assert reached_outside == [host.strip("[]")]
    reached_outside.clear()


@pytest.mark.anyio
async def test_nor_does_a_task_whose_engine_takes_the_failure_for_a_bad_day(reached_outside: list[str]) -> None:
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("http://192.0.2.1/")
    assert reached_outside == ["192.0.2.1"]
    reached_outside.clear()


def test_a_shop_whose_name_is_mistyped_is_simply_not_found() -> None:
    with pytest.raises(httpx.ConnectError):
        httpx.get("http://shop.invalid/")


def test_a_server_on_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = ("localhost", server.getsockname()[1])
        socket.create_connection(address, timeout=5).close()
