-- The first schema. Units end a name: _cents, _e4 (ten-thousandths of a piece or kilogram), _s; a name ending in _at is
-- an ISO 8601 instant in UTC. row_version grows with each change a person may see, and a command names the one it showed.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Bumped by the writer inside its transactions: a console redraws what hangs on a topic whose generation moved, and a task
-- computes anew only what hangs on one (stock-levels, price-list, photos, listed).
CREATE TABLE topic (
    name       TEXT PRIMARY KEY,
    generation INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO topic (name) VALUES ('tasks'), ('orders'), ('catalogue'), ('customers'), ('publications'), ('problems'), ('accounts'), ('audit'),
    ('stock-levels'), ('price-list'), ('photos'), ('listed');

-- Accounts, their directions, and the base they are bound to ---------------------------------------------------------

CREATE TABLE account (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL,
    name          TEXT NOT NULL,
    mode          TEXT NOT NULL DEFAULT 'observe' CHECK (mode IN ('observe', 'live')),
    mode_reason   TEXT NOT NULL DEFAULT 'new',          -- new | other-base | older-base | lost-store | a person's words
    base_server   TEXT,
    base_path     TEXT,
    base_cnpj     TEXT,
    base_epoch    TEXT,
    base_last_order_code TEXT,
    adopted_at    TEXT,                                 -- the shop's items were read and matched
    verdict       TEXT,                                 -- JSON: what adoption found, shown before the first write
    approved_at   TEXT,
    approved_by   TEXT,
    identity      TEXT NOT NULL DEFAULT '',             -- who answered, for people
    row_version   INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

CREATE TABLE direction (
    account      TEXT NOT NULL REFERENCES account(id),
    name         TEXT NOT NULL CHECK (name IN ('orders', 'stock', 'prices', 'content', 'media', 'customers')),
    enabled      INTEGER NOT NULL DEFAULT 1,
    paused_until TEXT,                                   -- NULL with enabled = 0: until resumed
    reason       TEXT NOT NULL DEFAULT '',
    changed_by   TEXT NOT NULL DEFAULT '',
    changed_at   TEXT,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursor (
    account TEXT NOT NULL,                               -- '' = the ERP
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE task (
    account       TEXT NOT NULL,
    name          TEXT NOT NULL,
    interval_s    INTEGER NOT NULL,
    state         TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'backing-off', 'paused')),
    started_at    TEXT,
    succeeded_at  TEXT,
    next_at       TEXT,
    lag_s         REAL NOT NULL DEFAULT 0,               -- age of the oldest work not yet done
    todo          INTEGER NOT NULL DEFAULT 0,
    runs          INTEGER NOT NULL DEFAULT 0,
    failures      INTEGER NOT NULL DEFAULT 0,            -- in a row
    done_last     INTEGER NOT NULL DEFAULT 0,            -- rows of the last run
    done_total    INTEGER NOT NULL DEFAULT 0,
    seconds_last  REAL NOT NULL DEFAULT 0,
    error_code    TEXT,
    error_detail  TEXT,
    error_params  TEXT,                                  -- JSON
    failed_at     TEXT,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

-- Mirror of the ERP ---------------------------------------------------------------------------------------------------

CREATE TABLE product (
    sku      TEXT PRIMARY KEY,
    code     TEXT NOT NULL,
    name     TEXT NOT NULL,
    parent   TEXT,
    active   INTEGER NOT NULL,
    data     TEXT NOT NULL,                              -- JSON of model.Product, its tags left out
    version  INTEGER NOT NULL                            -- grows with everything that may change a listing of it
) STRICT, WITHOUT ROWID;
CREATE INDEX product_by_version ON product (version);
CREATE INDEX product_by_parent ON product (parent) WHERE parent IS NOT NULL;
CREATE INDEX product_by_code ON product (code);

CREATE TABLE product_tag (                               -- characteristics an account looks for
    tag TEXT NOT NULL,
    sku TEXT NOT NULL,
    PRIMARY KEY (tag, sku)
) STRICT, WITHOUT ROWID;

CREATE TABLE grid (
    key  TEXT PRIMARY KEY,
    data TEXT NOT NULL                                   -- JSON of model.Grid
) STRICT, WITHOUT ROWID;

CREATE TABLE kit_part (
    kit         TEXT NOT NULL,
    part        TEXT NOT NULL,
    quantity_e4 INTEGER NOT NULL CHECK (quantity_e4 > 0),
    PRIMARY KEY (kit, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE price_table (
    key    TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    active INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE price (
    sku         TEXT NOT NULL,
    price_table TEXT NOT NULL,
    cents       INTEGER NOT NULL CHECK (cents > 0),
    PRIMARY KEY (sku, price_table)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_level (
    sku         TEXT NOT NULL,
    company     INTEGER NOT NULL,
    sector      TEXT NOT NULL,
    on_hand_e4  INTEGER NOT NULL,
    reserved_e4 INTEGER NOT NULL,
    PRIMARY KEY (sku, company, sector)
) STRICT, WITHOUT ROWID;

-- One row. A snapshot takes the next number, committed here, before it begins; what is confirmed in the ERP while number
-- n is the newest begun can only be missing from snapshots up to n.
CREATE TABLE stock_snapshot (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    begun     INTEGER NOT NULL DEFAULT 0,
    stored    INTEGER NOT NULL DEFAULT 0,
    stored_at TEXT
) STRICT;
INSERT INTO stock_snapshot (id) VALUES (1);

CREATE TABLE photo (
    sku      TEXT NOT NULL,
    key      TEXT NOT NULL,
    position INTEGER NOT NULL,
    main     INTEGER NOT NULL,
    stamp    TEXT NOT NULL,
    digest   TEXT,                                       -- of the bytes with that stamp; NULL = not read yet
    bytes    INTEGER,
    problem  TEXT,                                       -- code when it is no picture
    PRIMARY KEY (sku, key)
) STRICT, WITHOUT ROWID;

-- What is said of a product on an account: our own words, each overriding the ERP's ------------------------------------

CREATE TABLE listing (
    account           TEXT NOT NULL REFERENCES account(id),
    item              TEXT NOT NULL,                     -- SKU or grid parent
    withheld          INTEGER NOT NULL DEFAULT 0,
    name              TEXT,
    short_description TEXT,
    description       TEXT,
    categories        TEXT,                              -- JSON path
    delivery_days     INTEGER,
    payment_options   TEXT,                              -- JSON list
    buffer_e4         INTEGER,
    adopted           INTEGER NOT NULL DEFAULT 0,        -- it was in the shop before us
    shop_keeps        TEXT NOT NULL DEFAULT '[]',        -- JSON: fields that the shop masters from now on
    row_version       INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (account, item)
) STRICT, WITHOUT ROWID;

-- Publications: absolute states that a channel shall show --------------------------------------------------------------

CREATE TABLE publication (
    account          TEXT NOT NULL REFERENCES account(id),
    item             TEXT NOT NULL,
    facet            TEXT NOT NULL CHECK (facet IN ('content', 'media', 'price', 'stock')),
    part             TEXT NOT NULL DEFAULT '',           -- price: the price table ('' = base); stock: the source
    wanted           TEXT,                               -- JSON of the facet's value; NULL = shall be absent
    wanted_version   INTEGER NOT NULL DEFAULT 1,
    wanted_at        TEXT NOT NULL,
    confirmed        TEXT,
    confirmed_at     TEXT,
    unconfirmed      INTEGER NOT NULL DEFAULT 0,         -- the channel may have moved it itself: send again
    in_flight        TEXT,                               -- what was sent last, its outcome not yet known
    in_flight_version INTEGER,
    settles_at       TEXT,                               -- an unknown outcome may land until then
    held_by          TEXT,                               -- the guard that holds this row, until a person approves it
    guard_passed     TEXT,                               -- the guard that a person let the wanted value pass
    attempts         INTEGER NOT NULL DEFAULT 0,
    next_at          TEXT,
    error_code       TEXT,
    error_detail     TEXT,
    remote           TEXT,                               -- the channel's ids, as the last push answered
    todo             INTEGER NOT NULL GENERATED ALWAYS AS
                     (wanted IS NOT confirmed OR unconfirmed <> 0) STORED,
    CHECK ((in_flight_version IS NULL) = (settles_at IS NULL)),
    PRIMARY KEY (account, item, facet, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX publication_todo ON publication (account, facet, wanted_at, item, part) WHERE todo;

-- What an account lists at all, without the texts: each cycle goes through all of it.
CREATE INDEX publication_listed ON publication (account, item)
    WHERE facet = 'content' AND part = '' AND wanted IS NOT NULL;

CREATE TABLE former_value (                              -- what a publication showed before: for undo, and for "why"
    id      INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    item    TEXT NOT NULL,
    facet   TEXT NOT NULL,
    part    TEXT NOT NULL,
    value   TEXT,
    sent_at TEXT,
    until   TEXT NOT NULL
) STRICT;
CREATE INDEX former_value_by_item ON former_value (account, item, facet, part, until);

-- Orders -------------------------------------------------------------------------------------------------------------

CREATE TABLE inbox (                                     -- what a channel told, before anything is done about it
    account      TEXT NOT NULL REFERENCES account(id),
    external_id  TEXT NOT NULL,
    payload      TEXT NOT NULL,                          -- JSON of model.ChannelOrder
    updated_at   TEXT NOT NULL,                          -- the channel's clock
    first_seen_at TEXT NOT NULL,
    seen_at      TEXT NOT NULL,
    PRIMARY KEY (account, external_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sales_order (
    id            INTEGER PRIMARY KEY,
    account       TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    number        TEXT NOT NULL,
    reference     TEXT NOT NULL,                         -- account prefix + number, as the ERP carries it
    placed_at     TEXT NOT NULL,
    channel_at    TEXT NOT NULL,                         -- updated_at of the version last taken over
    payment       TEXT NOT NULL,                         -- axis: orders.Payment
    fulfilment    TEXT NOT NULL,                         -- axis: orders.Fulfilment
    cancellation  TEXT NOT NULL,                         -- axis: orders.Cancellation
    queue         TEXT NOT NULL,                         -- orders.queue_of(...), kept for the lists
    parked        TEXT,                                  -- code of the reason a person must look
    parked_params TEXT,
    alarm         TEXT,                                  -- e.g. do-not-dispatch
    raw_status    TEXT NOT NULL,
    payment_method TEXT NOT NULL,
    payment_label TEXT NOT NULL,
    shipping_method TEXT NOT NULL,
    authorized_until TEXT,
    buyer_name    TEXT NOT NULL,
    buyer_document TEXT NOT NULL,
    buyer_email   TEXT NOT NULL,
    buyer_phone   TEXT NOT NULL,
    customer_id   INTEGER REFERENCES customer(id),
    total_cents   INTEGER NOT NULL,
    freight_cents INTEGER NOT NULL,
    discount_cents INTEGER NOT NULL,
    surcharge_cents INTEGER NOT NULL,
    erp_key       TEXT,                                  -- taken before the ERP order is written
    erp_number    TEXT,
    erp_written_at TEXT,
    erp_total_cents INTEGER,
    sale_number   TEXT,
    nfe_key       TEXT,
    nfe_number    TEXT,
    invoiced_at   TEXT,
    decision      TEXT,                                  -- approve | refuse | confirm-payment
    decided_by    TEXT,
    decided_at    TEXT,
    decision_reason TEXT,
    carrier       TEXT,
    tracking      TEXT,
    closed_at     TEXT,
    note          TEXT NOT NULL DEFAULT '',
    row_version   INTEGER NOT NULL DEFAULT 1,
    UNIQUE (account, external_id),
    FOREIGN KEY (account, external_id) REFERENCES inbox(account, external_id)
) STRICT;
CREATE INDEX sales_order_by_queue ON sales_order (queue, placed_at, id);
CREATE INDEX sales_order_by_erp_key ON sales_order (erp_key) WHERE erp_key IS NOT NULL;
CREATE INDEX sales_order_placed ON sales_order (placed_at, id);

CREATE TABLE order_line (
    order_id      INTEGER NOT NULL REFERENCES sales_order(id),
    line          INTEGER NOT NULL,
    external_id   TEXT NOT NULL,
    sku           TEXT NOT NULL,
    name          TEXT NOT NULL,
    unit_price_e4 INTEGER NOT NULL,
    discount_cents INTEGER NOT NULL,
    ordered_e4    INTEGER NOT NULL CHECK (ordered_e4 > 0),
    reserved_e4   INTEGER NOT NULL DEFAULT 0,            -- in the ERP, by a commit that was confirmed
    invoiced_e4   INTEGER NOT NULL DEFAULT 0,            -- in the ERP
    shipped_e4    INTEGER NOT NULL DEFAULT 0,            -- at the channel, by our ledger
    cancelled_e4  INTEGER NOT NULL DEFAULT 0,            -- at the channel, by our ledger
    returned_e4   INTEGER NOT NULL DEFAULT 0,            -- at the channel, by our ledger
    promised      INTEGER NOT NULL DEFAULT 1,            -- counts against available until a later snapshot shows it
    promised_until_snapshot INTEGER,                     -- NULL = short or not yet in the ERP: stays promised
    CHECK (shipped_e4 + cancelled_e4 <= ordered_e4),
    CHECK (returned_e4 <= shipped_e4),
    CHECK (invoiced_e4 <= ordered_e4),
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_line_by_sku ON order_line (sku);
CREATE INDEX order_line_promised ON order_line (sku) WHERE promised;
CREATE INDEX order_line_open ON order_line (order_id) WHERE shipped_e4 + cancelled_e4 < ordered_e4;

CREATE TABLE order_event (                               -- the order's history on both sides, for people
    id       INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES sales_order(id),
    at       TEXT NOT NULL,
    who      TEXT NOT NULL,
    what     TEXT NOT NULL,
    params   TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX order_event_by_order ON order_event (order_id, id);

CREATE TABLE effect (                                    -- what must happen once
    id         INTEGER PRIMARY KEY,
    order_id   INTEGER NOT NULL REFERENCES sales_order(id),
    kind       TEXT NOT NULL,                            -- effects.Kind
    part       TEXT NOT NULL DEFAULT '',
    state      TEXT NOT NULL DEFAULT 'decided'
               CHECK (state IN ('decided', 'in-flight', 'done', 'refused', 'withdrawn')),
    args       TEXT NOT NULL DEFAULT '{}',
    decided_at TEXT NOT NULL,
    not_before TEXT,                                     -- until then the decision can be taken back
    started_at TEXT,
    settles_at TEXT,                                     -- unknown outcome: read back only after this
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_at    TEXT,
    ended_at   TEXT,
    error_code TEXT,
    error_detail TEXT,
    UNIQUE (order_id, kind, part)
) STRICT;
CREATE UNIQUE INDEX effect_one_in_flight ON effect (order_id) WHERE state = 'in-flight';
CREATE INDEX effect_todo ON effect (state, id) WHERE state IN ('decided', 'in-flight');

-- Customers ------------------------------------------------------------------------------------------------------------

CREATE TABLE customer (
    id          INTEGER PRIMARY KEY,
    document    TEXT,                                    -- valid CPF/CNPJ; NULL = known by e-mail only
    email       TEXT NOT NULL,
    name        TEXT NOT NULL,                           -- whole, as the buyer wrote it
    erp_code    TEXT UNIQUE,
    erp_code_taken TEXT,                                 -- a key taken for a customer not yet written
    price_table TEXT,
    blocked     INTEGER NOT NULL DEFAULT 0,
    credit_cents INTEGER NOT NULL DEFAULT 0,
    row_version INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX customer_by_document ON customer (document) WHERE document IS NOT NULL;
CREATE INDEX customer_by_email ON customer (email);

CREATE TABLE customer_link (
    customer_id   INTEGER NOT NULL REFERENCES customer(id),
    account       TEXT NOT NULL REFERENCES account(id),
    external_id   TEXT NOT NULL,
    channel_group TEXT,
    PRIMARY KEY (account, external_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_link_by_customer ON customer_link (customer_id);

CREATE TABLE customer_field (                            -- both sides may edit: the last agreed value decides who did
    account     TEXT NOT NULL,
    external_id TEXT NOT NULL,
    field       TEXT NOT NULL,                           -- one of model.PERSON_FIELDS
    agreed      TEXT NOT NULL,
    erp         TEXT NOT NULL,
    channel     TEXT NOT NULL,
    conflict    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, external_id, field),
    FOREIGN KEY (account, external_id) REFERENCES customer_link(account, external_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_field_conflict ON customer_field (account) WHERE conflict;

CREATE TABLE price_group (                               -- which group of a channel carries which price table
    account     TEXT NOT NULL REFERENCES account(id),
    price_table TEXT NOT NULL,
    external_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    PRIMARY KEY (account, price_table)
) STRICT, WITHOUT ROWID;

-- People: commands, audit, problems ------------------------------------------------------------------------------------

CREATE TABLE command (
    id       TEXT PRIMARY KEY,                           -- made by the console that asked
    verb     TEXT NOT NULL,
    args     TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    result   TEXT NOT NULL                               -- JSON, replayed when the id comes again
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    at         TEXT NOT NULL,
    who        TEXT NOT NULL,
    what       TEXT NOT NULL,
    subject    TEXT NOT NULL,                            -- "order 17", "sku 000000009@loja", ...
    before     TEXT,
    after      TEXT,
    why        TEXT NOT NULL DEFAULT '',
    command_id TEXT
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject, id);

CREATE TABLE problem (
    id         INTEGER PRIMARY KEY,
    account    TEXT NOT NULL DEFAULT '',
    code       TEXT NOT NULL,
    subject    TEXT NOT NULL,                            -- what it is about: "order:17", "item:000000009", "task:stock"
    params     TEXT NOT NULL DEFAULT '{}',
    detail     TEXT NOT NULL DEFAULT '',
    severity   TEXT NOT NULL DEFAULT 'problem' CHECK (severity IN ('notice', 'problem')),
    first_at   TEXT NOT NULL,
    last_at    TEXT NOT NULL,
    count      INTEGER NOT NULL DEFAULT 1,
    UNIQUE (account, code, subject)
) STRICT;
