-- Text search for people: words of orders, products and customers by their beginnings, accents and case ignored. What each
-- is known by is said once, in a view; triggers take the old words out and the new ones in, so that no writer has to
-- think of it. Numbers are known without their leading zeros too, and a shop's without the digit of its store view.

CREATE INDEX parcel_by_order ON parcel (account, order_id);

CREATE VIEW order_words (id, words) AS
SELECT o.id,
       o.number || ' ' || ltrim(o.number, '0') || ' ' || ltrim(substr(o.number, 2), '0') || ' ' || o.reference || ' ' ||
       iif(o.erp_written_at IS NULL, '', COALESCE(o.erp_number || ' ' || ltrim(o.erp_number, '0'), '')) || ' ' ||
       o.buyer_name || ' ' || o.buyer_document || ' ' || o.buyer_email || ' ' || COALESCE(o.nfe_number, '') || ' ' ||
       COALESCE(o.nfe_key, '') || ' ' || COALESCE(o.tracking, '') || ' ' || COALESCE((
           SELECT group_concat(p.tracks, ' ') FROM parcel p WHERE p.account = o.account AND p.order_id = o.external_id
       ), '')
  FROM sales_order o;
CREATE VIRTUAL TABLE order_search USING fts5 (
    words, content = 'order_words', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2'
);
CREATE TRIGGER order_search_insert AFTER INSERT ON sales_order BEGIN
    INSERT INTO order_search (rowid, words) SELECT id, words FROM order_words WHERE id = NEW.id;
END;
CREATE TRIGGER order_search_before_update BEFORE UPDATE OF
    number, reference, erp_number, erp_written_at, buyer_name, buyer_document, buyer_email, nfe_number, nfe_key, tracking
    ON sales_order BEGIN
    INSERT INTO order_search (order_search, rowid, words) SELECT 'delete', id, words FROM order_words WHERE id = OLD.id;
END;
CREATE TRIGGER order_search_update AFTER UPDATE OF
    number, reference, erp_number, erp_written_at, buyer_name, buyer_document, buyer_email, nfe_number, nfe_key, tracking
    ON sales_order BEGIN
    INSERT INTO order_search (rowid, words) SELECT id, words FROM order_words WHERE id = NEW.id;
END;
CREATE TRIGGER order_search_delete BEFORE DELETE ON sales_order BEGIN
    INSERT INTO order_search (order_search, rowid, words) SELECT 'delete', id, words FROM order_words WHERE id = OLD.id;
END;
-- A parcel is told again by INSERT OR REPLACE, which fires no trigger of a delete; and it may move to another order.
CREATE TRIGGER order_search_before_parcel BEFORE INSERT ON parcel BEGIN
    DELETE FROM parcel WHERE account = NEW.account AND external_id = NEW.external_id;
    INSERT INTO order_search (order_search, rowid, words) SELECT 'delete', w.id, w.words FROM order_words w WHERE w.id =
        (SELECT id FROM sales_order WHERE account = NEW.account AND external_id = NEW.order_id);
END;
CREATE TRIGGER order_search_parcel AFTER INSERT ON parcel BEGIN
    INSERT INTO order_search (rowid, words) SELECT w.id, w.words FROM order_words w WHERE w.id =
        (SELECT id FROM sales_order WHERE account = NEW.account AND external_id = NEW.order_id);
END;
CREATE TRIGGER order_search_before_parcel_delete BEFORE DELETE ON parcel BEGIN
    INSERT INTO order_search (order_search, rowid, words) SELECT 'delete', w.id, w.words FROM order_words w WHERE w.id =
        (SELECT id FROM sales_order WHERE account = OLD.account AND external_id = OLD.order_id);
END;
CREATE TRIGGER order_search_parcel_delete AFTER DELETE ON parcel BEGIN
    INSERT INTO order_search (rowid, words) SELECT w.id, w.words FROM order_words w WHERE w.id =
        (SELECT id FROM sales_order WHERE account = OLD.account AND external_id = OLD.order_id);
END;

-- A product may be in the mirror, among the keys that adoption read, or both; the index needs a number for its SKU.
CREATE TABLE sku_number (
    id  INTEGER PRIMARY KEY,
    sku TEXT NOT NULL UNIQUE
) STRICT;
CREATE VIEW product_words (id, words) AS
SELECT n.id,
       n.sku || ' ' || ltrim(n.sku, '0') || ' ' || COALESCE(
           p.code || ' ' || p.name || ' ' || COALESCE(p.parent, '') || ' ' ||
           COALESCE(json_extract(p.data, '$.web_name'), '') || ' ' || COALESCE(json_extract(p.data, '$.gtin'), ''), '') ||
       ' ' || COALESCE(k.code || ' ' || k.name || ' ' || COALESCE(k.parent, '') || ' ' || k.gtin, '')
  FROM sku_number n LEFT JOIN product p ON p.sku = n.sku LEFT JOIN erp_key k ON k.item = n.sku;
CREATE VIRTUAL TABLE product_search USING fts5 (
    words, content = 'product_words', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2'
);
-- An INSERT that finds its row there becomes an UPDATE, whose triggers fire then: the one of the insert must not count.
CREATE TRIGGER product_search_before_insert BEFORE INSERT ON product
    WHEN NOT EXISTS (SELECT 1 FROM product WHERE sku = NEW.sku) BEGIN
    INSERT INTO product_search (product_search, rowid, words)
        SELECT 'delete', id, words FROM product_words WHERE id = (SELECT id FROM sku_number WHERE sku = NEW.sku);
END;
CREATE TRIGGER product_search_insert AFTER INSERT ON product BEGIN
    INSERT INTO sku_number (sku) SELECT NEW.sku WHERE NOT EXISTS (SELECT 1 FROM sku_number WHERE sku = NEW.sku);
    INSERT INTO product_search (rowid, words)
        SELECT id, words FROM product_words WHERE id = (SELECT id FROM sku_number WHERE sku = NEW.sku);
END;
CREATE TRIGGER product_search_before_update BEFORE UPDATE OF code, name, parent, data ON product BEGIN
    INSERT INTO product_search (product_search, rowid, words)
        SELECT 'delete', id, words FROM product_words WHERE id = (SELECT id FROM sku_number WHERE sku = OLD.sku);
END;
CREATE TRIGGER product_search_update AFTER UPDATE OF code, name, parent, data ON product BEGIN
    INSERT INTO product_search (rowid, words)
        SELECT id, words FROM product_words WHERE id = (SELECT id FROM sku_number WHERE sku = NEW.sku);
END;
CREATE TRIGGER product_search_before_delete BEFORE DELETE ON product BEGIN
    INSERT INTO product_search (product_search, rowid, words)
        SELECT 'delete', id, words FROM product_words WHERE id = (SELECT id FROM sku_number WHERE sku = OLD.sku);
END;
CREATE TRIGGER product_search_delete AFTER DELETE ON product BEGIN
    DELETE FROM sku_number WHERE sku = OLD.sku AND NOT EXISTS (SELECT 1 FROM erp_key WHERE item = OLD.sku);
    INSERT INTO product_search (rowid, words)
        SELECT id, words FROM product_words WHERE id = (SELECT id FROM sku_number WHERE sku = OLD.sku);
END;
CREATE TRIGGER product_search_before_key BEFORE INSERT ON erp_key
    WHEN NOT EXISTS (SELECT 1 FROM erp_key WHERE item = NEW.item) BEGIN
    INSERT INTO product_search (product_search, rowid, words)
        SELECT 'delete', id, words FROM product_words WHERE id = (SELECT id FROM sku_number WHERE sku = NEW.item);
END;
CREATE TRIGGER product_search_key AFTER INSERT ON erp_key BEGIN
    INSERT INTO sku_number (sku) SELECT NEW.item WHERE NOT EXISTS (SELECT 1 FROM sku_number WHERE sku = NEW.item);
    INSERT INTO product_search (rowid, words)
        SELECT id, words FROM product_words WHERE id = (SELECT id FROM sku_number WHERE sku = NEW.item);
END;
CREATE TRIGGER product_search_before_key_update BEFORE UPDATE ON erp_key BEGIN
    INSERT INTO product_search (product_search, rowid, words)
        SELECT 'delete', id, words FROM product_words WHERE id = (SELECT id FROM sku_number WHERE sku = OLD.item);
END;
CREATE TRIGGER product_search_key_update AFTER UPDATE ON erp_key BEGIN
    INSERT INTO product_search (rowid, words)
        SELECT id, words FROM product_words WHERE id = (SELECT id FROM sku_number WHERE sku = NEW.item);
END;
CREATE TRIGGER product_search_before_key_delete BEFORE DELETE ON erp_key BEGIN
    INSERT INTO product_search (product_search, rowid, words)
        SELECT 'delete', id, words FROM product_words WHERE id = (SELECT id FROM sku_number WHERE sku = OLD.item);
END;
CREATE TRIGGER product_search_key_delete AFTER DELETE ON erp_key BEGIN
    DELETE FROM sku_number WHERE sku = OLD.item AND NOT EXISTS (SELECT 1 FROM product WHERE sku = OLD.item);
    INSERT INTO product_search (rowid, words)
        SELECT id, words FROM product_words WHERE id = (SELECT id FROM sku_number WHERE sku = OLD.item);
END;

CREATE VIEW customer_words (id, words) AS
SELECT id, name || ' ' || email || ' ' || COALESCE(document, '') || ' ' ||
       COALESCE(erp_code || ' ' || ltrim(erp_code, '0'), '')
  FROM customer;
CREATE VIRTUAL TABLE customer_search USING fts5 (
    words, content = 'customer_words', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2'
);
CREATE TRIGGER customer_search_insert AFTER INSERT ON customer BEGIN
    INSERT INTO customer_search (rowid, words) SELECT id, words FROM customer_words WHERE id = NEW.id;
END;
CREATE TRIGGER customer_search_before_update BEFORE UPDATE OF name, email, document, erp_code ON customer BEGIN
    INSERT INTO customer_search (customer_search, rowid, words)
        SELECT 'delete', id, words FROM customer_words WHERE id = OLD.id;
END;
CREATE TRIGGER customer_search_update AFTER UPDATE OF name, email, document, erp_code ON customer BEGIN
    INSERT INTO customer_search (rowid, words) SELECT id, words FROM customer_words WHERE id = NEW.id;
END;
CREATE TRIGGER customer_search_delete BEFORE DELETE ON customer BEGIN
    INSERT INTO customer_search (customer_search, rowid, words)
        SELECT 'delete', id, words FROM customer_words WHERE id = OLD.id;
END;

-- What is there already: 12 to 16 s for a million products and 200,000 orders, measured; half a second for a usual store.
INSERT INTO sku_number (sku) SELECT sku FROM product UNION SELECT item FROM erp_key;
INSERT INTO order_search (order_search) VALUES ('rebuild');
INSERT INTO product_search (product_search) VALUES ('rebuild');
INSERT INTO customer_search (customer_search) VALUES ('rebuild');
