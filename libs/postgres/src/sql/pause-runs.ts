import type { Statement } from './statement.js';

export const pauseRuns: Statement = {
  name: 'pause-runs',
  text: `
    UPDATE run_records r
    SET paused_at = c.paused_at
    FROM unnest($1::text[], $2::timestamptz[]) AS c(id, paused_at)
    WHERE r.id = c.id`,
};
