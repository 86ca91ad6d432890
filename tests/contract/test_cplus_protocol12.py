"""A Firebird 2.5, as far as the wire tells: old protocol, old login, nothing encrypted, and C-Plus works all the same.

What these tests find true of the link makes the repetitions over it (the stores named "protocol12") worth something.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connectors.cplus.base.firebird import connect
from tests.contract.conftest import ALWAYS_OVER_PROTOCOL_12
from tests.contract.cplus_store import Store
from tests.protocol12 import Protocol12Link

_HOW = """
SELECT TRIM(MON$REMOTE_PROTOCOL), TRIM(MON$REMOTE_VERSION), TRIM(MON$AUTH_METHOD) FROM MON$ATTACHMENTS
WHERE MON$ATTACHMENT_ID = CURRENT_CONNECTION
"""


def test_what_goes_over_the_link_is_what_a_firebird_2_5_speaks(
    served_over_protocol_12: Store, protocol12: Protocol12Link
) -> None:
    before = protocol12.struck_out
    with connect(served_over_protocol_12.database) as connection, connection.cursor() as cursor:
        assert cursor.execute(_HOW).fetchone() == ("TCPv4", "P12", "Legacy_Auth")
    assert protocol12.struck_out > before


def test_without_the_link_the_same_client_and_server_speak_a_newer_one(served_newly: Store) -> None:
    with connect(served_newly.database) as connection, connection.cursor() as cursor:
        protocol, login = cursor.execute(_HOW).fetchone()[1:]
    assert (protocol, login) == ("P15", "Srp")


@pytest.mark.parametrize("name", sorted(ALWAYS_OVER_PROTOCOL_12))
def test_what_every_run_repeats_over_the_old_protocol_exists(name: str) -> None:
    texts = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_cplus_*.py"))
    assert any(re.search(rf"def {name}\(\n? *(?:served|store):", text) for text in texts)
