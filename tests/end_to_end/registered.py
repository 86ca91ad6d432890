"""A customer who registers in the shop, and how she stands in C-Plus."""

from __future__ import annotations

from typing import Any

from tests.end_to_end.world import World

CPF = "111.444.777-35"


def register(world: World) -> Any:
    customer = world.shop.storefront.register(
        {"email": "marta@example.com", "firstname": "Marta", "lastname": "Açucena", "taxvat": CPF}
    )
    world.shop.storefront.edit_address(
        customer.customer_id,
        {
            "firstname": "Marta", "lastname": "Açucena", "street": ["Rua das Flores", "10", "fundos", "Centro"],
            "city": "Pelotas", "region": {"region_code": "RS", "region": "Rio Grande do Sul"}, "postcode": "96010-000",
            "telephone": "53 98888-1111", "country_id": "BR",
        },
    )  # fmt: skip
    return customer


def in_erp(world: World) -> dict[str, Any]:
    (row,) = world.base("SELECT * FROM CLIENTE WHERE CPF = ?", "11144477735")
    return row
