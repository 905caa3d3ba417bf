export { createTestEnvironment, type TestedHandler, type TestEnvironmentOptions } from './create-test-environment.js';
export type { TestEnvironment, StartRun, StartTask } from './test-environment.js';
export { RunUnsuccessful, type TestRun } from './test-run.js';
export { NothingLeft } from './nothing-left.js';
export { FaultInjected, type Faults } from './faults.js';
export type { Duration } from './durations.js';
