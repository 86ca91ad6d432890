"""Payment modules, and whether the checkout heeds the attribute of payment options or only shows it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from connectors.magento.survey.asking import Look
from engine.survey import Finding, Mark

GATEWAYS = re.compile(
    r"(?i)mercado_?pago|pag_?seguro|pag_?bank|pagar_?me|mundipagg|cielo|getnet|_?erede|^rede_|stone|safrapay|asaas|iugu"
    r"|vindi|ebanx|wirecard|moip|adyen|stripe|braintree|paypal|pix|boleto|aditum|malga|koin|picpay"
)
"""Names under which payment modules are known in Brazil; another one is not seen, and nothing rests on it."""
RESTRICTING = re.compile(r"(?i)pay(ment)?s?_?(method)?s?_?(per_?product|by_?product)?_?(restrict|filter|rule)")
"""Names of modules that may choose payment methods by the products in the cart."""


async def gateways(look: Look) -> AsyncIterator[Finding]:
    """The payment modules that are switched on."""
    found = [name for name in await look.modules() if GATEWAYS.search(name)]
    if found:
        yield Finding("shop-payments.gateways", Mark.OK, {"n": len(found)}, found)


async def attribute(look: Look) -> AsyncIterator[Finding]:
    """Magento's own checkout reads no product attribute to choose payment methods: only a module can."""
    modules = await look.modules()
    if not modules:
        return
    code = look.shop.options.attributes.payment_options
    suspects = [name for name in modules if RESTRICTING.search(name)]
    if suspects:
        yield Finding("shop-payments.maybe-heeded", Mark.UNKNOWN, {"code": code}, suspects)
    else:
        yield Finding("shop-payments.only-shown", Mark.OK, {"code": code})
