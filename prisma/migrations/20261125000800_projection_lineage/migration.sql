-- Of which log, and which bytes, the rows of a partition were told by: compared before they are added to.
ALTER TABLE projection_positions
  ADD COLUMN nonce text NOT NULL DEFAULT '',
  ADD COLUMN hash  int8 NOT NULL DEFAULT 0;

COMMENT ON COLUMN projection_positions.nonce IS 'Nonce of the log that told the rows; empty where it was not noted yet.';
COMMENT ON COLUMN projection_positions.hash IS 'Rolling hash of the records below next_offset.';
