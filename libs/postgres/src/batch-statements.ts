import type { ProjectionBatch } from '@millrace/runtime';
import {
  attemptColumns,
  checkpointColumns,
  quarantineColumns,
  runBornColumns,
  runChangedColumns,
  runPausedColumns,
  singleBornColumns,
  singleChangedColumns,
  taskBornColumns,
  taskChangedColumns,
  workflowColumns,
} from './row-columns.js';
import { insertAttempts } from './sql/insert-attempts.js';
import { insertQuarantine } from './sql/insert-quarantine.js';
import { insertRuns } from './sql/insert-runs.js';
import { insertSingles } from './sql/insert-singles.js';
import { insertTaskRuns } from './sql/insert-task-runs.js';
import { insertWorkflows } from './sql/insert-workflows.js';
import { pauseRuns } from './sql/pause-runs.js';
import { pauseSingles } from './sql/pause-singles.js';
import { saveCheckpoints } from './sql/save-checkpoints.js';
import { saveSingleCheckpoints } from './sql/save-single-checkpoints.js';
import type { Statement } from './sql/statement.js';
import { updateRuns } from './sql/update-runs.js';
import { updateSingles } from './sql/update-singles.js';
import { updateTaskRuns } from './sql/update-task-runs.js';

/** One statement of a batch, ready to be sent. */
export interface BatchStatement {
  readonly statement: Statement;
  readonly columns: Buffer[];
  /** Rows that must be touched; undefined where a row may be there already. */
  readonly rows: number | undefined;
}

/** The statements that write a batch, in order; nothing for what it does not have. */
export function batchStatements(batch: ProjectionBatch): BatchStatement[] {
  const statements: BatchStatement[] = [];
  const add = <Row>(statement: Statement, encode: (rows: readonly Row[]) => Buffer[], rows: readonly Row[]) => {
    if (rows.length > 0) statements.push({ statement, columns: encode(rows), rows: rows.length });
  };
  if (batch.workflows.length > 0) {
    statements.push({ statement: insertWorkflows, columns: workflowColumns(batch.workflows), rows: undefined });
  }
  add(insertRuns, runBornColumns, batch.runsBorn);
  add(updateRuns, runChangedColumns, batch.runsChanged);
  add(insertTaskRuns, taskBornColumns, batch.tasksBorn);
  add(updateTaskRuns, taskChangedColumns, batch.tasksChanged);
  add(insertSingles, singleBornColumns, batch.singlesBorn);
  add(updateSingles, singleChangedColumns, batch.singlesChanged);
  add(saveCheckpoints, checkpointColumns, batch.checkpoints.filter(({ isSingle }) => !isSingle)); // prettier-ignore
  add(saveSingleCheckpoints, checkpointColumns, batch.checkpoints.filter(({ isSingle }) => isSingle)); // prettier-ignore
  add(pauseRuns, runPausedColumns, batch.runsPaused.filter(({ isSingle }) => !isSingle)); // prettier-ignore
  add(pauseSingles, runPausedColumns, batch.runsPaused.filter(({ isSingle }) => isSingle)); // prettier-ignore
  add(insertAttempts, attemptColumns, batch.attempts);
  add(insertQuarantine, quarantineColumns, batch.quarantine);
  return statements;
}
