"""The store with an OpenMage in the place of the Magento: its buyers, its shelf, its admin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

import connectors.openmage
from connectors.sandbox.openmage import OpenMage
from connectors.sandbox.openmage.sales import Order
from engine.ports import SalesChannel, Surroundings
from engine.settings import Settings
from tests.end_to_end.world import TOKEN, Life, ShiftedClock, World

USER = "integra"
TRACKING = "AA123456785BR"
GUEST = {"email": "joana@example.com", "firstname": "Joana", "lastname": "Prado", "taxvat": World.buyer_document}
ADDRESS = {
    "street": "Rua da Praia\n120\nap 4\nCentro", "city": "Porto Alegre", "region": "Rio Grande do Sul",
    "postcode": "90010-300", "telephone": "51 99999-1234",
}  # fmt: skip


@dataclass
class OpenMageWorld(World):
    """The same store with an OpenMage in the place of the Magento, which nobody serves."""

    openmage: OpenMage = field(default_factory=lambda: OpenMage(ShiftedClock().now, {}))

    def settings(self) -> Settings:
        settings = super().settings()
        accounts = [msgspec.structs.replace(account, kind="openmage") for account in settings.account]
        return msgspec.structs.replace(settings, account=accounts)

    def open_channel(self, secrets: Callable[[str], str | None], surroundings: Surroundings) -> SalesChannel:
        options = {"url": self.url, "user": USER, "timeout_s": self.timeout_s}
        return connectors.openmage.open_channel(options, {"key": TOKEN}.get, surroundings)

    def visit(self, lines: dict[str, int], payment: str = "boleto") -> Order:
        """A guest orders."""
        return self.openmage.order(lines, payment, guest=GUEST, address=ADDRESS)

    def shown(self, sku: str) -> int:
        """How many a visitor can still buy."""
        return int(self.openmage.product(sku).quantity) if self.openmage.on_shelf(sku) else 0


async def invoiced(world: OpenMageWorld, engine: Life, placed: Order) -> None:
    """The order's money is there and C-Plus has invoiced it."""
    await engine.decide("confirm_payment", placed.number)
    await engine.sync()
    assert engine.order(placed.number)["queue"] == "to-invoice"
    world.staff.invoice(str(engine.order(placed.number)["erp_key"]))
    await engine.sync()
