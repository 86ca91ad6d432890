-- Why a task did none of its work is kept as its state: a person's pause is not the same as another engine that writes.

CREATE TABLE task_new (
    account       TEXT NOT NULL,
    name          TEXT NOT NULL,
    interval_s    INTEGER NOT NULL,
    state         TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'backing-off', 'paused',
                      'observing', 'other-engine', 'out-of-hours', 'switched-off')),
    started_at    TEXT,
    succeeded_at  TEXT,
    next_at       TEXT,
    lag_s         REAL NOT NULL DEFAULT 0,               -- age of the oldest work not yet done
    todo          INTEGER NOT NULL DEFAULT 0,
    runs          INTEGER NOT NULL DEFAULT 0,
    failures      INTEGER NOT NULL DEFAULT 0,            -- in a row
    done_last     INTEGER NOT NULL DEFAULT 0,            -- rows of the last run
    done_total    INTEGER NOT NULL DEFAULT 0,
    seconds_last  REAL NOT NULL DEFAULT 0,
    error_code    TEXT,
    error_detail  TEXT,
    error_params  TEXT,                                  -- JSON
    failed_at     TEXT,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
INSERT INTO task_new SELECT * FROM task;
DROP TABLE task;
ALTER TABLE task_new RENAME TO task;
