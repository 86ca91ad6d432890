-- Of many years' orders a few are open: each question that a cycle asks of those has an index of those alone.
CREATE INDEX sales_order_open_in_erp ON sales_order (erp_key)
    WHERE erp_written_at IS NOT NULL AND (queue <> 'done' OR fulfilment = 'shipping' OR cancellation = 'refusing');
CREATE INDEX sales_order_short ON sales_order (placed_at, id)
    WHERE fulfilment = 'short' AND cancellation = 'none' AND erp_written_at IS NOT NULL;
CREATE INDEX sales_order_by_customer ON sales_order (customer_id);
