import type { Statement } from './statement.js';

export const readPosition: Statement = {
  name: 'read-position',
  text: `
    SELECT next_offset::float8 AS next_offset, (extract(epoch FROM at) * 1000)::float8 AS at,
      accepted::float8 AS accepted, rejected::float8 AS rejected, quarantined::float8 AS quarantined,
      nonce, hash::float8 AS hash
    FROM projection_positions WHERE partition = $1`,
};
