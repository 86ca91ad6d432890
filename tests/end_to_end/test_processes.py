"""Integra as processes: the service, the command line, a console in a terminal, and how they share one engine."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from engine.runtime.lock import read_lock
from tests.end_to_end.programs import END_S_MAX, Place, Terminal, eventually
from tests.end_to_end.world import ACCOUNT, TOKEN, World
from tests.firebird_server import FirebirdServer

pytestmark = pytest.mark.firebird_server

ALL_DAY = 1_000_000
GONE = "000009991"
"""A product that the shop sells and C-Plus does not know."""
DONE, NEEDS_PERSON, WRONG_USAGE, UNREACHED = range(4)


@pytest.fixture
def place(world: World, tmp_path: Path) -> Place:
    return Place(world, tmp_path)


@pytest.fixture
def quiet(world: World, tmp_path: Path) -> Place:
    """Where nothing happens by the clock while a test lasts."""
    return Place(world, tmp_path, interval_s=3600)


def test_the_service_carries_an_order_through_with_nobody_at_a_screen(world: World, place: Place) -> None:
    sku = world.stocked(10)
    with place.service() as service:
        place.go_live()
        eventually(lambda: place.on_shelf(sku, 10), "the product is in the shop")
        number = world.buy({sku: 2}, payment="cartao")
        eventually(lambda: place.order(number).get("fulfilment") == "reserved", "the order is in C-Plus")
        assert world.on_hand_and_reserved(sku) == (10, 2)
        assert place.order(number)["queue"] == "decide"
        assert place.ask("approve", order=place.order(number)["id"]).ok
        eventually(lambda: world.shop_order(number)["total_due"] == 0, "the money is taken")

        status, seconds = service.terminate()
        assert status == DONE
        assert seconds < END_S_MAX
        assert {"at", "level", "logger", "message"} <= service.entries()[0].keys()
        assert [entry["message"] for entry in service.entries()][-1] == "stopped"
        assert TOKEN not in service.log()
        assert world.database.password not in service.log()
    assert read_lock(place.state).pid is None


def test_what_python_itself_would_print_is_a_line_of_the_log_too() -> None:
    program = """
import warnings
from console.verbs.engine_only import everything_into_the_log
from engine.runtime.log import to_stderr

class Driver:
    def __del__(self):
        raise AttributeError("no such thing")

to_stderr("info")
everything_into_the_log()
Driver()
warnings.warn("old")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    entries = [json.loads(line) for line in done.stderr.splitlines()]
    assert len(entries) == 2
    assert "AttributeError: no such thing" in entries[0]["error"]
    assert "old" in entries[1]["message"]


def test_a_service_killed_in_the_middle_goes_on_after_its_new_start_and_doubles_nothing(
    world: World, place: Place
) -> None:
    sku = world.stocked(10)
    with place.service("first") as first:
        place.go_live()
        eventually(lambda: place.on_shelf(sku, 10), "the product is in the shop")
        card = world.buy({sku: 2}, payment="cartao")
        eventually(lambda: place.order(card).get("queue") == "decide", "the order waits for a decision")
        world.shop.faults.delay("POST", "/invoice$", 0.5)
        assert place.ask("approve", order=place.order(card)["id"]).ok
        boleto = world.buy({sku: 1}, payment="boleto")
        eventually(lambda: not world.shop.faults.rules, "the shop was asked for the money")
        first.kill()
        assert read_lock(place.state).pid == first.pid, "a killed engine tidies nothing up"

        with place.service("second") as second:
            assert second.pid != first.pid
            eventually(lambda: place.order(card)["payment"] == "paid", "the capture is read back")
            eventually(lambda: place.order(boleto).get("fulfilment") == "reserved", "the other order is reserved")
            references = Counter(row["NUMPEDCLIENTE"].strip() for row in world.erp_orders())
            assert references == {f"LJ-{card}": 1, f"LJ-{boleto}": 1}
            assert world.on_hand_and_reserved(sku) == (10, 3)
            assert len(world.base("SELECT CODCLI FROM CLIENTE WHERE CPF = ?", world.buyer_document)) == 1
            assert len(world.shop.calls("POST", "V1/order/{id}/invoice")) == 1
            assert [mail.kind for mail in world.shop.mail if mail.order == card].count("invoice") == 1
            eventually(lambda: place.on_shelf(sku, 7), "the shop shows what is left")


def test_what_a_person_has_written_into_the_base_is_carried_on_though_nobody_else_works_there(
    world: World, place: Place
) -> None:
    sku = world.stocked(10)
    with place.service():
        place.go_live()
        eventually(lambda: place.on_shelf(sku, 10), "the product is in the shop")
        assert place.ask("flag_online", account=ACCOUNT, sku=sku, online=False).ok
        eventually(lambda: world.on_shelf(sku) is None, "it has left the storefront")
        assert place.ask("flag_online", account=ACCOUNT, sku=sku, online=True).ok
        eventually(lambda: place.on_shelf(sku, 10), "it is back")


@pytest.mark.long  # what fails is tried again after 5 s, then 10 s
def test_a_service_outlives_both_sides_and_heals_by_itself(
    world: World, place: Place, firebird_server: FirebirdServer
) -> None:
    sku = world.stocked(10)
    with place.service() as service:
        place.go_live()
        eventually(lambda: place.on_shelf(sku, 10), "the product is in the shop")
        world.close()
        firebird_server.kill()
        number = world.buy({sku: 2}, payment="cartao")
        eventually(lambda: place.order(number).get("queue") == "decide", "the order is taken in")
        world.shop.faults.refuse(".*", "/rest/", times=ALL_DAY)
        failing = "SELECT DISTINCT error_code FROM task WHERE failures > 0"
        eventually(lambda: len(place.rows(failing)) >= 2, "both sides are named")
        assert place.ask("approve", order=place.order(number)["id"]).ok, "a decision is taken all the same"
        told = json.loads(place.run("status", "--json").stdout)
        assert told["engine"] == {"running": True, "pid": service.pid}
        assert {problem["code"].partition("-")[0] for problem in told["problems"]} == {"erp", "channel"}
        firebird_server.restart()
        world.shop.faults.clear()
        eventually(lambda: place.order(number)["fulfilment"] == "reserved", "C-Plus has it", 60)
        eventually(lambda: world.shop_order(number)["total_due"] == 0, "the money is taken", 60)
        eventually(lambda: not place.rows("SELECT code FROM problem"), "nothing is wrong any more", 60)
        assert [row["NUMPEDCLIENTE"].strip() for row in world.erp_orders()] == [f"LJ-{number}"]


def test_a_single_sync_runs_to_rest_without_a_service_and_prints_what_it_did(world: World, place: Place) -> None:
    sku = world.stocked(10)
    observed = place.run("sync", "--once", "--json")
    assert observed.returncode == NEEDS_PERSON, observed.stderr
    assert json.loads(observed.stdout)["observing"] == [{"account": ACCOUNT, "reason": "new"}]
    assert world.on_shelf(sku) is None, "nothing is written before a person says so"
    approved = place.run("go-live", ACCOUNT, "--yes")
    assert approved.returncode == DONE, approved.stderr
    assert place.run("sync", "--once").returncode == DONE
    assert place.on_shelf(sku, 10)

    number = world.buy({sku: 3})
    done = place.run("sync", "--once", "--json")
    assert done.returncode == DONE, done.stderr
    report = json.loads(done.stdout)
    assert (report["at_rest"], report["todo"], report["stuck"]) == (True, {}, {})
    assert report["done"][f"{ACCOUNT}/orders"] >= 1
    assert report["done"][f"{ACCOUNT}/effects"] >= 1
    assert world.on_hand_and_reserved(sku) == (10, 3)
    assert place.order(number)["fulfilment"] == "reserved"
    assert read_lock(place.state).pid is None, "it lets go of the engine"


def test_a_single_sync_names_the_order_that_only_a_person_can_help_and_does_not_wait_for_him(
    world: World, quiet: Place
) -> None:
    sku = world.stocked(10)
    assert quiet.run("sync", "--once").returncode == NEEDS_PERSON, "it observes until somebody approves"
    assert quiet.run("go-live", ACCOUNT, "--yes").returncode == DONE
    assert quiet.run("sync", "--once").returncode == DONE
    world.sell_in_the_shop(GONE, 5)
    number, other = world.buy({GONE: 1}, payment="pix"), world.buy({sku: 1}, payment="pix")
    shown = quiet.run("sync", "--once", seconds=40)  # it was two minutes
    assert shown.returncode == NEEDS_PERSON, shown.stderr
    assert f"{number} ({ACCOUNT}): Unknown SKU in an order" in shown.stdout
    assert other not in shown.stdout
    assert quiet.order(other)["fulfilment"] == "reserved", "the rest goes on"

    world.create_product_like(sku, GONE)
    healed = quiet.run("sync", "--once", "--json", seconds=40)
    assert healed.returncode == DONE, "who has helped is not told to wait for the next try"
    assert json.loads(healed.stdout)["waiting"] == []
    assert quiet.order(number)["fulfilment"] == "short"


def test_a_single_sync_without_c_plus_is_3_and_says_so(
    world: World, quiet: Place, firebird_server: FirebirdServer
) -> None:
    world.close()
    firebird_server.kill()
    away = quiet.run("--language", "pt_BR", "sync", "--once")
    firebird_server.restart()
    assert away.returncode == UNREACHED, away.stdout
    assert re.search(r"loja estoque +: PARADA, C-Plus não responde", away.stdout), away.stdout


def test_a_single_sync_asks_the_service_that_runs(world: World, quiet: Place) -> None:
    sku = world.stocked(10)
    with quiet.service() as service:
        quiet.go_live()
        assert quiet.run("sync", "--once").returncode == DONE
        number = world.buy({sku: 3})
        done = quiet.run("sync", "--once", "--json")
        assert done.returncode == DONE, done.stderr
        report = json.loads(done.stdout)
        assert report["at_rest"] is True
        assert report["done"][f"{ACCOUNT}/orders"] == 1
        assert report["done"][f"{ACCOUNT}/effects"] == 1
        assert quiet.order(number)["fulfilment"] == "reserved"
        assert read_lock(quiet.state).pid == service.pid
        assert not (quiet.state / "engine.log").exists(), "it has hosted nothing itself"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("arguments", [("sync", "--once"), ("adopt", ACCOUNT, "--again"), ("doctor",)])
def test_a_command_that_is_told_to_end_lets_go_of_the_engine_and_ends(
    world: World, quiet: Place, arguments: tuple[str, ...], number: signal.Signals
) -> None:
    world.shop.faults.delay(".*", "/rest/", 1.5)
    process = quiet.start_command(*arguments)
    try:
        eventually(lambda: not world.shop.faults.rules, "it is in the middle of its work")
        process.send_signal(number)
        _out, errors = process.communicate(timeout=END_S_MAX)
    finally:
        process.kill()
    assert process.returncode == 128 + number, errors
    assert "Traceback" not in errors
    assert read_lock(quiet.state).pid is None, "it has let go of the engine"


def test_of_two_services_started_at_once_one_hosts_and_the_other_names_it(quiet: Place) -> None:
    both = [quiet.start("one"), quiet.start("other")]
    try:
        eventually(lambda: not all(service.running for service in both), "one of them gives way")
        (host,) = [service for service in both if service.running]
        (other,) = [service for service in both if service is not host]
        assert other.wait() == UNREACHED
        host.wait_until_ready()
        assert quiet.ask("wake").ok
        late = quiet.run("--engine-only")
        assert late.returncode == UNREACHED
        assert f"Process {host.pid} already runs the engine" in late.stderr
        assert host.terminate()[0] == DONE
    finally:
        for service in both:
            service.kill()


@pytest.mark.long
def test_of_two_consoles_started_at_once_one_hosts_and_the_other_attaches_and_takes_over(quiet: Place) -> None:
    with Terminal(quiet) as one, Terminal(quiet) as other:
        for console in (one, other):
            console.see("engine: ")
        hosts, attached = "engine: this window, while it is open", "engine: running (process"
        eventually(lambda: _reads(one, hosts, attached) and _reads(other, hosts, attached), "both know the engine")
        host, guest = (one, other) if hosts in one.shown else (other, one)
        assert attached in guest.shown
        host.press("q")
        host.see("Stop synchronising and leave?")
        host.press("n")
        host.press("q")
        host.see("Stop synchronising and leave?")
        assert read_lock(quiet.state).pid is not None, "nothing stops before the question is answered"
        host.press("y")
        assert host.wait() == DONE
        guest.see(hosts)
        guest.press("q")
        guest.see("Stop synchronising and leave?")
        guest.press("y")
        assert guest.wait() == DONE
    assert read_lock(quiet.state).pid is None


def _reads(console: Terminal, *one_of: str) -> bool:
    console.read()
    return any(text in console.shown for text in one_of)


def test_a_console_attached_to_the_service_decides_an_order(world: World, place: Place) -> None:
    sku = world.stocked(10)
    with place.service() as service:
        place.go_live()
        eventually(lambda: place.on_shelf(sku, 10), "the product is in the shop")
        number = world.buy({sku: 1}, payment="cartao")
        eventually(lambda: place.order(number).get("fulfilment") == "reserved", "the order is in C-Plus")
        with Terminal(place) as console:
            console.see(f"engine: running (process {service.pid})")
            console.press("2")
            console.see(number, "Joana Prado")
            console.press("a")
            console.see(f"{number} of Joana Prado: approve?")
            assert place.order(number)["decision"] is None, "nothing leaves before the question is answered"
            console.press("y")
            eventually(lambda: world.shop_order(number)["total_due"] == 0, "the money is taken")
            console.press("q")
            console.see("Overview")
            console.press("q")
            assert console.wait() == DONE
        row = place.order(number)
        assert (row["decision"], row["payment"]) == ("approve", "paid")
        assert row["decided_by"]
        assert service.running, "the service does not hang on a window"
        assert place.ask("wake").ok


def test_a_line_that_drops_ends_the_console_and_the_engine_that_it_hosts(quiet: Place) -> None:
    console = Terminal(quiet)
    console.see("engine: this window, while it is open")
    assert quiet.ask("wake").ok
    console.hang_up()
    eventually(lambda: read_lock(quiet.state).pid is None, "the engine lets go", END_S_MAX)
    eventually(lambda: not console.running, "the process ends", END_S_MAX)
    assert quiet.run("sync", "--once").returncode == NEEDS_PERSON, "the next one may host; nobody has approved yet"


def test_two_single_syncs_at_once_both_come_to_rest(world: World, quiet: Place) -> None:
    assert quiet.run("sync", "--once").returncode == NEEDS_PERSON, "it observes"
    both = [quiet.start_command("sync", "--once", "--json") for _ in range(2)]
    for process in both:
        out, errors = process.communicate(timeout=60)
        assert process.returncode == NEEDS_PERSON, errors
        assert json.loads(out)["at_rest"] is True
    assert read_lock(quiet.state).pid is None


@pytest.mark.parametrize("arguments", [(), ("--language", "pt_BR")])
def test_without_a_terminal_the_console_names_the_engine_without_a_screen(
    quiet: Place, arguments: tuple[str, ...]
) -> None:
    done = quiet.run(*arguments)
    assert done.returncode == WRONG_USAGE
    assert "integra --engine-only" in done.stderr
    assert not done.stdout


@pytest.mark.parametrize(
    ("wrong", "key", "expected"),
    [
        ("[engine]\nintervall_s = 5\n", "engine.intervall_s", "no such key"),
        ('[engine]\ninterval_s = "soon"\n', "engine.interval_s", "int"),
        ("[engine]\ninterval_s = 0\n", "engine.interval_s", ">= 1"),
        ('[erp]\nkind = "c-minus"\n', "erp.kind", "an installed erp"),
        ('[erp]\noptions = { path = "x", hostt = "y" }\n', "erp.options.hostt", "no such key"),
        ("[engine\n", "settings.toml", "line 1"),
    ],
)
@pytest.mark.parametrize("arguments", [("--engine-only",), ("sync", "--once")])
def test_a_wrong_setting_is_named_with_its_file_and_what_is_expected(
    quiet: Place, arguments: tuple[str, ...], wrong: str, key: str, expected: str
) -> None:
    quiet.settings.write_text(wrong)
    done = quiet.run("--language", "en", *arguments)
    assert done.returncode == WRONG_USAGE
    assert key in done.stderr
    assert str(quiet.settings) in done.stderr
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_settings_file_open_secrets_and_an_unknown_verb_are_wrong_usage(quiet: Place) -> None:
    unknown = quiet.run("synchronise")
    assert unknown.returncode == WRONG_USAGE
    assert "synchronise" in unknown.stderr
    quiet.settings.with_name("secrets.toml").chmod(0o644)
    exposed = quiet.run("--engine-only")
    assert exposed.returncode == WRONG_USAGE
    assert "chmod 600" in exposed.stderr
    quiet.settings.unlink()
    missing = quiet.run("--engine-only", "--language", "en")
    assert missing.returncode == WRONG_USAGE
    assert str(quiet.settings) in missing.stderr
