-- Shipments as they stand in the channel, whoever made them, and customers of the ERP who shall have an account there.

CREATE TABLE parcel (
    account     TEXT NOT NULL REFERENCES account(id),
    external_id TEXT NOT NULL,
    order_id    TEXT NOT NULL,                           -- the channel's id of its order
    tracks      TEXT NOT NULL,                           -- JSON: [[label, number], ...]
    updated_at  TEXT NOT NULL,                           -- the channel's clock
    PRIMARY KEY (account, external_id)
) STRICT, WITHOUT ROWID;

-- One row per customer of the ERP who is marked for an account and has none there. The channel mails each of them, so a
-- person sees how many they are first. Gone when he has his account, or is marked no more.
CREATE TABLE registration (
    account     TEXT NOT NULL REFERENCES account(id),
    erp_code    TEXT NOT NULL,
    name        TEXT NOT NULL,
    email       TEXT NOT NULL,
    standing    TEXT NOT NULL CHECK (standing IN ('unfit', 'waiting', 'approved', 'sent')),
    reason      TEXT NOT NULL DEFAULT '',                -- of an unfit one: why; of one that was refused: its code
    found_at    TEXT NOT NULL,
    approved_by TEXT,
    settles_at  TEXT,                                    -- sent: it may still land until then
    PRIMARY KEY (account, erp_code)
) STRICT, WITHOUT ROWID;

CREATE TABLE registered (                                -- the days' count of accounts made, for the daily limit
    account TEXT NOT NULL REFERENCES account(id),
    day     TEXT NOT NULL,                               -- by the account's calendar
    made    INTEGER NOT NULL,
    PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID;
