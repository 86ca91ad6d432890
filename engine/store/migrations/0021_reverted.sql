-- What an account shows instead of what the ERP says, because a person sent a former value back: until the ERP says
-- something else than `refused`, or a person releases it. Of content a row is a field, as JSON; NULL = nothing.

CREATE TABLE reverted (
    account TEXT NOT NULL REFERENCES account(id),
    item    TEXT NOT NULL,
    facet   TEXT NOT NULL CHECK (facet IN ('content', 'price')),
    part    TEXT NOT NULL,                               -- of content: the field
    value   TEXT,
    refused TEXT,
    who     TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (account, facet, item, part)
) STRICT, WITHOUT ROWID;

CREATE INDEX former_value_since ON former_value (facet, until);
