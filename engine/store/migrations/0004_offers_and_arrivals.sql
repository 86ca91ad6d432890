-- Prices besides that of one piece in a table, and goods on order.

ALTER TABLE price_table ADD COLUMN computed INTEGER NOT NULL DEFAULT 0;   -- by a formula: its stored prices mean nothing

CREATE TABLE quantity_price (
    price_table TEXT NOT NULL,
    sku         TEXT NOT NULL,
    from_e4     INTEGER NOT NULL CHECK (from_e4 > 10000),
    cents       INTEGER NOT NULL CHECK (cents > 0),
    PRIMARY KEY (price_table, sku, from_e4)
) STRICT, WITHOUT ROWID;

CREATE TABLE promotion (
    sku       TEXT NOT NULL,
    first_day TEXT NOT NULL,                             -- ISO date by the store's calendar; '' = since ever
    last_day  TEXT NOT NULL,                             -- '' = without end
    cents     INTEGER NOT NULL CHECK (cents > 0),
    PRIMARY KEY (sku, first_day, last_day, cents)
) STRICT, WITHOUT ROWID;

CREATE TABLE arrival (                                   -- on order and not come; never counted as stock
    sku         TEXT NOT NULL,
    expected_on TEXT NOT NULL,                           -- ISO date; '' = nobody said when
    quantity_e4 INTEGER NOT NULL CHECK (quantity_e4 > 0),
    PRIMARY KEY (sku, expected_on)
) STRICT, WITHOUT ROWID;

INSERT INTO topic (name) VALUES ('arrivals');
