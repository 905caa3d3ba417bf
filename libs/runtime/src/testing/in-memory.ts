/** The doubles that need no test runner: what `@millrace/testing` stands on in its users' specs. */
export { Chance } from './chance.js';
export { InMemoryGroup, InMemoryOwnershipHint } from './in-memory-ownership-hint.js';
export { InMemoryLog, type AppendFate } from './in-memory-log.js';
export { InMemoryPartition } from './in-memory-partition.js';
export { InMemoryProjectionStore, type ProjectionRows, type RunRows } from './in-memory-projection-store.js';
export { InMemoryTaskSource, type TaskTopics } from './in-memory-task-source.js';
export { ManualClock } from './manual-clock.js';
export { quietJournal, type JournalLine } from './quiet-journal.js';
