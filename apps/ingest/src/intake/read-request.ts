import { JsonRefused, parseJson, problemBody } from '@millrace/nest-kit';
import { readIntakeRecord, readTraceparent, type IntakeOrigin, type ProblemCode } from '@millrace/protocol';
import type { LogRecord } from '@millrace/runtime';
import { nativeDigest } from '../submit/native-digest.js';
import { type ItemOrProblem, nothingElse, readItem } from '@millrace/protocol/requests';

/** What a record of the intake topic asks for. A request that names no key gets that of its record. */
export function readRequest(origin: IntakeOrigin, { headers, value }: LogRecord): ItemOrProblem {
  const found = readIntakeRecord(origin, headers, value);
  if ('fault' in found) {
    // The cause is told in a header of the quarantine topic, and in no answer of the API.
    const code = found.fault.cause as ProblemCode;
    return { problem: problemBody({ status: 400, code, detail: found.fault.detail }) };
  }
  try {
    const body = parseJson(found.data);
    const isKeyed = typeof body === 'object' && body !== null && Object.hasOwn(body, 'idempotencyKey');
    const asked = { ...nothingElse, digest: nativeDigest, ...(isKeyed ? {} : { key: found.key }) };
    const traceparent = traceparentOf(headers);
    return readItem(body, '', traceparent === undefined ? asked : { ...asked, traceparent });
  } catch (error) {
    // Whatever else reading throws is a bug, and would hold its partition up for ever.
    const code = error instanceof JsonRefused ? error.fault.code : 'internal';
    const detail =
      error instanceof JsonRefused ? error.fault.detail : `Expected to read the record, but: ${String(error)}`;
    return { problem: problemBody({ status: 400, code, detail }) };
  }
}

/** The plain header, else the extension of a CloudEvent. */
function traceparentOf(headers: LogRecord['headers']): string | undefined {
  const bytes = headers?.get('traceparent') ?? headers?.get('ce_traceparent');
  return bytes === undefined ? undefined : readTraceparent(new TextDecoder().decode(bytes));
}
