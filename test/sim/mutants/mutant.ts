/** One place of the compiled code, from the project's root, that a mutant changes. `find` occurs in it exactly once. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/**
 * A deliberate bug. The product has no switch for it: it is put into the code while that is loaded, in a process that runs
 * nothing but the simulator.
 */
export interface Mutant {
  /** Kebab-case. */
  readonly name: string;
  /** What is wrong with it, for the table. */
  readonly bug: string;
  readonly patches: readonly Patch[];
  /** It is harmless alone: another mutant that unmasks it. */
  readonly with?: string;
}

/** Patches of one file. */
export function inFile(file: string): (find: string, put: string) => Patch {
  return (find, put) => ({ file, find, put });
}

/** The engine as it is: what breaks a rule there says nothing of a mutant. */
export const unchanged = 'unchanged';
