-- What the ERP's customer was called when a person said that ours is he; NULL = nobody had to say it.
ALTER TABLE customer ADD COLUMN chosen_as TEXT;
