import type { Statement } from './statement.js';

export const saveSingleCheckpoints: Statement = {
  name: 'save-single-checkpoints',
  text: `
    UPDATE single_records s
    SET checkpoint = c.checkpoint
    FROM unnest($1::text[], $2::int4[], $3::jsonb[]) AS c(id, task, checkpoint)
    WHERE s.id = c.id`,
};
