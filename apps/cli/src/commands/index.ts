import type { Command } from 'commander';
import { addCheck } from './check.js';
import { addLog } from './log.js';
import { addMigrate } from './migrate.js';
import { addPartition } from './partition.js';
import { addQuarantine } from './quarantine.js';
import { addRules } from './rules.js';
import { addQueue } from './queue.js';
import { addRun } from './run.js';
import { addSql } from './sql.js';
import { addTask } from './task.js';
import { addTopics } from './topics.js';
import { addUp } from './up.js';
import { addVerify } from './verify.js';
import { addWorker } from './worker.js';
import { addWorkflow } from './workflow.js';

/** The table of contents: every command of `millrace`. */
export function addCommands(program: Command): void {
  const all = [
    addUp,
    addTopics,
    addMigrate,
    addWorkflow,
    addRun,
    addTask,
    addWorker,
    addQueue,
    addSql,
    addLog,
    addPartition,
    addQuarantine,
    addRules,
    addVerify,
    addCheck,
  ];
  for (const add of all) add(program);
}
