export {
  MillraceModule,
  MillraceOptionMissing,
  type MillraceModuleAsyncOptions,
  type MillraceModuleOptions,
} from './millrace-module.js';
export { InjectMillrace, millraceClient } from './inject-millrace.js';
export { MillraceHealth, type MillraceHealthResult } from './millrace-health.js';
export { MillraceServer, TaskHandlerMissing } from './millrace-server.js';
export { TaskHandler } from './task-handler.js';
export { KeepError } from './keep-error.js';
