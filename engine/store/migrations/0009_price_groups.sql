-- Which group of a channel carries which price table, when that is changed under a shop that sells already.

-- The name that the settings asked for; '' = the table's own. A table that a group no longer carries stands here as
-- "table@group", until its prices were taken away there.
ALTER TABLE price_group ADD COLUMN asked_name TEXT NOT NULL DEFAULT '';

CREATE TABLE price_group_change (                        -- asked for by the settings, and carried out once approved
    account     TEXT NOT NULL REFERENCES account(id),
    price_table TEXT NOT NULL,
    group_name  TEXT,                                    -- NULL = the table is no longer published
    asked_at    TEXT NOT NULL,
    approved_by TEXT,
    sets        INTEGER NOT NULL DEFAULT 0,              -- prices that it would set in the channel, as last counted
    takes_away  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, price_table)
) STRICT, WITHOUT ROWID;

-- What a change that nobody has approved yet would set and take away in the channel.
CREATE VIEW price_group_plan (account, price_table, item, part, confirmed, wanted, wanted_at) AS
SELECT c.account, c.price_table, p.sku, c.price_table || ' (' || c.group_name || ')', NULL, CAST(p.cents AS TEXT),
       c.asked_at
  FROM price_group_change c
  JOIN price p ON p.price_table = c.price_table
  JOIN publication t ON t.account = c.account AND t.item = p.sku AND t.facet = 'content' AND t.part = ''
 WHERE c.approved_by IS NULL AND c.group_name IS NOT NULL AND t.wanted IS NOT NULL
UNION ALL
SELECT c.account, c.price_table, q.item,
       g.price_table || ' (' || g.name || ')' || substr(q.part, length(g.price_table) + 1), q.confirmed, NULL,
       c.asked_at
  FROM price_group_change c
  JOIN price_group g ON g.account = c.account AND g.price_table = c.price_table
  JOIN publication q ON q.account = c.account AND q.facet = 'price' AND q.confirmed IS NOT NULL
       AND (q.part = g.price_table OR q.part LIKE g.price_table || '/%')
 WHERE c.approved_by IS NULL;
