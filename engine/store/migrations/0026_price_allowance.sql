-- Falls of prices that a person allowed ahead, for a time: the guard lets them pass.

CREATE TABLE price_allowance (
    id           INTEGER PRIMARY KEY,
    account      TEXT NOT NULL REFERENCES account(id),
    items        TEXT NOT NULL,                           -- JSON list of SKUs; [] = every product of the account
    fall_percent INTEGER NOT NULL CHECK (fall_percent BETWEEN 0 AND 99),
    from_at      TEXT NOT NULL,
    until_at     TEXT NOT NULL,
    who          TEXT NOT NULL,
    at           TEXT NOT NULL
) STRICT;
CREATE INDEX price_allowance_of ON price_allowance (account, until_at);
