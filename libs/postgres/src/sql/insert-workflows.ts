import type { Statement } from './statement.js';

/**
 * Several partitions pin the same version and tell the same row. In the order of the versions, so that two transactions
 * that insert the same ones never wait for each other in a circle.
 */
export const insertWorkflows: Statement = {
  name: 'insert-workflows',
  text: `
    INSERT INTO workflow_records (version, name, definition, tasks)
    SELECT * FROM unnest($1::text[], $2::text[], $3::jsonb[], $4::int4[]) AS w(version, name, definition, tasks)
    ORDER BY version COLLATE "C"
    ON CONFLICT (version) DO NOTHING`,
};
