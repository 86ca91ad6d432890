-- Goods that the shop cancelled of an order that goes on, and that the ERP holds or has sold all the same.

ALTER TABLE sales_order ADD COLUMN unwanted TEXT;   -- what people were told of it last; NULL = nothing, or not yet
