-- What a row of adoption was thought to be before a person settled it: it comes back when he takes that back.
CREATE TABLE shop_proposal_past (
    account   TEXT NOT NULL,
    item      TEXT NOT NULL,
    remote_id TEXT NOT NULL,
    reason    TEXT NOT NULL,
    PRIMARY KEY (account, remote_id, item),
    FOREIGN KEY (account, remote_id) REFERENCES shop_item (account, remote_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The rows that wait for a person: each look at the overview counts them.
CREATE INDEX shop_item_open ON shop_item (account)
    WHERE item IS NULL AND settled_by IS NULL AND standing IN ('doubtful', 'double');
