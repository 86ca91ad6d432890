-- How the ERP holds an order of ours: its reference there, and what of it takes no goods from stock.

ALTER TABLE sales_order ADD COLUMN erp_reference TEXT;   -- as the ERP holds it; NULL = written before this was noted

CREATE TABLE order_uncontrolled (                        -- SKUs whose stock the ERP does not keep: never short
    order_id INTEGER NOT NULL REFERENCES sales_order(id),
    sku      TEXT NOT NULL,
    PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;
