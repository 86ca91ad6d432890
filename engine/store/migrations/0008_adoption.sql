-- What was in a shop before us, whose it is, and what people have changed there since.

-- One row per item that the shop had when it was looked through. `item` is ours: as matched, or as a person settled it.
-- A matched item may stand in the shop under another SKU than ours; this table is the only place that knows.
CREATE TABLE shop_item (
    account    TEXT NOT NULL REFERENCES account(id),
    remote_id  TEXT NOT NULL,
    remote_sku TEXT NOT NULL COLLATE NOCASE,
    name       TEXT NOT NULL,
    gtin       TEXT NOT NULL,
    kind       TEXT NOT NULL,                            -- publishing.Content.kind
    standing   TEXT NOT NULL CHECK (standing IN ('sure', 'doubtful', 'double', 'only-shop')),
    reason     TEXT NOT NULL,                            -- adoption.matching: why
    item       TEXT,
    settled_by TEXT,                                     -- who decided; with item NULL: left alone
    adopted_at TEXT,                                     -- what the shop shows was taken as confirmed
    seen_at    TEXT NOT NULL,
    PRIMARY KEY (account, remote_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX shop_item_of_item ON shop_item (account, item) WHERE item IS NOT NULL;
CREATE INDEX shop_item_by_sku ON shop_item (account, remote_sku);
CREATE INDEX shop_item_to_take ON shop_item (account, item) WHERE item IS NOT NULL AND adopted_at IS NULL;

-- Items of ours that a row may be, while nobody has settled it: until then nothing is made in the shop for them.
CREATE TABLE shop_proposal (
    account   TEXT NOT NULL,
    item      TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    reason    TEXT NOT NULL,
    PRIMARY KEY (account, item, remote_id),
    FOREIGN KEY (account, remote_id) REFERENCES shop_item (account, remote_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX shop_proposal_by_row ON shop_proposal (account, remote_id);

-- Products of the ERP as adoption matched them, those without the account's characteristic too: names for people.
CREATE TABLE erp_key (
    item   TEXT PRIMARY KEY,
    code   TEXT NOT NULL,
    gtin   TEXT NOT NULL,
    name   TEXT NOT NULL,
    parent TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE shop_customer (                             -- who was registered in the shop before us
    account     TEXT NOT NULL REFERENCES account(id),
    external_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    email       TEXT NOT NULL,
    document    TEXT NOT NULL,
    standing    TEXT NOT NULL CHECK (standing IN ('sure', 'doubtful', 'double', 'only-shop')),
    reason      TEXT NOT NULL,
    codes       TEXT NOT NULL,                           -- JSON: the ERP's keys that he may have
    PRIMARY KEY (account, external_id)
) STRICT, WITHOUT ROWID;

-- A field of an item that the shop shows otherwise than was confirmed, and what came of it.
CREATE TABLE shop_change (
    account  TEXT NOT NULL REFERENCES account(id),
    item     TEXT NOT NULL,
    field    TEXT NOT NULL,                              -- of publishing.Content
    ours     TEXT NOT NULL,                              -- JSON
    shown    TEXT NOT NULL,                              -- JSON
    standing TEXT NOT NULL CHECK (standing IN ('asked', 'restored', 'not-kept')),
    seen_at  TEXT NOT NULL,
    PRIMARY KEY (account, item, field)
) STRICT, WITHOUT ROWID;
