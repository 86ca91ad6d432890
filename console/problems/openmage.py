"""OpenMage and Magento 1: what their API refuses, and what it cannot do."""

from __future__ import annotations

from console.language import N_
from console.problems.text import Text

TEXTS: dict[str, Text] = {
    "openmage-login": Text(
        N_("Shop refuses the API user"),
        N_(
            "The shop refuses the API user {user} or its key. Look at System > Web Services > SOAP/XML-RPC - Users in"
            " its admin, and put the key into the secrets."
        ),
    ),
    "openmage-rights": Text(
        N_("API user lacks a right"),
        N_(
            "The shop does not let the API user call {resource}. Tick it for the user's role at System > Web Services"
            " > SOAP/XML-RPC - Roles in its admin."
        ),
    ),
    "openmage-blocked": Text(
        N_("Shop's server blocks the API"),
        N_(
            "The shop's web server answers {status} to the API before the shop sees the call: a firewall or a rule of"
            " the hosting company. Ask it to let this machine reach /api/."
        ),
    ),
    "openmage-session": Text(
        N_("Session ended by another"),
        N_(
            "The shop ended Integra's session at once: another program logs in as the same API user. Give Integra a"
            " user of its own. Waiting is safe."
        ),
    ),
    "openmage-group": Text(
        N_("Customer group missing"),
        N_(
            "The shop has no customer group {group}, and over its API none can be made. Create it at Customers >"
            " Customer Groups in its admin, under this very name."
        ),
    ),
    "openmage-no-name": Text(
        N_("Product without a name"),
        N_("Product {sku} has no name; the shop would show a blank one. Give it a name in C-Plus."),
    ),
    "openmage-no-product": Text(
        N_("Product not in the shop"),
        N_(
            "The shop has no product of this SKU: somebody deleted it there or changed its SKU. Restore it, or the SKU."
        ),
    ),
    "channel-no-track": Text(
        N_("Tracking code not taken"),
        N_(
            "The shop recorded the shipment of order {order} and did not take its tracking code. Integra looks at the"
            " shipment and tries again."
        ),
    ),
    "channel-no-mail": Text(
        N_("Shop did not mail the buyer"),
        N_(
            "The shop recorded the shipment of order {order} and could not mail the buyer. Send its e-mail in"
            " its admin."
        ),
    ),
    "channel-not-xml": Text(
        N_("Shop answers with a page"),
        N_("The shop answers with a web page: maintenance, a firewall, or a wrong address. Waiting is safe."),
    ),
}
