/**
 * Settings of the projector's connection. The position rolls back with the rows and the log is the truth, so a commit need
 * not wait for the disk. Changes find their rows by primary key whatever the statistics say: on a table that has grown since
 * they were taken, the planner would read all of it.
 */
export const projectionSession = `
  SET synchronous_commit = off;
  SET plan_cache_mode = force_generic_plan;
  SET jit = off;
  SET enable_hashjoin = off;
  SET enable_mergejoin = off;
  SET enable_seqscan = off`;
