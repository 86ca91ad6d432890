-- The piles of the catalogue: few of many products are withheld or lack something, and texts are long to go through.

CREATE INDEX listing_withheld ON listing (account, item) WHERE withheld;

-- Both look for what the engine's own JSON says, as it writes it; inside a text its quotes are escaped.
ALTER TABLE publication ADD COLUMN on_sale INTEGER GENERATED ALWAYS AS
    (facet = 'content' AND part = '' AND instr(confirmed, '"enabled":true') > 0) VIRTUAL;
CREATE INDEX publication_on_sale ON publication (account, on_sale, item) WHERE on_sale = 1;
CREATE INDEX product_bare ON product (sku) WHERE instr(data, '"gtin":""') OR instr(data, '"weight_kg":null');
