-- What an entry of the audit is about, so that the newest of a kind are found without reading all the others.

ALTER TABLE audit ADD COLUMN kind TEXT GENERATED ALWAYS AS (
    iif(substr(what, 1, 8) = 'refused:', 'refused', substr(subject, 1, instr(subject || ' ', ' ') - 1))) VIRTUAL;
CREATE INDEX audit_by_kind ON audit (kind, id);
