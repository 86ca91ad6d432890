-- New items that a channel was left to make by and by, until it is known what became of each.
CREATE TABLE handed_over (
    account    TEXT NOT NULL REFERENCES account(id),
    ticket     TEXT NOT NULL,                            -- by which the channel is asked
    place      INTEGER NOT NULL,                         -- among those that it took
    item       TEXT NOT NULL,
    settles_at TEXT NOT NULL,                            -- of its publication, as long as nothing else was sent for it
    at         TEXT NOT NULL,                            -- when it was handed over
    PRIMARY KEY (account, ticket, place)
) STRICT, WITHOUT ROWID;
