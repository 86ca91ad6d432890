"""The sample OpenMage: answers as a recorded OpenMage 20.10.2 did over XML-RPC and, for stock, SOAP v2.

Domain modules know no HTTP; calls*.py are the API, app.py its two protocols. What any sample shop needs (rules for bad
days, mail, a server on loopback) is taken from `connectors.sandbox.shop`.
"Recorded: order/new" names an answer of the real shop in tests/contract/recorded/openmage.json.
"""

from connectors.sandbox.openmage.app import OpenMageApp, create_app
from connectors.sandbox.openmage.shop import Asked, OpenMage

__all__ = ["Asked", "OpenMage", "OpenMageApp", "create_app"]
