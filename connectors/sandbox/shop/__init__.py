"""The one sample shop: a state machine that answers as a recorded Magento 2.4.6 did, for demo, tests and simulations.

Domain modules know no HTTP; routes/ and app.py know no rule of the trade. No second fake shop stands beside it.
"Recorded: orders/new" names an answer of the real shop in tests/contract/recorded/orders.json.
"""

from connectors.sandbox.shop.app import ConnectionBroken, ReplyLost, ShopApp, create_app
from connectors.sandbox.shop.checkout import Buyer, Delivery, Wish
from connectors.sandbox.shop.faults import DEADLOCK, Fault
from connectors.sandbox.shop.mail import Mail
from connectors.sandbox.shop.oauth import Integration
from connectors.sandbox.shop.server import serve
from connectors.sandbox.shop.shop import Asked, Shop

__all__ = [
    "DEADLOCK",
    "Asked",
    "Buyer",
    "ConnectionBroken",
    "Delivery",
    "Fault",
    "Integration",
    "Mail",
    "ReplyLost",
    "Shop",
    "ShopApp",
    "Wish",
    "create_app",
    "serve",
]
