import type { Statement } from './statement.js';

export const pauseSingles: Statement = {
  name: 'pause-singles',
  text: `
    UPDATE single_records s
    SET paused_at = c.paused_at
    FROM unnest($1::text[], $2::timestamptz[]) AS c(id, paused_at)
    WHERE s.id = c.id`,
};
