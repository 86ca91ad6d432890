"""What every test shares: the event loop, folders for state, and a network that ends at this machine."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from tests.firebird_server import FirebirdServer, ServerMissing, make_sure_it_is_installed

REQUIRE_FIREBIRD_SERVER = "INTEGRA_REQUIRE_FIREBIRD_SERVER"
"""Set to 1 (as continuous integration does), a machine without a Firebird server fails the tests that need one."""

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


_outside: list[str] = []


def _stay_on_this_machine(event: str, args: tuple[object, ...]) -> None:
    """Behave as a machine whose network cable is out; names under .invalid may be asked for, anything else is noted."""
    if event == "socket.getaddrinfo":
        host = args[0].decode() if isinstance(args[0], bytes) else str(args[0])
        if _is_this_machine(args[0]):
            return
        if not host.endswith(".invalid"):
            _outside.append(host)
        raise socket.gaierror(socket.EAI_NONAME, f"{host!r}: tests know this machine only")
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        # What is no tuple is a Unix socket, or a datagram on a connected one.
        if isinstance(address, tuple) and not _is_this_machine(address[0]):
            _outside.append(str(address[0]))
            raise OSError(errno.ENETUNREACH, f"{address[0]!r}: tests reach this machine only")


# An audit hook sees every connection that Python opens, whatever library asked for it.
sys.addaudithook(_stay_on_this_machine)


@pytest.fixture(autouse=True)
def reached_outside() -> Iterator[list[str]]:
    """The hosts that the test tried to reach beyond this machine; one that is left here fails the test."""
    _outside.clear()
    yield _outside
    assert not _outside, "a test speaks to this machine only (for an unknown host, use a name under .invalid)"


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


@pytest.fixture(scope="session", autouse=True)
def _lock_files_of_our_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Runs at the same time, and the processes of one run, share nothing of the embedded Firebird."""
    os.environ["FIREBIRD_LOCK"] = str(tmp_path_factory.mktemp("firebird-lock"))


@pytest.fixture(scope="session")
def firebird_server() -> Iterator[FirebirdServer]:
    """A private Firebird 3.0 server for each process that runs tests; a test that kills it starts it again."""
    try:
        make_sure_it_is_installed()
        server = FirebirdServer()
    except ServerMissing as reason:
        if os.environ.get(REQUIRE_FIREBIRD_SERVER) == "1":
            pytest.fail(f"this run must have a Firebird server: {reason}", pytrace=False)
        pytest.skip(f"no Firebird server: {reason}")
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _server_for_the_next_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that failed between kill and restart must not fail the ones after it."""
    yield
    server = getattr(request.node, "funcargs", {}).get("firebird_server")
    if isinstance(server, FirebirdServer) and not server.running:
        server.restart()


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the tests last that could go on for ever; `make soak` and `make kill` hand this through."""
    parser.addoption("--soak-minutes", type=float, default=2.0, help="how long it works while it is measured")
    parser.addoption("--kills", type=int, default=10, help="how often the service is killed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for the server carries its marker, so that `-m "not firebird_server"` leaves out all of it."""
    for item in items:
        if "firebird_server" in getattr(item, "fixturenames", ()):
            item.add_marker("firebird_server")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Reports travel from process to process in UTF-8, which a hostile name that was logged may not have."""
    report = yield
    report.sections = [(name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections]
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say by name what did not run for want of a Firebird server: a green run must not hide it."""
    not_run = [report for report in terminalreporter.getreports("skipped") if "firebird_server" in report.keywords]
    if not not_run:
        return
    terminalreporter.section("NOT RUN: no Firebird server", yellow=True)
    for report in not_run:
        terminalreporter.line(report.nodeid)
    reason = not_run[0].longrepr
    terminalreporter.line(str(reason[2] if isinstance(reason, tuple) else reason))
