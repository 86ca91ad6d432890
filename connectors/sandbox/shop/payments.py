"""The ways to pay in the sample shop. Boleto and Pix are paid outside of it; a card is authorised, then captured."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.sandbox.shop.orders import NEW, PAYMENT_REVIEW, PROCESSING


@dataclass(frozen=True)
class Method:
    """`authorises`: money is reserved at once and taken by the invoice."""

    code: str
    title: str
    authorises: bool = False

    def state(self, review: bool) -> str:
        """The state of a new order."""
        if not self.authorises:
            return NEW
        return PAYMENT_REVIEW if review else PROCESSING


METHODS = {
    method.code: method
    for method in (
        Method("boleto", "Boleto bancário"),
        Method("pix", "Pix"),
        Method("cartao", "Cartão de crédito", authorises=True),
    )
}
