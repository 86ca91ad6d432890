-- Items of which a channel that counts its own orders would sell another quantity than it should, by its own reckoning.
CREATE TABLE salable_gap (
    account  TEXT NOT NULL REFERENCES account(id),
    item     TEXT NOT NULL,
    shown_e4 INTEGER NOT NULL,                           -- what it would sell
    due_e4   INTEGER NOT NULL,                           -- what its sources hold, less the open orders that we know
    standing TEXT NOT NULL CHECK (standing IN ('seen', 'sent', 'told')),
    at       TEXT NOT NULL,                              -- since when it stands so
    PRIMARY KEY (account, item)
) STRICT, WITHOUT ROWID;
