-- What happens to an order in the ERP after it was written: edited, invoiced in pieces, given back, packed, typed again.

ALTER TABLE order_line ADD COLUMN erp_holds_e4 INTEGER;    -- what the ERP's lines of it say now; NULL = not read yet
ALTER TABLE order_line ADD COLUMN erp_returned_e4 INTEGER NOT NULL DEFAULT 0;   -- given back in the ERP

CREATE TABLE invoiced_extra (                            -- invoiced in the ERP beyond what the buyer ordered
    order_id    INTEGER NOT NULL REFERENCES sales_order(id),
    sku         TEXT NOT NULL,
    quantity_e4 INTEGER NOT NULL CHECK (quantity_e4 > 0),
    PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;

ALTER TABLE sales_order ADD COLUMN erp_status TEXT NOT NULL DEFAULT '';         -- the store's own name for it
ALTER TABLE sales_order ADD COLUMN erp_meaning TEXT;                            -- model.ErpStatus
ALTER TABLE sales_order ADD COLUMN erp_cancelled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sales_order ADD COLUMN sale_cancelled INTEGER NOT NULL DEFAULT 0;   -- it had sales, none stands
ALTER TABLE sales_order ADD COLUMN nfe_cancelled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sales_order ADD COLUMN packed_at TEXT;
ALTER TABLE sales_order ADD COLUMN linked_sale TEXT;                            -- the ERP's key of a sale typed again
CREATE UNIQUE INDEX sales_order_by_linked_sale ON sales_order (linked_sale) WHERE linked_sale IS NOT NULL;
CREATE INDEX sales_order_closed ON sales_order (channel_at) WHERE queue = 'done' AND erp_written_at IS NOT NULL;
