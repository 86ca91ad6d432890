"""The shop: reaching it, and what it refuses."""

from __future__ import annotations

from console.language import N_
from console.problems.text import Text

TEXTS: dict[str, Text] = {
    "channel-unreachable": Text(
        N_("Shop does not answer"),
        N_("The shop cannot be reached. If its site does not open either, call the hosting company. Waiting is safe."),
    ),
    "channel-no-answer": Text(
        N_("Shop did not answer in time"),
        N_("The shop did not answer in time. Integra looks before it sends again. Waiting is safe."),
    ),
    "channel-busy": Text(
        N_("Shop asks to wait"),
        N_("The shop is overloaded or limits requests ({status}). Integra waits as long as it asks. Waiting is safe."),
    ),
    "channel-maintenance": Text(
        N_("Shop under maintenance"),
        N_(
            "Instead of the shop a page answers ({status} {title}): it is under maintenance, or its server cannot keep"
            " up. Waiting is safe; if the site stays away, call the hosting company."
        ),
    ),
    "channel-conflict": Text(
        N_("Shop was changing the same"),
        N_("The shop was changing the same thing at that moment. It is tried again; waiting is safe."),
    ),
    "channel-not-json": Text(
        N_("Shop answers with a page"),
        N_("The shop answers with a web page: maintenance, a firewall, or a wrong address. Waiting is safe."),
    ),
    "channel-address": Text(
        N_("Wrong address of the shop"),
        N_("The shop's address is not right ({status} {location}). Correct url in the account's options."),
    ),
    "channel-login": Text(
        N_("Shop refuses the token"),
        N_(
            "The shop refuses the access token: it is wrong or was revoked, or the shop takes no integration token"
            " alone (Magento since 2.4.4). Put the consumer key, consumer secret and token secret of the integration"
            " into the secrets too, or activate the integration anew."
        ),
    ),
    "channel-rights": Text(
        N_("Token lacks a right"),
        N_(
            "The shop does not let Integra use {resource}: the integration lacks that right, or its token is no longer"
            " good. Tick the right in System > Integrations and save; if it is ticked, activate the integration anew."
        ),
    ),
    "magento-keys": Text(
        N_("Shop refuses the keys"),
        N_(
            "The shop refuses the signed call ({message}): one of the integration's four keys is wrong or was revoked,"
            " or a proxy before the shop changes its address (then set signing_url in the account's options)."
        ),
    ),
    "magento-clock": Text(
        N_("Clocks differ"),
        N_(
            "This machine's clock is {minutes} minutes from the shop's, so the shop refuses signed calls. Set the clock"
            " (NTP); then it goes on by itself."
        ),
    ),
    "magento-signed-path": Text(
        N_("SKU breaks the signature"),
        N_(
            "This version of the shop refuses signed calls whose address holds such a SKU (accent, slash, space). Let"
            " the shop take bearer tokens (Stores > Configuration > Services > OAuth), or update Magento."
        ),
    ),
    "channel-web-login": Text(
        N_("Password before the shop"),
        N_(
            "The web server asks for a password before the shop answers, as test shops do ({title}). Let the path /rest"
            " through without it."
        ),
    ),
    "channel-firewall": Text(
        N_("Firewall before the shop"),
        N_(
            "Not the shop but a firewall before it refused this call ({status} {title}). Have its keeper let this"
            " machine's calls to /rest through."
        ),
    ),
    "channel-no-page": Text(
        N_("Web server knows no such page"),
        N_(
            "Not the shop but its web server says that there is no such page ({status} {title}): the address in url is"
            " wrong, or it lets no slash in a SKU through (Apache: AllowEncodedSlashes)."
        ),
    ),
    "channel-too-large": Text(
        N_("Too large for the web server"),
        N_(
            "The shop's web server takes no request of this size ({status}). Have its limit raised (nginx:"
            " client_max_body_size), or send a smaller photo."
        ),
    ),
    "channel-batch-limit": Text(
        N_("Shop limits the batch"),
        N_("The shop takes at most {limit} rows at once. Lower the batch size in the account's options."),
    ),
    "channel-refused": Text(
        N_("Shop refuses"),
        N_("The shop refuses this ({status}): {message}. Correct it; it is sent again when it changes."),
    ),
    "magento-attribute-set": Text(
        N_("Attribute set"),
        N_("Attribute set {attribute_set} of the shop has no groups. Choose another in the account's options."),
    ),
    "magento-axis": Text(
        N_("Grid axis"),
        N_("The grid axis {axis} needs a drop-down attribute; {attribute} is none. Map another in the options."),
    ),
    "magento-axis-scope": Text(
        N_("Grid axis"),
        N_(
            "The grid axis {axis} needs a drop-down attribute that holds for all of the shop (scope Global);"
            " {attribute} may differ by website or view. Change its scope in the shop's admin, or map another attribute"
            " in the options (axes)."
        ),
    ),
    "magento-root-category": Text(
        N_("Root category"),
        N_("The shop has no category {root_category}. Correct root_category in the account's options."),
    ),
    "magento-option": Text(
        N_("Attribute value"),
        N_("The shop did not take the value {label} of {attribute}. Create it in the shop's admin."),
    ),
    "magento-inventory": Text(
        N_("Stock module of the shop"),
        N_('The shop does not offer its stock by source (MSI). Set inventory = "product" in the account\'s options.'),
    ),
    "queue-asleep": Text(
        N_("Shop's queue stands still"),
        N_(
            "The shop has taken {n} new products into its queue and makes none of them. Integra makes them by calls of"
            " their own instead, and tries the queue again when it moves, or after a day. Ask the host whether the"
            " program that works the queue off is running (async.operations.all), or take queue_rows out of the"
            " account's options. Waiting is safe."
        ),
    ),
    "salable-above": Text(
        N_("Shop sells more than there is"),
        N_(
            "Of {n} products the shop would sell more than it should (in the shop / right): {items}. It does not count"
            " an open order: a module takes its reservations out, or goods left another source. Sending the stock again"
            " did not help. Meanwhile orders may come in short: look at the shop's reservations with its keeper."
        ),
    ),
    "salable-below": Text(
        N_("Shop sells less than there is"),
        N_(
            "Of {n} products the shop would sell less than it should (in the shop / right): {items}. It holds goods for"
            " orders that Integra does not know, such as those before its first day, or that are over long since, or"
            " its out-of-stock threshold is not 0. Sending the stock again did not help. Its keeper finds reservations"
            " that were left behind with: bin/magento inventory:reservation:list-inconsistencies. Waiting is safe."
        ),
    ),
    "salable-unread": Text(
        N_("Shop does not say what it would sell"),
        N_(
            "Of {n} products the shop did not say what it would still sell, so a wrong count of its own is not noticed."
            " The access may lack the right to read stocks (integra doctor), or the shop is too slow for it. Stocks are"
            " sent all the same. Waiting is safe."
        ),
    ),
    "secret-missing": Text(
        N_("Secret missing"),
        N_("The secret {name} is not there: put it into secrets.toml, the credentials folder or the environment."),
    ),
}
