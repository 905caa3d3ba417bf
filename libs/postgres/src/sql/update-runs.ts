import type { Statement } from './statement.js';

export const updateRuns: Statement = {
  name: 'update-runs',
  text: `
    UPDATE run_records r
    SET status = c.status, ended_at = c.ended_at, reason = c.reason
    FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) AS c(id, status, ended_at, reason)
    WHERE r.id = c.id`,
};
