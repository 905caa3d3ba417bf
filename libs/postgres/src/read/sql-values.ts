import type { CustomTypesConfig } from 'pg';

const oid = {
  bool: 16,
  int2: 21,
  int4: 23,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  timestamp: 1114,
  timestamptz: 1184,
  jsonb: 3802,
};

const number = (text: string): number | string => (Number.isFinite(Number(text)) ? Number(text) : text);
/** `2026-01-02 03:04:05.678+00`, as a session in UTC prints it; `infinity` and years before Christ stay as they are. */
const time = (text: string): string =>
  /^\d{4}-\d\d-\d\d /.test(text) && !text.endsWith('BC') ? text.replace(' ', 'T').replace(/\+00$/, 'Z') : text;

const parsers = new Map<number, (text: string) => unknown>([
  [oid.bool, (text) => text === 't'],
  [oid.int2, number],
  [oid.int4, number],
  [oid.oid, number],
  [oid.float4, number],
  [oid.float8, number],
  [oid.json, (text) => JSON.parse(text)],
  [oid.jsonb, (text) => JSON.parse(text)],
  [oid.timestamp, time],
  [oid.timestamptz, time],
]);

/** What JSON can hold as it is; everything else as the text that Postgres prints. */
export const jsonTypes = {
  getTypeParser: (type: number) => parsers.get(type) ?? ((text: string) => text),
} as CustomTypesConfig;
