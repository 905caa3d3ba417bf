import type { Statement } from './statement.js';

export const insertQuarantine: Statement = {
  name: 'insert-quarantine',
  text: `
    INSERT INTO quarantine_records (partition, log_offset, item_index, cause, detail)
    SELECT * FROM unnest($1::int4[], $2::int8[], $3::int4[], $4::text[], $5::text[])`,
};
