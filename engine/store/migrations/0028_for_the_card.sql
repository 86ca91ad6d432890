-- What the overview's card tells of: who was away since when, what was out of reach, how far long work has come.

-- Since when each person has been at a screen, and what had come in when he left it last: the card of the morning counts
-- from there.

CREATE TABLE attendance (
    who        TEXT PRIMARY KEY,
    seen_at    TEXT NOT NULL,                            -- a key was pressed, give or take a minute
    seen_order INTEGER NOT NULL,                         -- the newest order by then, 0 for none
    came_at    TEXT NOT NULL,                            -- he has been there since, without a longer break
    left_at    TEXT,                                     -- when he was seen last before that; NULL at his first time
    left_order INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO topic (name) VALUES ('attendance');

CREATE INDEX sales_order_lapsing ON sales_order (authorized_until) WHERE payment = 'authorized' AND authorized_until IS NOT NULL;

-- When the ERP (account '') or a shop was out of reach: for the card that tells what waits meanwhile, and what came of it.

CREATE TABLE outage (
    id          INTEGER PRIMARY KEY,
    account     TEXT NOT NULL,
    began_at    TEXT NOT NULL,
    began_order INTEGER NOT NULL,                        -- the newest order by then, 0 for none
    ended_at    TEXT                                     -- NULL: it lasts
) STRICT;
CREATE UNIQUE INDEX outage_lasting ON outage (account) WHERE ended_at IS NULL;
INSERT INTO topic (name) VALUES ('outages');

-- How far a long run of a task has come, while it lasts; and how much each task did of late, by five minutes.

CREATE TABLE progress (
    account TEXT NOT NULL,
    task    TEXT NOT NULL,
    stage   TEXT NOT NULL CHECK (stage IN ('sending', 'reading-back', 'adopting')),
    done    INTEGER NOT NULL,
    total   INTEGER,                                     -- NULL: nobody knows
    since   TEXT NOT NULL,                               -- when the stage began
    counted INTEGER NOT NULL,                            -- rows of this run that stand under pace already
    PRIMARY KEY (account, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE pace (
    account TEXT NOT NULL,
    task    TEXT NOT NULL,
    slot    INTEGER NOT NULL,                            -- seconds since 1970 / 300
    done    INTEGER NOT NULL,
    PRIMARY KEY (account, task, slot)
) STRICT, WITHOUT ROWID;
