import type { Run } from '../run/run.js';
import type { CountColumn } from '../run/task-columns.js';

type MemberOf<T> = { [Key in keyof T]: T[Key] extends (...args: never[]) => unknown ? never : Key }[keyof T];

/**
 * How each member of a run travels in a snapshot: as one value; as a map from task run to a plain value; or by code of its
 * own, as its columns do: a number per task run each. A new member of `Run` does not
 * compile before it is named here.
 */
export const runMembers = {
  id: 'own',
  tenant: 'own',
  version: 'own',
  dag: 'own',
  input: 'own',
  inputAt: 'own',
  runBand: 'own',
  requestedAt: 'own',
  isSingle: 'own',
  columns: 'own',
  inFlight: 'own',
  checkpoints: 'own',
  status: 'value',
  runAt: 'value',
  runCloseBy: 'value',
  traceparent: 'value',
  sweep: 'value',
  resultBytes: 'value',
  open: 'value',
  failed: 'value',
  dueAt: 'map',
  startBy: 'map',
  closeBy: 'map',
  retryBy: 'map',
  bands: 'map',
  results: 'map',
  farResults: 'map',
  deaths: 'map',
} as const satisfies Record<MemberOf<Run>, 'own' | 'value' | 'map'>;

type NamesOf<Way> = {
  [Name in keyof typeof runMembers]: (typeof runMembers)[Name] extends Way ? Name : never;
}[keyof typeof runMembers];

export type RunValue = NamesOf<'value'>;
export type RunColumn = CountColumn;
export type RunMap = NamesOf<'map'>;
