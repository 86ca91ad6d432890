-- What people should see of a customer of the ERP, and how they settled what both sides had changed.

ALTER TABLE customer ADD COLUMN block_reason TEXT NOT NULL DEFAULT '';   -- the ERP's own words, where it says any

-- A conflict that a person has settled: this side's value goes to the other with the next cycle.
ALTER TABLE customer_field ADD COLUMN decided TEXT CHECK (decided IN ('erp', 'channel'));
CREATE INDEX customer_field_decided ON customer_field (account) WHERE decided IS NOT NULL;
