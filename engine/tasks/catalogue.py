"""The catalogue of an account: what is said of each product, sent item by item; children before their grid."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import msgspec

from engine.account import Account
from engine.adoption.look import adopt_once
from engine.amounts import from_cents, to_e4
from engine.errors import Misconfigured
from engine.listing import OBSTACLES, Override, content_of, obstacles, offered, parent_content, parent_item
from engine.model.goods import Product
from engine.publishing import Content, ContentPush, Facet, RowError
from engine.runtime.supervisor import TaskReport
from engine.store import (
    accounts,
    arrivals,
    category_maps,
    content_guards,
    kits,
    listings,
    mirror,
    publications,
    reverts,
)
from engine.store.database import generations
from engine.store.problems import clear_problem, raise_problem
from engine.store.publications import Row
from engine.tasks.handing_over import HandingOver
from engine.tasks.sending import report, send_all

PRODUCTS_PER_TRANSACTION = 500


class CatalogueTask:
    """Reads the ERP's catalogue, wants the account's listings, sends them."""

    name = "catalogue"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.account = account.id
        self._outlook: dict[str, date] = {}  # sold-out SKUs and the day when goods arrive
        self._outlook_on: date | None = None
        self._guarded: object = None  # what the guards were last asked of
        self._handing_over = HandingOver(account, self._push, self._look)

    async def run(self) -> TaskReport:
        """One cycle."""
        account = self._account
        no_queue: Misconfigured | None = None
        done = 0
        try:
            done = await self._handing_over.run(self._send_others)
        except Misconfigured as error:  # what is new is sent all the same, one by one
            no_queue = error
        done += await send_all(account, Facet.CONTENT, self._send, self._look)
        if done:
            for task in ("prices", "stock", "media"):
                account.wake(account.id, task)
        if no_queue is not None:
            raise no_queue
        return await report(account, Facet.CONTENT, done)

    async def _send_others(self) -> None:
        await send_all(self._account, Facet.CONTENT, self._send, self._look, new=False)

    async def _look(self) -> None:
        account = self._account
        await account.reads.prices()  # a product without a price is not listed
        await account.reads.catalogue()
        await account.reads.arrivals()
        await account.store.write(self._look_ahead)
        while await account.store.write(self._want_some):
            pass
        mapped = account.channel.capabilities.category_map
        await account.store.write(lambda db: category_maps.replace_map(db, account.id, mapped, account.now()))
        while await account.store.write(lambda db: category_maps.send_moved(db, account.id)):
            pass
        await adopt_once(account)
        await account.store.write(self._hold)

    def _hold(self, db: sqlite3.Connection) -> None:
        guards = self._account.settings.guards
        limits = content_guards.ContentLimits(guards.leaving_percent, guards.texts_changing_percent)
        basis = (limits, generations(db, "listed"))
        if basis != self._guarded:  # a first publication looks again every few seconds, and has much to go through
            content_guards.hold(db, self._account.id, limits)
        self._guarded = basis

    def _look_ahead(self, db: sqlite3.Connection) -> None:
        """Want anew what shows other delivery days because goods are on order, or have come, or a day has passed."""
        account, settings = self._account, self._account.settings
        today, before = account.today(), self._outlook
        self._outlook = {}
        if settings.delivery_from_arrivals:
            self._outlook = arrivals.outlook(
                db,
                account.id,
                companies=settings.all_companies,
                sectors=settings.all_sectors,
                buffer_e4=to_e4(settings.buffer),
                today=today,
            )
        if self._outlook_on == today:
            changed = {sku for sku, _ in before.items() ^ self._outlook.items()}
        else:
            changed = before.keys() | self._outlook.keys() | arrivals.skus(db)
        self._outlook_on = today
        self._want(db, sorted(changed))

    def _want_some(self, db: sqlite3.Connection) -> bool:
        """Want the listings of products that changed since last time, a piece at a time; True while there are more."""
        account, settings = self._account, self._account.settings
        # A change of the account's own settings concerns every listing.
        mark = msgspec.json.encode(
            (
                settings.online_tag,
                settings.delivery_days,
                settings.grid_prefix,
                settings.delivery_from_arrivals,
                settings.uncounted_stock > 0,
            )
        ).decode()
        version, _, seen_mark = (accounts.cursor(db, account.id, "listings") or "0 ").partition(" ")
        since = int(version) if seen_mark == mark else 0
        todo = db.execute(
            "SELECT sku, version FROM product WHERE version > ? ORDER BY version, sku", (since,)
        ).fetchall()
        if not todo:
            return False
        # All products of one version belong together: the cursor can only stand between versions.
        last = todo[min(len(todo), PRODUCTS_PER_TRANSACTION) - 1]["version"]
        skus = [row["sku"] for row in todo if row["version"] <= last]
        self._want(db, skus)
        accounts.set_cursor(db, account.id, "listings", f"{last} {mark}")
        return len(skus) < len(todo)

    def _want(self, db: sqlite3.Connection, skus: Sequence[str]) -> None:
        account, grids = self._account, self._account.channel.capabilities.grids
        rows: list[tuple[str, str, str | None]] = []
        parents: set[str] = set()
        for sku in skus:
            product = mirror.product(db, sku)
            if product is None:
                continue
            content = self._content(db, product)
            if content is not None:
                rows.append((sku, "", _encode(reverts.settled(db, account.id, sku, content))))
            if grids and product.parent:
                parents.add(product.parent)
        publications.want(db, account.id, Facet.CONTENT, rows, account.now())
        for parent in sorted(parents):
            self._want_parent(db, parent)

    def _content(self, db: sqlite3.Connection, product: Product) -> Content | None:
        """What shall be shown of the product; None leaves it as it is: nowhere, or with a problem that names it."""
        account, settings = self._account, self._account.settings
        override = listings.override(db, account.id, product.sku)
        known = db.execute(
            "SELECT 1 FROM publication WHERE account = ? AND item = ? AND facet = 'content'", (account.id, product.sku)
        ).fetchone()
        wanted = offered(product, settings, override)
        priced = db.execute(
            "SELECT 1 FROM price WHERE sku = ? AND price_table = ?", (product.sku, settings.base_price_table)
        ).fetchone()
        missing_price = not priced and self._base_table_counts(db)
        self._tell_obstacles(db, product, override, priced=not missing_price)
        if not known and not (wanted and priced):
            return None
        day = self._outlook.get(product.sku)
        return content_of(
            product,
            settings,
            override,
            mirror.payment_options(db),
            grids=account.channel.capabilities.grids,
            days_until_arrival=0 if day is None else (day - account.today()).days,
        )

    def _tell_obstacles(self, db: sqlite3.Connection, product: Product, override: Override, *, priced: bool) -> None:
        account, subject = self._account, f"item:{product.sku}"
        fault = kits.fault(db, product.sku)
        found = obstacles(product, account.settings, override, priced=priced, kit_fault=fault and fault[0])
        params = {"sku": product.sku, "code": product.code, "name": product.name, "skus": fault[1] if fault else ""}
        for code in OBSTACLES:
            if code in found:
                raise_problem(db, account.id, code, subject, params, "", "problem", account.now())
            else:
                clear_problem(db, account.id, code, subject)

    def _base_table_counts(self, db: sqlite3.Connection) -> bool:
        """Whether the base table has prices at all; one that is computed or inactive is one problem, not thousands."""
        table = self._account.settings.base_price_table
        row = db.execute("SELECT active FROM price_table WHERE key = ?", (table,)).fetchone()
        return row is not None and bool(row["active"])

    def _want_parent(self, db: sqlite3.Connection, parent: str) -> None:
        account = self._account
        grid = mirror.grid(db, parent)
        cells = db.execute(
            # CROSS JOIN: from the few cells to what is said of them, not through all that the account lists.
            "SELECT p.item, p.wanted FROM product r CROSS JOIN publication p ON p.item = r.sku WHERE r.parent = ? AND"
            " p.account = ? AND p.facet = 'content' AND p.part = '' AND p.wanted IS NOT NULL ORDER BY p.item",
            (parent, account.id),
        ).fetchall()
        if grid is None or not cells:
            return
        decoded = [(row["item"], msgspec.json.decode(row["wanted"], type=Content)) for row in cells]
        decoded.sort(key=lambda cell: [value.position for value in cell[1].grid])
        item = parent_item(account.settings, parent)
        override = listings.override(db, account.id, item)
        content = parent_content(grid, override, decoded, mirror.payment_options(db))
        content = reverts.settled(db, account.id, item, content)
        publications.want(db, account.id, Facet.CONTENT, [(item, "", _encode(content))], account.now())

    async def _send(self, rows: Sequence[Row]) -> Sequence[RowError]:
        (row,) = rows
        push = await self._account.store.read(lambda db: self._push(db, row))
        remote = await self._account.channel.push_content(push)
        if remote != row.remote:  # by it the item is found again where somebody gives it another SKU
            await self._account.store.write(
                lambda db: publications.keep_remote(db, self._account.id, Facet.CONTENT, row, remote)
            )
        return ()

    def _push(self, db: sqlite3.Connection, row: Row) -> ContentPush:
        assert row.wanted is not None, "an item that was published is disabled, never deleted"
        content = msgspec.json.decode(row.wanted, type=Content)
        cents, leave = self._base_cents(db, row.item), listings.left_to_shop(db, self._account.id, row.item)
        former = None if row.confirmed is None else msgspec.json.decode(row.confirmed, type=Content)
        if former is not None and former.variants:  # an adopted grid was confirmed with the merchant's variants too
            ours = mirror.known_skus(db, former.variants)
            former = replace(former, variants=tuple(sku for sku in former.variants if sku in ours))
        maps = category_maps.former_maps(db, self._account.id, row.confirmed_at)
        return ContentPush(row.item, content, None if cents is None else from_cents(cents), leave, former, maps)

    def _base_cents(self, db: sqlite3.Connection, sku: str) -> int | None:
        table = self._account.settings.base_price_table
        row = db.execute("SELECT cents FROM price WHERE sku = ? AND price_table = ?", (sku, table)).fetchone()
        return None if row is None else int(row[0])


def _encode(content: Content) -> str:
    return msgspec.json.encode(content).decode()
