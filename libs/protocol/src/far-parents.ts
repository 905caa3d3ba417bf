import type { TaskIndex } from '@millrace/domain';

/** Where in the log of its run's partition the result of a succeeded parent stands: in a `TaskFinished` of `task`. */
export interface FarParent {
  /** The node's id in its workflow. */
  readonly id: string;
  readonly task: TaskIndex;
  readonly offset: number;
  /** Place in the frame's items. */
  readonly index: number;
  /** Of the result as JSON. */
  readonly bytes: number;
}

/** References to results as a delivery carries them, a column for each member, in order of offset. */
export interface FarParents {
  readonly ids: readonly string[];
  readonly tasks: readonly TaskIndex[];
  /** The first as it is, of each further one the distance from the one before. */
  readonly offsets: readonly number[];
  readonly indices: readonly number[];
  readonly bytes: readonly number[];
}

/** Columns of parents, in whatever order they are given. */
export function packFarParents(given: readonly FarParent[]): FarParents {
  const all = given.toSorted((one, other) => one.offset - other.offset || one.index - other.index);
  return {
    ids: all.map(({ id }) => id),
    tasks: all.map(({ task }) => task),
    offsets: all.map(({ offset }, place) => offset - (all[place - 1]?.offset ?? 0)),
    indices: all.map(({ index }) => index),
    bytes: all.map(({ bytes }) => bytes),
  };
}

/** What `packFarParents` was given, in order of offset. */
export function unpackFarParents({ ids, tasks, offsets, indices, bytes }: FarParents): FarParent[] {
  let offset = 0;
  return ids.map((id, place) => {
    offset += offsets[place]!;
    return { id, task: tasks[place]!, offset, index: indices[place]!, bytes: bytes[place]! };
  });
}

/** Are these columns of one length, with whole numbers from 0 in all but the ids? */
export function areFarParents(value: unknown): value is FarParents {
  if (value === null || typeof value !== 'object') return false;
  const { ids, ...columns } = value as Partial<FarParents>;
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === 'string')) return false;
  return [columns.tasks, columns.offsets, columns.indices, columns.bytes].every(
    (column) => Array.isArray(column) && column.length === ids.length && column.every(isCount),
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
