"""What each cause of trouble is called, and the sentence that tells a person what to do about it."""

from __future__ import annotations

from typing import NamedTuple

from console.language import N_


class Text(NamedTuple):
    """A few words for a list, and the sentence: what is wrong, whose doing, what to do, whether waiting is safe."""

    title: str
    sentence: str


PROBLEMS: dict[str, Text] = {
    # --- this machine and Integra itself
    "settings": Text(
        N_("Wrong setting"),
        N_("Setting {key} in {file} is not right; expected: {expected}. Correct it and start again."),
    ),
    "settings-missing": Text(
        N_("No settings"),
        N_("There is no {file}. Run: integra init"),
    ),
    "secrets-file-open": Text(
        N_("Secrets readable by others"),
        N_("{file} holds passwords and others can read it. Run: chmod 600 {file}"),
    ),
    "store-disk": Text(
        N_("Disk full or failing"),
        N_("Integra cannot write {path}. Free some space on the disk; nothing acknowledged is lost."),
    ),
    "store-damaged": Text(
        N_("Integra's records are damaged"),
        N_("{path} cannot be read. Restore the last backup, or begin with an empty state folder and adopt again."),
    ),
    "store-newer": Text(
        N_("Records of a newer version"),
        N_("{path} was written by a newer Integra ({found}, this one knows {known}). Install that version again."),
    ),
    "socket-folder": Text(
        N_("Folder for the socket"),
        N_("{path} belongs to somebody else or is open to others; expected: {expected}."),
    ),
    "connector-broken": Text(
        N_("Connector does not load"),
        N_("The connector for {kind} cannot be loaded. Reinstall Integra, or the package that brought it."),
    ),
    "unexpected": Text(
        N_("Unexpected error"),
        N_("An error nobody foresaw ({type}). The rest goes on and this is tried again; send the log to support."),
    ),
    "engine-starting": Text(N_("Engine starting"), N_("The engine is still starting. Try again in a moment.")),
    "engine-taken": Text(
        N_("Another engine runs"),
        N_("Process {pid} already runs the engine of this state folder. Attach a console to it, or stop it first."),
    ),
    "engine-unreachable": Text(
        N_("No engine answers"),
        N_("No engine answers for this state folder (process {pid} holds it)."),
    ),
    "no-engine": Text(
        N_("No engine runs"),
        N_("No engine runs for this state folder, and this user may not host one. Start the service."),
    ),
    "engine-lost": Text(
        N_("Engine lost"),
        N_("The connection to the engine broke. The command is asked again as soon as it answers, and done only once."),
    ),
    # --- C-Plus
    "firebird-client-missing": Text(
        N_("Firebird library missing"),
        N_("The Firebird library {library} is not installed. Run: {command}"),
    ),
    "firebird-no-embedded": Text(
        N_("Embedded Firebird missing"),
        N_("The embedded Firebird is not installed. Run: {command}"),
    ),
    "firebird-lock-folder": Text(
        N_("Firebird's lock folder"),
        N_("{folder} belongs to another user. Run Integra as that user, or remove the folder."),
    ),
    "erp-unreachable": Text(
        N_("C-Plus does not answer"),
        N_("The Firebird server of C-Plus does not answer. Is the machine on, and the network up? Waiting is safe."),
    ),
    "erp-connection-lost": Text(
        N_("Connection to C-Plus broke"),
        N_("The connection to the Firebird server broke. It is opened again by itself; waiting is safe."),
    ),
    "erp-login-refused": Text(
        N_("C-Plus refuses the login"),
        N_(
            "Firebird refuses user or password. Correct the secret of [erp]; nothing is synchronised until then. So"
            " that nobody gets locked out it is tried again every few minutes only."
        ),
    ),
    "erp-forbidden": Text(
        N_("Right missing in C-Plus"),
        N_("The Firebird user may not read or write a table of C-Plus. Give it that right."),
    ),
    "erp-path-wrong": Text(
        N_("C-Plus base not found"),
        N_("Firebird answers and finds no base under that path. Correct path in [erp.options]."),
    ),
    "erp-layout-unknown": Text(
        N_("C-Plus base looks different"),
        N_("This base lacks what Integra needs ({missing}). Is it C-Plus, in a version Integra knows? Ask support."),
    ),
    "erp-charset-wrong": Text(
        N_("Charset of the base"),
        N_("The charset of the C-Plus base is another one. Set charset to {expected} in [erp.options]."),
    ),
    "erp-charset-mixed": Text(
        N_("Two charsets in the base"),
        N_(
            "Some text columns of the C-Plus base are UTF8 while others have no charset, and no connection reads both:"
            " {columns}. Nothing is read or written. Ask support."
        ),
    ),
    "erp-option-unknown": Text(
        N_("C-Plus lacks what a setting names"),
        N_("C-Plus has no {value} in {table}, which {option} names. Correct it in [erp.options]."),
    ),
    "erp-triggers-gone": Text(
        N_("Triggers missing in C-Plus"),
        N_(
            "Of Integra's triggers in C-Plus these are gone, changed or switched off: {names}. An upgrade of C-Plus may"
            " do that. Changes are found on the clock until then; run: integra cplus install-triggers"
        ),
    ),
    "erp-trigger-name-taken": Text(
        N_("Trigger name taken"),
        N_("C-Plus has triggers of somebody else under these names: {names}. Nothing was installed; ask support."),
    ),
    "erp-log-in-use": Text(
        N_("Integra's log still in use"),
        N_(
            "The triggers are gone. Their log ({table}) stays while somebody who has sold meanwhile is connected:"
            " close C-Plus on the tills and run it again."
        ),
    ),
    "erp-disk": Text(
        N_("Disk of the C-Plus server"),
        N_("The machine of C-Plus cannot write the base: its disk is full or failing. Free some space there. Nothing is"
           " lost, and it goes on by itself."),
    ),
    "erp-unreserved": Text(
        N_("Orders reserve nothing in C-Plus"),
        N_(
            "The setting is reservation = none: a till can sell the goods of the shop's orders. Find out who counts"
            " with: integra cplus watch CODPROD"
        ),
    ),
    "erp-open-transaction": Text(
        N_("Somebody keeps C-Plus open"),
        N_("{user} ({client}) has kept one transaction of C-Plus open since {since}. All goes on, but the base grows"
           " slow: close C-Plus there."),
    ),
    "erp-busy": Text(
        N_("C-Plus is busy"),
        N_("Somebody in C-Plus holds the row that is needed. It is tried again; waiting is safe."),
    ),
    "erp-slow": Text(
        N_("C-Plus is slow"),
        N_("C-Plus took too long to answer. It is tried again; waiting is safe."),
    ),
    "erp-commit-unknown": Text(
        N_("C-Plus did not confirm"),
        N_("The connection broke while C-Plus was storing. Integra looks before it stores again; waiting is safe."),
    ),
    "erp-code-taken": Text(
        N_("Number taken in C-Plus"),
        N_("C-Plus gave the number to another row meanwhile. Integra takes the next one; waiting is safe."),
    ),
    "erp-keys-taken": Text(
        N_("Numbers taken in C-Plus"),
        N_("Others took the next numbers of C-Plus at that moment. It is tried again; waiting is safe."),
    ),
    "erp-keys-exhausted": Text(
        N_("No free number in C-Plus"),
        N_("The counter of C-Plus has no free number left. Correct it in C-Plus; ask its support."),
    ),
    "no-free-order-code": Text(
        N_("No free order number in C-Plus"),
        N_("Every order number that C-Plus gave was taken. Correct its counter; ask the support of C-Plus."),
    ),
    "no-free-customer-code": Text(
        N_("No free customer code in C-Plus"),
        N_("Every customer code that C-Plus gave was taken. Correct its counter; ask the support of C-Plus."),
    ),
    "erp-order-open": Text(
        N_("Order still being stored"),
        N_("A first try of the same order has not ended in C-Plus. Integra waits for it; waiting is safe."),
    ),
    "erp-customer-open": Text(
        N_("Customer still being stored"),
        N_("A first try of the same customer has not ended in C-Plus. Integra waits for it; waiting is safe."),
    ),
    "erp-code-too-long": Text(
        N_("Value too long for C-Plus"),
        N_("{value} does not fit into {column} of {table}."),
    ),
    "erp-reference-too-long": Text(
        N_("Order number too long for C-Plus"),
        N_("The reference {reference} does not fit into {column}. Shorten order_prefix of the account."),
    ),
    "erp-reference-no-number": Text(
        N_("Order number is no number"),
        N_("{column} takes numbers only, and the reference is {reference}. Make order_prefix of the account a number."),
    ),
    "erp-key-exists": Text(
        N_("C-Plus has it already"),
        N_("C-Plus refuses a second row ({constraint} of {table}). Look for it in C-Plus."),
    ),
    "erp-reference-missing": Text(
        N_("C-Plus lacks what the row refers to"),
        N_("C-Plus refuses the row: what it refers to is gone ({constraint} of {table})."),
    ),
    "erp-refused": Text(
        N_("C-Plus refuses"),
        N_("C-Plus refuses to store this. The log has its words; it is tried again."),
    ),
    "erp-unknown-sku": Text(
        N_("Unknown SKU in an order"),
        N_("The order has SKU {sku}, which C-Plus does not know. Create it in C-Plus or refuse the order."),
    ),
    "erp-no-such-product": Text(
        N_("Product not in C-Plus"),
        N_("C-Plus has no product with CODPROD {sku}. Type the key, with its zeros, not the bar code."),
    ),
    "erp-inactive-sku": Text(
        N_("SKU in an order is not for sale"),
        N_("SKU {sku} ({name}) is not for sale in C-Plus. Put it on sale again there, or refuse the order."),
    ),
    "erp-payment-kind-unknown": Text(
        N_("Payment kind missing"),
        N_("No payment kind (CODREC) is named for {method}. Add it to payment_kinds in [erp.options]."),
    ),
    "erp-order-in-edit": Text(
        N_("Order open in C-Plus"),
        N_("Order {order} is open on a screen of C-Plus ({who}). Integra leaves it alone until it is closed there."),
    ),
    "erp-customer-in-edit": Text(
        N_("Customer open in C-Plus"),
        N_("Customer {key} is open on a screen of C-Plus ({who}). Integra leaves it alone until it is closed there."),
    ),
    "erp-reference-edited": Text(
        N_("Order number changed in C-Plus"),
        N_("Order {erp_number} of C-Plus was {ours} and says {theirs} now. It stays {order} of the shop; correct it."),
    ),
    "erp-unknown-tag": Text(
        N_("Characteristic missing in C-Plus"),
        N_("C-Plus has no characteristic {tag}. Create it, or correct online_tag of the account."),
    ),
    "erp-price-table-unknown": Text(
        N_("Price table missing in C-Plus"),
        N_("C-Plus has no price table {table}. Correct it in the account's settings."),
    ),
    "erp-order-gone": Text(
        N_("Order gone from C-Plus"),
        N_("The order was deleted in C-Plus. Settle it with the buyer, or refuse it."),
    ),
    "erp-order-without-goods": Text(
        N_("Order without goods"),
        N_("The order has no line that C-Plus could store. Look at it in the shop."),
    ),
    "erp-total-differs": Text(
        N_("Totals differ"),
        N_("The lines add up to {computed} and the shop says {total}: it is not stored in C-Plus. Look at the order."),
    ),
    "erp-customer-gone": Text(
        N_("Customer gone from C-Plus"),
        N_("Customer {customer} was deleted in C-Plus. Create the customer again, or link another one."),
    ),
    "other-base": Text(
        N_("Another C-Plus base"),
        N_("{path} (CNPJ {cnpj}) answers, and this account is bound to {known}. It only observes until a person"
           " approves again."),
    ),
    "older-base": Text(
        N_("Older C-Plus base"),
        N_("The base {path} was restored from a backup: {missing} orders that stood there are gone and wait in Problem."
           " The account only observes. If this is the base to work with, approve it (go-live), then have them written"
           " again."),
    ),
    "restored-base": Text(
        N_("C-Plus base made anew"),
        N_("The file {path} was made anew (backup and restore); every order of ours is in it. The account only observes"
           " until a person approves it (go-live)."),
    ),
    "erp-base-changed": Text(
        N_("C-Plus base was exchanged"),
        N_("Another file stands where the C-Plus base was. Integra looks which one it is before it writes anything."),
    ),
    "order-missing-in-erp": Text(
        N_("Missing in C-Plus after a restore"),
        N_("C-Plus was restored from a backup and lacks this order, which stood there as {number}. Its goods stay held."
           " Have it written again (key w, or integra orders rewrite): it takes a new number."),
    ),
    "cancelled-in-erp": Text(
        N_("Cancelled in C-Plus"),
        N_("Staff cancelled the order in C-Plus, and the shop still has it. Refuse it, or enter it again in C-Plus."),
    ),
    "invoice-cancelled-in-erp": Text(
        N_("Invoice cancelled in C-Plus"),
        N_("The invoice was cancelled in C-Plus. Invoice it again, or refuse the order."),
    ),
    "sale-cancelled-after-shipping": Text(
        N_("Sale cancelled after shipping"),
        N_(
            "Staff cancelled the sale in C-Plus, and its goods have left already. If they come back, refund the buyer"
            " in the shop; if not, invoice again in C-Plus. Then put the order back."
        ),
    ),
    "invoiced-differs": Text(
        N_("Invoiced otherwise"),
        N_(
            "C-Plus invoiced something else than the buyer ordered; the lines below show what. Only what was ordered"
            " and invoiced is shipped. Agree with the buyer, refund the rest in the shop, then put the order back."
        ),
    ),
    "nfe-cancelled": Text(
        N_("NF-e cancelled"),
        N_(
            "The NF-e of this order was cancelled and its sale stands. Issue another one in C-Plus: the order goes on"
            " by itself. Do not dispatch without it."
        ),
    ),
    "returned-in-erp": Text(
        N_("Goods came back"),
        N_(
            "C-Plus booked a return of this order; the lines below show what. Nothing was done in the shop. Refund the"
            " buyer there or send the goods again, as you agreed, then put the order back."
        ),
    ),
    "erp-status-problem": Text(
        N_("Status in C-Plus"),
        N_("The store's staff gave the order the status {status} in C-Plus. Ask them, then put the order back."),
    ),
    "linked-too-late": Text(
        N_("Invoiced twice in C-Plus"),
        N_(
            "Staff invoiced the order (sale {own}) while it was being linked to sale {sale}. Its own sale counts;"
            " cancel sale {sale} in C-Plus if it is the same goods, then put the order back."
        ),
    ),
    # --- the shop
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
        N_("The shop is overloaded or limits requests. Integra waits as long as it asks. Waiting is safe."),
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
        N_("The shop refuses the access token. Make a new one in its admin and put it in the secrets."),
    ),
    "channel-rights": Text(
        N_("Token lacks a right"),
        N_("The access token may not use {resource}. Give the integration that right in the shop's admin."),
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
        N_("The shop does not offer its stock by source (MSI). Switch the module on in Magento."),
    ),
    "secret-missing": Text(
        N_("Secret missing"),
        N_("The secret {name} is not there: put it into secrets.toml, the credentials folder or the environment."),
    ),
    # --- products
    "product-without-price": Text(
        N_("Product without price"),
        N_("{name} has no price, so it is not published (missing is not zero). Enter its price in C-Plus."),
    ),
    "product-without-stock-control": Text(
        N_("Stock not controlled"),
        N_(
            "C-Plus keeps no stock of {name}, so nobody knows how many can be sold and it is not offered. Switch its"
            " stock control on in C-Plus, or set uncounted_stock in the account to the number that the shop shall show"
            " of such goods and services."
        ),
    ),
    "kit-in-itself": Text(
        N_("Kit contains itself"),
        N_("{name} is a part of itself by way of {skus}, so none is for sale. Correct its composition in C-Plus."),
    ),
    "kit-part-inactive": Text(
        N_("Kit with a part that is not sold"),
        N_(
            "{name} contains {skus}, which C-Plus marks as inactive or not to be sold, so none is for sale. Put that"
            " right in C-Plus, or take the part out of the kit."
        ),
    ),
    "kit-part-missing": Text(
        N_("Kit with an unknown part"),
        N_("{name} contains {skus}, which C-Plus does not have, so none is for sale. Correct its composition."),
    ),
    "kit-part-without-quantity": Text(
        N_("Kit without quantities"),
        N_("C-Plus does not say how many of {skus} are in {name}, so none is for sale. Complete its composition."),
    ),
    "stock-negative": Text(
        N_("Negative stock"),
        N_(
            "C-Plus has fewer than none of {n} products on hand; the shop shows them as sold out where no other sector"
            " has any. Count them and correct their stock in C-Plus: {skus}"
        ),
    ),
    "stock-row-missing": Text(
        N_("No stock row"),
        N_(
            "C-Plus has no row of stock for {n} products in the companies and sectors of this shop, so they are shown"
            " as sold out. They were never received there, or the sectors in settings.toml are not all: {skus}"
        ),
    ),
    "price-other-currency": Text(
        N_("Prices in another currency"),
        N_(
            "{rows} prices are in {about} (one of them: {sku}) and are not published. Enter them in reais in C-Plus, or"
            " set convert_currencies = true in [erp] options to have them converted by C-Plus's own rate."
        ),
    ),
    "price-step-unclear": Text(
        N_("Discount by quantity unclear"),
        N_(
            "{rows} discounts by quantity (one of them: {sku}) name no price table, no discount or no quantity above"
            " one, so they are not published. Complete them in C-Plus."
        ),
    ),
    "promotion-for-quantity": Text(
        N_("Promotion for a quantity"),
        N_(
            "{about} asks for a least quantity ({rows} products, one of them: {sku}). A shop cannot show that for a"
            " time, so it holds at the counter only."
        ),
    ),
    "promotion-for-payment": Text(
        N_("Promotion for a way to pay"),
        N_(
            "{about} holds for one way to pay ({rows} products, one of them: {sku}). A shop cannot show that, so it"
            " holds at the counter only."
        ),
    ),
    "price-table-computed": Text(
        N_("Price table by formula"),
        N_(
            "C-Plus computes price table {table} {name} by a formula; what is stored in it means nothing and is not"
            " published. Choose another table in the settings, or take the formula away in C-Plus."
        ),
    ),
    "price-table-unusable": Text(
        N_("Price table missing or inactive"),
        N_("Price table {table} {name} is inactive in C-Plus or is not there. Choose another one in the settings."),
    ),
    "customer-table-unpublished": Text(
        N_("Customer's prices not in the shop"),
        N_(
            "{customer} buys by price table {table} in C-Plus, which this shop does not publish; the shop shows the"
            " base price. Add the table to group_price_tables, or give the customer another table."
        ),
    ),
    "no-price": Text(
        N_("Product without price"),
        N_("{sku} has no price, so it is not published (missing is not zero). Enter its price in C-Plus."),
    ),
    "content-kind": Text(
        N_("Another kind of product"),
        N_("{sku} is of type {type} in the shop and of another in C-Plus. Delete it in the shop's admin."),
    ),
    "grid-variant-missing": Text(
        N_("Variant missing in the shop"),
        N_("{sku} of a grid is not in the shop yet. It is sent again; waiting is safe."),
    ),
    "photo-no-picture": Text(
        N_("Photo that is no picture"),
        N_("A photo of {sku} in C-Plus is no picture. Replace it there; the rest of the product is sent."),
    ),
    "photo-too-large": Text(
        N_("Photo too large"),
        N_("A photo of {sku} is too large to send. Replace it in C-Plus by a smaller one; the rest is sent."),
    ),
    "bad-photo": Text(
        N_("Kind of picture"),
        N_("The shop does not take this kind of picture ({photo} of {sku}). Replace it in C-Plus."),
    ),
    "photo-gone": Text(
        N_("Photo gone"),
        N_("A photo was removed in C-Plus while it was being sent. The next cycle follows; waiting is safe."),
    ),
    # --- orders
    "unknown-status": Text(
        N_("Status nobody knows"),
        N_("The shop shows the status {status}, unknown to Integra. Look at the order in its admin, then put it back."),
    ),
    "on-hold-in-channel": Text(
        N_("On hold in the shop"),
        N_("Somebody put the order on hold in the shop. Release it there; it goes on by itself."),
    ),
    "do-not-dispatch": Text(
        N_("DO NOT DISPATCH"),
        N_("Do not dispatch: the buyer cancelled or was refunded after approval or invoice. Stop the parcel, undo the"
           " invoice in C-Plus, then mark the alarm as seen."),
    ),
    "capture-refused": Text(
        N_("Payment not taken"),
        N_("The shop did not take the payment ({detail}). Look at the order in its admin, then put it back."),
    ),
    "cancel-refused": Text(
        N_("Not cancelled in the shop"),
        N_("The shop did not cancel the order ({detail}). Look at it in its admin, then put it back."),
    ),
    "ship-refused": Text(
        N_("Shipment not taken"),
        N_("The shop did not take the shipment ({detail}). Look at the order in its admin, then put it back."),
    ),
    "channel-cancel-refused": Text(
        N_("Not cancelled in the shop"),
        N_("The shop did not cancel the order. Look at it in its admin."),
    ),
    "channel-ship-refused": Text(
        N_("Shipment not taken"),
        N_("The shop did not take the shipment. Look at the order in its admin."),
    ),
    "effect-not-shown": Text(
        N_("Not shown yet"),
        N_("The shop accepted what was asked and does not show it yet. Integra looks again; waiting is safe."),
    ),
    "order-gone": Text(
        N_("Order gone from the shop"),
        N_("The order is not in the shop any more. Settle it with the buyer."),
    ),
    "line-without-sku": Text(
        N_("Line without SKU"),
        N_("Line {line} has no SKU, so C-Plus cannot store the order. Give the product one, or refuse the order."),
    ),
    # --- customers
    "customer-conflict": Text(
        N_("Customer changed on both sides"),
        N_("{fields} of {customer} changed in C-Plus and in the shop. Choose which one holds: integra customers."),
    ),
    "customer-duplicates": Text(
        N_("Customer several times in C-Plus"),
        N_("{customer} stands in C-Plus under {codes} with one CPF or CNPJ; orders take {chosen}. Choose another with"
           " integra customers choose {id} CODE, or join them in C-Plus."),
    ),
    "customer-blocked": Text(
        N_("Customer blocked in C-Plus"),
        N_("Customer {customer} is blocked in C-Plus ({reason}). Release the customer there, or refuse the order."),
    ),
    "customer-unidentified": Text(
        N_("Customer nobody can identify"),
        N_("A customer of the shop has neither a valid CPF or CNPJ nor an e-mail. Complete the data in the shop."),
    ),
    "customer-gone-in-erp": Text(
        N_("Customer gone from C-Plus"),
        N_("Customer {customer} was deleted in C-Plus and still exists in the shop."),
    ),
    "customer-no-address": Text(
        N_("Customer without address"),
        N_("Customer {customer} has no address in the shop that could be changed. The buyer must enter one."),
    ),
}  # fmt: skip
