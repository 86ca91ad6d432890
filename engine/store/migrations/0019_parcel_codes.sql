-- The tracking codes of the parcels that people closed, so that none goes out on two; and the numbers by which a scanner
-- asks for an order.

CREATE TABLE parcel_code (
    code     TEXT NOT NULL,
    order_id INTEGER NOT NULL REFERENCES sales_order(id),
    part     TEXT NOT NULL,                              -- of the order's effect 'ship', whose state says if it holds
    PRIMARY KEY (code, order_id, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX parcel_code_by_order ON parcel_code (order_id, part);
INSERT OR IGNORE INTO parcel_code (code, order_id, part)
    SELECT json_extract(args, '$.tracking'), order_id, part FROM effect
    WHERE kind = 'ship' AND COALESCE(json_extract(args, '$.tracking'), '') <> '';

CREATE INDEX sales_order_by_tracking ON sales_order (tracking) WHERE tracking IS NOT NULL;
CREATE INDEX sales_order_by_number ON sales_order (number);
CREATE INDEX sales_order_by_reference ON sales_order (reference);
CREATE INDEX sales_order_by_nfe_key ON sales_order (nfe_key) WHERE nfe_key IS NOT NULL;
CREATE INDEX sales_order_by_erp_number ON sales_order (ltrim(erp_number, '0')) WHERE erp_written_at IS NOT NULL;
