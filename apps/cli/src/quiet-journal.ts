import type { Journal } from '@millrace/runtime';

const nothing = (): void => undefined;

/** For commands: what goes wrong is thrown, and a library's hints on the way belong in no table. */
export const quietJournal: Journal = { info: nothing, warn: nothing, error: nothing };
