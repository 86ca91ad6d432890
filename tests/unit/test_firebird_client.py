"""The Firebird client: what a connection promises, how errors are told apart, and what a bare machine is told."""

from __future__ import annotations

import decimal
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from ctypes.util import find_library
from pathlib import Path

import pytest
from firebird.driver import Connection, DatabaseError, Isolation, TraAccessMode, tpb

from connectors.cplus.base.firebird import (
    READ_ONLY_COMMITTED,
    SNAPSHOT_READ_ONLY,
    Database,
    Kind,
    Trouble,
    classify,
    connect,
    create,
    load_client,
    writing,
)
from tests.firebird_server import FirebirdServer

TABLE = "CREATE TABLE PRODUTO (CODPROD CHAR(9) NOT NULL PRIMARY KEY, NOMEPROD VARCHAR(50), PRECUSTO NUMERIC(15,4))"
KIT = "CREATE TABLE COMPOSICAO (CODPROD CHAR(9) CONSTRAINT FK_KIT REFERENCES PRODUTO (CODPROD))"


def write(connection: Connection, sql: str, *values: object, lock_timeout_s: int = 1) -> None:
    connection.begin(writing(lock_timeout_s))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    connection.commit()


def trouble(connection: Connection, action: Callable[[], object]) -> Trouble:
    with pytest.raises(DatabaseError) as raised:
        action()
    if connection.is_active():
        connection.rollback()
    return classify(raised.value)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    place = Database(path=str(tmp_path / "base.fdb"))
    with create(place) as connection:
        write(connection, TABLE)
        write(connection, KIT)
        write(connection, "INSERT INTO PRODUTO VALUES ('000000001', 'CANECA', 9.90)")
        yield place


def test_what_a_windows_till_typed_arrives_whole_and_goes_back_unchanged(database: Database) -> None:
    typed = bytes(range(0x80, 0x100)).replace(b"'", b"")[:50]  # the dashes, the euro, and the bytes that 1252 lacks
    with connect(database) as connection:
        write(connection, "INSERT INTO PRODUTO VALUES ('000000002', ?, 1)", typed)
        with connection.cursor() as cursor:
            (name,) = cursor.execute("SELECT NOMEPROD FROM PRODUTO WHERE CODPROD = '000000002'").fetchone()
        connection.commit()
        assert name.startswith("€\x81‚ƒ„…†")

        write(connection, "INSERT INTO PRODUTO VALUES ('000000003', ?, 1)", name)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT CAST(NOMEPROD AS VARCHAR(50) CHARACTER SET OCTETS) FROM PRODUTO WHERE CODPROD >= '000000002'"
            )
            assert [row[0] for row in cursor.fetchall()] == [typed, typed]


def test_a_letter_that_the_base_cannot_hold_is_refused_before_it_is_sent(database: Database) -> None:
    with connect(database) as connection:
        with pytest.raises(UnicodeEncodeError):
            write(connection, "INSERT INTO PRODUTO VALUES ('000000002', ?, 1)", "CANECA ☕")
        connection.rollback()
        with connection.cursor() as cursor:
            assert cursor.execute("SELECT COUNT(*) FROM PRODUTO").fetchone() == (1,)


def test_a_flag_that_is_not_known_is_stored_as_null(database: Database) -> None:
    with connect(database) as connection:
        write(connection, "CREATE TABLE FLAGS (FLAG CHAR(1), STATE VARCHAR(2))")
        write(connection, "INSERT INTO FLAGS VALUES (?, ?)", None, None)
        write(connection, "UPDATE FLAGS SET FLAG = ?", None)
        with connection.cursor() as cursor:
            assert cursor.execute("SELECT FLAG, STATE FROM FLAGS").fetchall() == [(None, None)]


def test_who_forgets_to_say_that_he_writes_changes_nothing(database: Database) -> None:
    with connect(database) as connection:
        with pytest.raises(DatabaseError, match="read-only"), connection.cursor() as cursor:
            cursor.execute("DELETE FROM PRODUTO")
        connection.rollback()
        with connection.cursor() as cursor:
            assert cursor.execute("SELECT COUNT(*) FROM PRODUTO").fetchone() == (1,)


def test_the_transaction_blocks_are_those_that_the_driver_would_build() -> None:
    load_client()
    assert writing(7) == tpb(Isolation.READ_COMMITTED_NO_RECORD_VERSION, 7)
    assert tpb(Isolation.SNAPSHOT, 0, TraAccessMode.READ) == SNAPSHOT_READ_ONLY
    assert tpb(Isolation.READ_COMMITTED_RECORD_VERSION, 0, TraAccessMode.READ) == READ_ONLY_COMMITTED


def test_a_row_held_by_a_till_is_a_conflict_after_the_lock_timeout(database: Database) -> None:
    with connect(database) as till, connect(database) as ours:
        till.begin(writing())
        till.execute_immediate("UPDATE PRODUTO SET PRECUSTO = 1")

        met = trouble(ours, lambda: write(ours, "UPDATE PRODUTO SET PRECUSTO = 2"))

        assert met.kind in (Kind.CONFLICT, Kind.LOCK_TIMEOUT)
        till.commit()
        write(ours, "UPDATE PRODUTO SET PRECUSTO = 2")


def test_a_key_that_exists_is_told_with_its_table(database: Database) -> None:
    with connect(database) as connection:
        met = trouble(connection, lambda: write(connection, "INSERT INTO PRODUTO VALUES ('000000001', '', 0)"))
        assert (met.kind, met.table) == (Kind.UNIQUE, "PRODUTO")
        assert met.constraint.startswith("INTEG_")


def test_a_key_that_another_is_just_inserting_is_told_the_same_way(database: Database) -> None:
    with connect(database) as first, connect(database) as second:
        first.begin(writing())
        first.execute_immediate("INSERT INTO PRODUTO VALUES ('000000009', '', 0)")
        met = trouble(second, lambda: write(second, "INSERT INTO PRODUTO VALUES ('000000009', '', 0)"))
        assert met.kind is Kind.UNIQUE
        first.rollback()


def test_a_row_that_points_nowhere_is_told_with_its_constraint(database: Database) -> None:
    with connect(database) as connection:
        met = trouble(connection, lambda: write(connection, "INSERT INTO COMPOSICAO VALUES ('000000077')"))
        assert met == Trouble(Kind.REFERENCE, constraint="FK_KIT", table="COMPOSICAO")


def test_a_mistake_of_our_own_is_nothing_that_waiting_heals(database: Database) -> None:
    with connect(database) as connection:
        assert trouble(connection, lambda: write(connection, "SELECT * FROM NOWHERE")).kind is Kind.OTHER
    assert classify(ValueError("not the base's")).kind is Kind.OTHER


def test_a_file_that_is_missing_or_no_base_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "letter.fdb").write_bytes(b"Prezados senhores, " * 2_000)
    for name in ("nothing.fdb", "letter.fdb"):
        with pytest.raises(DatabaseError) as refused:
            connect(Database(path=str(tmp_path / name)))
        assert classify(refused.value).kind is Kind.UNAVAILABLE


def test_a_second_program_is_told_that_the_file_is_taken(database: Database) -> None:
    second = f"""
        from connectors.cplus.base.firebird import Database, classify, connect
        try:
            connect(Database({database.path!r}))
        except Exception as error:
            print(classify(error).kind, "already opened" in str(error))
    """
    assert in_another_process(second) == "unavailable True"


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        place = Database("x.fdb", host="127.0.0.1", port=mute.getsockname()[1], password="-", connect_timeout_s=1)
        with pytest.raises(DatabaseError) as refused:
            connect(place)
    assert classify(refused.value).kind is Kind.UNAVAILABLE


def test_a_guarded_sale_that_waited_for_a_till_judges_the_row_as_the_till_left_it(
    firebird_server: FirebirdServer,
) -> None:
    server = firebird_server
    place = Database(server.create_path("guard.fdb"), server.host, server.port, password=server.password)
    with create(place) as till, connect(place) as ours:
        write(till, "CREATE TABLE STOCK (ESTATU INTEGER)")
        write(till, "INSERT INTO STOCK VALUES (1)")
        till.begin(writing())
        till.execute_immediate("UPDATE STOCK SET ESTATU = 0")
        customer_pays = threading.Timer(0.3, till.commit)
        customer_pays.start()
        ours.begin(writing(5))
        started = time.monotonic()
        with ours.cursor() as cursor:
            cursor.execute("UPDATE STOCK SET ESTATU = ESTATU - 1 WHERE ESTATU >= 1")
            assert cursor.affected_rows == 0
        assert 0.1 < time.monotonic() - started < 4
        ours.rollback()
        customer_pays.join()


def test_the_password_is_in_no_text() -> None:
    place = Database("base.fdb", host="erp", password="segredo")
    assert "segredo" not in f"{place!r} {place}"


def test_loading_the_client_leaves_the_sums_of_others_as_they_were() -> None:
    script = """
        import decimal
        from connectors.cplus.base.firebird import load_client
        before = decimal.getcontext().prec
        load_client()
        print(decimal.getcontext().prec == before)
    """
    assert in_another_process(script) == "True"
    assert decimal.getcontext().prec == decimal.DefaultContext.prec


WITHOUT_THE_SYSTEMS = """
    import ctypes, sys
    real = ctypes.CDLL
    def bare(name, *rest, **more):
        if str(name).startswith({prefix!r}):
            raise OSError(f"{{name}}: cannot open shared object file")
        return real(name, *rest, **more)
    ctypes.CDLL = bare
    sys.prefix = {environment!r}
    from engine.errors import Misconfigured
    from connectors.cplus.base.firebird import Database, connect, create
    try:
        create(Database({path!r})).close()
        print("created")
    except Misconfigured as error:
        print(error.code, error.params["library"], error.params["command"], sep="; ")
"""


@pytest.mark.parametrize(
    ("library", "package"), [("libtommath.so.1", "libtommath1"), ("libicuuc.so", "libicu72")], ids=["tommath", "icu"]
)
def test_a_bare_machine_is_told_which_package_is_missing(tmp_path: Path, library: str, package: str) -> None:
    script = WITHOUT_THE_SYSTEMS.format(prefix=library, environment=str(tmp_path), path=str(tmp_path / "a.fdb"))
    assert in_another_process(script) == f"firebird-client-missing; {library}; apt-get install {package}"


def test_a_library_unpacked_beside_the_environment_serves_as_well(tmp_path: Path) -> None:
    unpacked = tmp_path / "native" / "usr" / "lib"
    unpacked.mkdir(parents=True)
    name = find_library("tommath")
    assert name is not None
    (installed,) = {path.resolve() for folder in ("/usr/lib", "/lib") for path in Path(folder).glob(f"*/{name}")}
    shutil.copy(installed, unpacked / "libtommath.so.1")
    script = WITHOUT_THE_SYSTEMS.format(prefix=name, environment=str(tmp_path), path=str(tmp_path / "a.fdb"))
    assert in_another_process(script) == "created"


def in_another_process(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
