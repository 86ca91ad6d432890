-- How an account's shop keeps up with the stock: when it was last heard, whether it is defended, and for how long what
-- was sold stayed on show.

CREATE TABLE stock_link (
    account      TEXT PRIMARY KEY REFERENCES account(id),
    heard_at     TEXT NOT NULL,                           -- the last cycle that ended well, or what the shop last took
    behind_since TEXT,                                    -- silent since then, and not caught up yet
    defence      TEXT NOT NULL DEFAULT '' CHECK (defence IN ('', 'behind', 'often'))
) STRICT;

CREATE TABLE silence (
    account  TEXT NOT NULL REFERENCES account(id),
    began_at TEXT NOT NULL,
    ended_at TEXT,
    failed   INTEGER NOT NULL,                            -- it was tried in vain, and not merely paused or not running
    PRIMARY KEY (account, began_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_lag (                                  -- falls that a shop was told of, by how long that took
    account   TEXT NOT NULL REFERENCES account(id),
    day       TEXT NOT NULL,
    up_to_s   INTEGER NOT NULL,                           -- at most so many seconds; 0 = longer than the longest
    falls     INTEGER NOT NULL,
    seconds   REAL NOT NULL,                              -- of all of them together
    longest_s REAL NOT NULL,
    PRIMARY KEY (account, day, up_to_s)
) STRICT, WITHOUT ROWID;
