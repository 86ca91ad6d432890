"""A carrier's list closes many shipments: each line is judged first, and the same file twice does nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.__main__ import main
from engine.orders import Fulfilment, Payment
from engine.runtime.hosted import HostedEngine
from tests.console.builder import StoreFile, bare_host

CODE, OTHER, THIRD = "AA473124829BR", "AA000000080BR", "AA123456745BR"


@pytest.fixture
def engine(tmp_path: Path, state_folder: Path, store: StoreFile) -> Iterator[HostedEngine]:
    for number in ("000000101", "000000102", "000000103", "000000105"):
        store.order(number, payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    store.order("000000104", payment=Payment.PAID)
    store.db.execute("UPDATE sales_order SET erp_number = '9' || id")
    hosted = bare_host(tmp_path, state_folder, language="en")()
    assert hosted.start() is None
    yield hosted
    hosted.stop()


def close(folder: Path, text: str, *flags: str, encoding: str = "utf-8") -> int:
    file = folder / "parcels.csv"
    file.write_text(text, encoding=encoding)
    state = ["--settings", str(folder / "settings.toml"), "--state", str(folder / "state"), "--language", "en"]
    return main(["shipments", "close", str(file), *state, *flags])


def codes(store: StoreFile) -> dict[str, str]:
    rows = store.db.execute("SELECT number, tracking FROM sales_order WHERE tracking IS NOT NULL ORDER BY number")
    return dict(map(tuple, rows.fetchall()))


def test_a_list_is_closed_and_the_same_list_again_closes_nothing(
    tmp_path: Path, engine: HostedEngine, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "Pedido;Rastreio;Transportadora\r\n"
        f"101;{CODE.lower()};\r\n"
        f"loja/000000102;{OTHER};Correios\r\n"
        "000000103;;Retirada\r\n"
        ";;\r\n"
        "000000105;V-1;Rápido Açu\r\n"
    )
    assert close(tmp_path, text, "--yes", encoding="cp1252") == 0
    assert codes(store) == {"000000101": CODE, "000000102": OTHER, "000000103": "", "000000105": "V-1"}
    assert store.db.execute("SELECT carrier FROM sales_order WHERE number = '000000105'").fetchone()[0] == "Rápido Açu"
    assert "4 shipments closed" in capsys.readouterr().out
    before = store.db.execute("SELECT count(*) FROM command").fetchone()[0]
    assert close(tmp_path, text, "--yes", encoding="cp1252") == 0
    assert "closed already" in capsys.readouterr().out
    assert store.db.execute("SELECT count(*) FROM command").fetchone()[0] == before


def test_each_line_that_is_wrong_says_why_and_the_others_are_closed(
    tmp_path: Path, engine: HostedEngine, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    store.db.execute("UPDATE sales_order SET tracking = ?, fulfilment = 'shipped' WHERE number = '000000105'", [THIRD])
    text = (
        "order,tracking,carrier\n"
        f"000000101,{CODE},\n"
        f"000000102,{CODE},\n"
        f"000000103,{THIRD},\n"
        f"000000104,{OTHER},\n"
        f"000000999,{OTHER},\n"
    )
    assert close(tmp_path, text, "--yes", "--json") == 1
    told = {line["order"]: (line["state"], line["code"]) for line in json.loads(capsys.readouterr().out)}
    assert told == {
        "000000101": ("closed", None),
        "000000102": ("wrong", "code-twice"),
        "000000103": ("wrong", "code-used"),
        "000000104": ("wrong", "cannot-ship"),
        "000000999": ("wrong", "no-order"),
    }
    assert codes(store) == {"000000101": CODE, "000000105": THIRD}


def test_orders_that_left_in_one_box_are_closed_with_one_code_when_a_person_says_so(
    tmp_path: Path, engine: HostedEngine, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    store.db.execute("UPDATE sales_order SET tracking = ?, fulfilment = 'shipped' WHERE number = '000000105'", [THIRD])
    text = f"order,tracking,carrier\n000000101,{CODE},\n000000102,{CODE},\n000000103,{THIRD},\n"
    assert close(tmp_path, text, "--shared", "--yes") == 0
    told = capsys.readouterr().out
    assert f"line 3: 000000102 Correios {CODE} ({CODE} stands on line 2 too, for another order)" in told
    assert f"line 4: 000000103 Correios {THIRD} ({THIRD} stands on order 000000105 already)" in told
    assert codes(store) == {"000000101": CODE, "000000102": CODE, "000000103": THIRD, "000000105": THIRD}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"000000101;{CODE[:10]}7BR;", "code-misread"),
        ("000000101;9,5712E+10;LATAM Cargo", "code-rounded"),
        ("000000101;;Correios", "code-missing"),
        ("000000101;12345678;", "which-carrier"),
        (f"000000101;{CODE};Correios\n000000101;{OTHER};Azul", "two-carriers"),
    ],
)
def test_a_code_that_would_lead_nowhere_is_not_sent_to_a_buyer(
    tmp_path: Path, engine: HostedEngine, store: StoreFile, capsys: pytest.CaptureFixture[str], line: str, code: str
) -> None:
    assert close(tmp_path, f"pedido;rastreio;transportadora\n{line}\n", "--yes", "--json") == 1
    assert [told["code"] for told in json.loads(capsys.readouterr().out)] == [code]
    assert codes(store) == {}


def test_several_lines_of_one_order_are_its_volumes(tmp_path: Path, engine: HostedEngine, store: StoreFile) -> None:
    text = f"pedido;rastreio;transportadora\n000000101;{CODE};\n000000101;{OTHER};\n000000101;{CODE};\n"
    assert close(tmp_path, text, "--yes") == 0
    assert codes(store) == {"000000101": f"{CODE} {OTHER}"}


def test_another_file_says_which_column_it_lacks_and_nobody_to_ask_closes_nothing(
    tmp_path: Path, engine: HostedEngine, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    assert close(tmp_path, "a;b\n1;2\n", "--yes") == 2
    assert "pedido" in capsys.readouterr().err
    assert close(tmp_path, f"pedido;rastreio;transportadora\n101;{CODE};\n") == 1
    assert codes(store) == {}


def test_a_number_that_lost_its_zeros_is_not_taken_for_the_one_of_cplus(
    tmp_path: Path, engine: HostedEngine, store: StoreFile, capsys: pytest.CaptureFixture[str]
) -> None:
    store.db.execute("UPDATE sales_order SET erp_number = '101' WHERE number = '000000102'")
    text = "pedido;rastreio;transportadora\n{order};{code};\n"
    assert close(tmp_path, text.format(order="101", code=CODE), "--yes", "--json") == 1
    assert [told["code"] for told in json.loads(capsys.readouterr().out)] == ["several-orders"]
    assert close(tmp_path, text.format(order="loja/101", code=CODE), "--yes") == 0
    assert codes(store) == {"000000101": CODE}
