export { MillraceModule, type MillraceModuleOptions } from './millrace-module.js';
export { MillraceServer, TaskHandlerMissing } from './millrace-server.js';
export { TaskHandler } from './task-handler.js';
export { KeepError } from './keep-error.js';
