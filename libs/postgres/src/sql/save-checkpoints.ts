import type { Statement } from './statement.js';

export const saveCheckpoints: Statement = {
  name: 'save-checkpoints',
  text: `
    UPDATE task_run_records t
    SET checkpoint = c.checkpoint
    FROM unnest($1::text[], $2::int4[], $3::jsonb[]) AS c(run_id, task, checkpoint)
    WHERE t.run_id = c.run_id AND t.task = c.task`,
};
