"""kill -9 at the n-th call of a port, for every n of a cycle with everything to do: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from decimal import Decimal

import pytest

from connectors.sandbox.decider import tracking_code
from tests.end_to_end.world import World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

CALLS_MAX = 400
KILLED = -9


async def _days_work(world: World, skus: list[str]) -> dict[str, str]:
    """Orders in every stage, with their decisions made: what one cycle then has to carry out."""
    async with life(world) as engine:
        kinds = {
            "approved": world.buy({skus[0]: 1}, payment="cartao"),
            "refused": world.buy({skus[0]: 1, skus[1]: 2}, payment="cartao"),
            "shipped": world.buy({skus[1]: 1}, payment="pix"),
        }
        await engine.sync()
        await engine.decide("confirm_payment", kinds["shipped"])
        await engine.sync()
        world.staff.invoice(engine.order(kinds["shipped"])["erp_key"])
        await engine.sync()
        await engine.decide("approve", kinds["approved"])
        await engine.decide("refuse", kinds["refused"], reason="teste")
        code = tracking_code(int(kinds["shipped"]))
        await engine.decide("close_shipment", kinds["shipped"], carrier="correios", tracking=code)
    kinds["new"] = world.buy({skus[0]: 2, skus[1]: 1}, payment="boleto")
    kinds["cancelled"] = world.buy({skus[1]: 1}, payment="boleto")
    world.shop.storefront.cancel_order(kinds["cancelled"])
    world.till.sell(skus[0])
    return kinds


def _die_at(world: World, call: int, when: str) -> subprocess.CompletedProcess[str]:
    arguments = [json.dumps(asdict(world.database)), world.url, str(world.state), str(call), when]
    return subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.dying", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


async def _nothing_lost_nothing_doubled(world: World, kinds: dict[str, str], skus: list[str]) -> None:
    async with life(world, rested=False) as engine:
        report = await engine.sync()
        assert report.at_rest, report
        references = Counter(row["NUMPEDCLIENTE"].strip() for row in world.erp_orders())
        for kind in ("approved", "refused", "shipped", "new"):
            assert references[f"LJ-{kinds[kind]}"] == 1, kind
        assert references[f"LJ-{kinds['cancelled']}"] <= 1
        assert len(world.base("SELECT CODCLI FROM CLIENTE WHERE CPF = ?", world.buyer_document)) == 1
        assert world.shop_order(kinds["approved"])["total_due"] == 0
        assert world.shop_order(kinds["refused"])["state"] == "canceled"
        assert world.shop_order(kinds["shipped"])["state"] == "complete"
        mails = Counter((mail.kind, mail.order) for mail in world.shop.mail)
        assert mails["invoice", kinds["approved"]] == 1
        assert mails["shipment", kinds["shipped"]] == 1
        assert world.tracks(kinds["shipped"]) == [tracking_code(int(kinds["shipped"]))]
        assert engine.order(kinds["new"])["fulfilment"] == "reserved"
        for sku in skus:
            (reserved,) = world.base(
                "SELECT COALESCE(SUM(P.QUANTIDADE), 0) AS Q FROM ORCAMENTOPROD P"
                " JOIN ORCAMENTO O ON O.CODORC = P.CODORC WHERE P.CODPROD = ? AND O.FLAGRESERVADO = 'Y'"
                " AND COALESCE(O.FLAGCANCELADO, 'N') = 'N' AND O.DATAFATURADO IS NULL",
                sku,
            )
            on_hand, counted = world.on_hand_and_reserved(sku)
            assert counted == int(Decimal(reserved["Q"])), sku
            assert world.shop.salable(sku) == on_hand - counted, sku


@pytest.mark.parametrize(
    ("when", "stride"),
    [("after", 23), *(pytest.param(when, 1, marks=pytest.mark.long) for when in ("before", "after"))],
)
async def test_killed_at_any_call_nothing_is_lost_and_nothing_doubled(world: World, when: str, stride: int) -> None:
    skus = [world.simple_product(0), world.simple_product(1)]
    died = 0
    for call in range(1, CALLS_MAX, stride):
        for sku in skus:
            world.set_stock(sku, 50) if call == 1 else world.receiver.receive(sku, 5)
        kinds = await _days_work(world, skus)
        body = _die_at(world, call, when)
        assert body.returncode in (0, KILLED), body.stderr[-3000:]
        died += body.returncode == KILLED
        print(call, when, body.returncode, body.stdout.strip())
        await _nothing_lost_nothing_doubled(world, kinds, skus)
        if body.returncode == 0:
            break
    else:
        pytest.fail("the cycle never ended")
    assert died >= (10 if stride == 1 else 2), "the cycle was not long enough to prove anything"
