"""The private test server is a real one: the wheel's client speaks to it, and a kill keeps what was committed."""

from __future__ import annotations

import pytest
from firebird.driver import DatabaseError

from connectors.cplus.base.firebird import Database, Kind, classify, connect, create, writing
from tests.firebird_server import FirebirdServer


def till_database(server: FirebirdServer, name: str) -> Database:
    return Database(path=server.create_path(name), host=server.host, port=server.port, password=server.password)


def test_what_a_till_committed_is_still_there_after_the_power_went_off(firebird_server: FirebirdServer) -> None:
    database = till_database(firebird_server, "power.fdb")
    till = create(database)
    for statement in (
        "create table SALE (CODE integer not null, ITEM varchar(20) character set WIN1252)",
        "insert into SALE values (1, 'Ração')",
    ):
        till.begin(writing())
        till.execute_immediate(statement)
        till.commit()
    till.begin(writing())
    till.execute_immediate("insert into SALE values (2, 'never committed')")

    firebird_server.kill()
    with pytest.raises(DatabaseError) as lost:
        till.commit()
    assert classify(lost.value).kind is Kind.CONNECTION_LOST
    till.close()
    firebird_server.restart()

    with connect(database) as after, after.cursor() as cursor:
        assert cursor.execute("select CODE, ITEM from SALE").fetchall() == [(1, "Ração")]


def test_a_server_that_is_off_refuses_and_serves_again_once_it_is_on(firebird_server: FirebirdServer) -> None:
    database = till_database(firebird_server, "off.fdb")
    create(database).close()

    firebird_server.kill()
    with pytest.raises(DatabaseError) as refused:
        connect(database)
    assert classify(refused.value).kind is Kind.UNAVAILABLE
    firebird_server.restart()

    with connect(database) as again:
        assert again.info.name.endswith("off.fdb")


def test_a_wrong_password_is_refused(firebird_server: FirebirdServer) -> None:
    database = till_database(firebird_server, "password.fdb")
    create(database).close()
    stranger = Database(path=database.path, host=database.host, port=database.port, password="wrong")

    with pytest.raises(DatabaseError) as refused:
        connect(stranger)

    assert classify(refused.value).kind is Kind.LOGIN_REFUSED
