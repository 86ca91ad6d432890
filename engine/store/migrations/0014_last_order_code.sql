-- Whether orders are lost is told by the orders themselves.
ALTER TABLE account DROP COLUMN base_last_order_code;
