-- Customers as people look through them: by name, and by the group in which they stand in a shop.
CREATE INDEX customer_by_name ON customer (name COLLATE NOCASE);
CREATE INDEX customer_link_by_group ON customer_link (account, channel_group);
