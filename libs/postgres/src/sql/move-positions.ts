import type { Statement } from './statement.js';

/**
 * Compare-and-set of the next offsets; gives the partitions that were moved. A concurrent writer of the same partition is
 * waited for and then found to have won: `update` judges its new row again, `insert` meets the conflict.
 */
export const movePositions: Statement = {
  name: 'move-positions',
  text: `
    WITH wanted AS (
      SELECT * FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::timestamptz[], $5::int8[], $6::int8[], $7::int8[],
        $8::text[], $9::int8[]) AS w(partition, from_offset, to_offset, at, accepted, rejected, quarantined, nonce, hash)
    ), moved AS (
      UPDATE projection_positions p
      SET next_offset = w.to_offset, at = w.at, accepted = w.accepted, rejected = w.rejected, quarantined = w.quarantined,
        nonce = w.nonce, hash = w.hash
      FROM wanted w
      WHERE p.partition = w.partition AND p.next_offset = w.from_offset
      RETURNING p.partition
    ), born AS (
      INSERT INTO projection_positions (partition, next_offset, at, accepted, rejected, quarantined, nonce, hash)
      SELECT partition, to_offset, at, accepted, rejected, quarantined, nonce, hash FROM wanted
      WHERE from_offset = 0 AND NOT EXISTS (SELECT FROM projection_positions p WHERE p.partition = wanted.partition)
      ON CONFLICT (partition) DO NOTHING
      RETURNING partition
    )
    SELECT partition FROM moved UNION ALL SELECT partition FROM born`,
};
