-- What people say of an order that neither side is told of: engine/store/said.py.

CREATE TABLE order_said (
    order_id INTEGER NOT NULL REFERENCES sales_order(id),
    kind     TEXT NOT NULL CHECK (kind IN ('hold', 'wait', 'part', 'note')),
    text     TEXT NOT NULL,                              -- the reason, or the note
    who      TEXT NOT NULL,
    at       TEXT NOT NULL,
    until    TEXT,                                       -- then it comes back to a person; NULL = nobody is asked
    PRIMARY KEY (order_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_said_until ON order_said (until) WHERE until IS NOT NULL;

ALTER TABLE sales_order ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sales_order ADD COLUMN in_parts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sales_order ADD COLUMN came_back_at TEXT;    -- its time was over; NULL again once a person has acted
CREATE INDEX sales_order_came_back ON sales_order (came_back_at) WHERE came_back_at IS NOT NULL;

ALTER TABLE sales_order ADD COLUMN delivery TEXT;        -- JSON of model.people.Recipient, once it was corrected
