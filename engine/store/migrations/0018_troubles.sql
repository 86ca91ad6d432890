-- Everything that failed or was skipped, whoever noted it, and what of it people said to leave aside: that holds as long as
-- it says the same (`seen`).

CREATE TABLE ignored (
    account TEXT NOT NULL,
    code    TEXT NOT NULL,
    facet   TEXT NOT NULL,
    subject TEXT NOT NULL,
    seen    TEXT NOT NULL,
    why     TEXT NOT NULL,
    who     TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (account, code, facet, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX publication_refused ON publication (account, error_code, facet) WHERE todo AND error_code IS NOT NULL;

-- source: problem = the engine told it, refused = the channel does not take it, order = it stands aside until somebody looks.
CREATE VIEW trouble AS
SELECT t.*, i.why AS ignored_why, i.who AS ignored_by, i.at AS ignored_at
  FROM (SELECT 'problem' AS source, account, code, '' AS facet, subject, params, detail, severity, first_at AS since,
               last_at, iif(subject LIKE 'item:%', substr(subject, 6), NULL) AS item,
               iif(subject LIKE 'order:%', CAST(substr(subject, 7) AS INTEGER), NULL) AS order_id,
               first_at || ' ' || severity || ' ' || params || ' ' || detail AS seen
          FROM problem) t
  LEFT JOIN ignored i
    ON i.account = t.account AND i.code = t.code AND i.facet = '' AND i.subject = t.subject AND i.seen = t.seen
UNION ALL
SELECT t.*, i.why, i.who, i.at
  FROM (SELECT 'refused', account, error_code AS code, facet, rtrim('item:' || item || ' ' || part) AS subject,
               '{}', COALESCE(error_detail, '') AS detail, 'problem', wanted_at, NULL, item, NULL,
               wanted_at || ' ' || COALESCE(error_detail, '') AS seen
          FROM publication INDEXED BY publication_refused WHERE todo AND error_code IS NOT NULL) t
  LEFT JOIN ignored i
    ON i.account = t.account AND i.code = t.code AND i.facet = t.facet AND i.subject = t.subject AND i.seen = t.seen
UNION ALL
SELECT t.*, i.why, i.who, i.at
  FROM (SELECT 'order', account, COALESCE(alarm, parked) AS code, '' AS facet, 'order:' || id AS subject,
               COALESCE(parked_params, '{}') AS params, '', 'problem', NULL, NULL, NULL, id,
               COALESCE(parked_params, '') AS seen
          FROM sales_order o WHERE queue = 'problem' AND COALESCE(alarm, parked) IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM problem p WHERE p.account = o.account AND p.code = COALESCE(o.alarm, o.parked)
                  AND p.subject = 'order:' || o.id)) t
  LEFT JOIN ignored i
    ON i.account = t.account AND i.code = t.code AND i.facet = '' AND i.subject = t.subject AND i.seen = t.seen;
