-- Who bought without an account in a shop is found without a look at everybody's: each customer counts his accounts.
ALTER TABLE customer ADD COLUMN links INTEGER NOT NULL DEFAULT 0;
UPDATE customer SET links = (SELECT count(*) FROM customer_link l WHERE l.customer_id = customer.id);
CREATE INDEX customer_without_link ON customer (name COLLATE NOCASE) WHERE links = 0;
CREATE TRIGGER customer_links_insert AFTER INSERT ON customer_link BEGIN
    UPDATE customer SET links = links + 1 WHERE id = NEW.customer_id;
END;
CREATE TRIGGER customer_links_delete AFTER DELETE ON customer_link BEGIN
    UPDATE customer SET links = links - 1 WHERE id = OLD.customer_id;
END;
CREATE TRIGGER customer_links_update AFTER UPDATE OF customer_id ON customer_link BEGIN
    UPDATE customer SET links = links - 1 WHERE id = OLD.customer_id;
    UPDATE customer SET links = links + 1 WHERE id = NEW.customer_id;
END;
