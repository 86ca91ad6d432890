-- Kits: what a product is made of, and of which goods an order's lines are taken.

DROP TABLE kit_part;
CREATE TABLE kit_part (                                  -- down to goods with a stock of their own, never a kit itself
    kit         TEXT NOT NULL,
    part        TEXT NOT NULL,
    quantity_e4 INTEGER NOT NULL CHECK (quantity_e4 > 0),
    counted     INTEGER NOT NULL,                        -- 0: the ERP keeps no stock of it, so it limits nothing
    PRIMARY KEY (kit, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX kit_part_by_part ON kit_part (part);

CREATE TABLE kit_fault (                                 -- why a kit cannot be sold as it stands in the ERP
    kit  TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    skus TEXT NOT NULL                                   -- whose fault it is, for people
) STRICT, WITHOUT ROWID;

ALTER TABLE product ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;     -- sold by the piece: no fraction is shown
ALTER TABLE product ADD COLUMN counted INTEGER NOT NULL DEFAULT 1;   -- the ERP keeps its stock

-- The parts of a line as they were when the order came: a kit that is put together otherwise later changes no order.
CREATE TABLE order_part (
    order_id    INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    sku         TEXT NOT NULL,
    quantity_e4 INTEGER NOT NULL CHECK (quantity_e4 > 0),            -- in one of the line
    invoiced_e4 INTEGER NOT NULL DEFAULT 0,                          -- of the part itself
    PRIMARY KEY (order_id, line, sku),
    FOREIGN KEY (order_id, line) REFERENCES order_line(order_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_part_by_sku ON order_part (sku);

-- The goods that orders take from the ERP's stock: of a kit its parts, of everything else the line itself.
CREATE VIEW order_goods AS
SELECT l.order_id, l.line, l.sku, 10000 AS in_one_e4, l.ordered_e4, l.reserved_e4, l.invoiced_e4, l.cancelled_e4,
       l.promised, l.promised_until_snapshot
  FROM order_line l
 WHERE NOT EXISTS (SELECT 1 FROM order_part p WHERE p.order_id = l.order_id AND p.line = l.line)
UNION ALL
SELECT l.order_id, l.line, p.sku, p.quantity_e4, l.ordered_e4 * p.quantity_e4 / 10000,
       l.reserved_e4 * p.quantity_e4 / 10000, p.invoiced_e4, l.cancelled_e4 * p.quantity_e4 / 10000,
       l.promised, l.promised_until_snapshot
  FROM order_part p JOIN order_line l ON l.order_id = p.order_id AND l.line = p.line;
