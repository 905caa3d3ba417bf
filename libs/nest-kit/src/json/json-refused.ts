/** Why a body is no JSON that Millrace takes. Payloads are I-JSON (RFC 7493). */
export type JsonFaultCode =
  | 'json-malformed'
  | 'json-not-utf8'
  | 'json-too-deep'
  | 'json-key-forbidden'
  | 'json-number-not-exact'
  | 'json-string-nul'
  | 'json-string-lone-surrogate';

export interface JsonFault {
  readonly code: JsonFaultCode;
  /** One sentence: what was expected and what was found. */
  readonly detail: string;
  /** JSON pointer (RFC 6901) to the value or key at fault; empty for the document itself. */
  readonly path: string;
}

/** Bytes that are no JSON that Millrace takes; `fault` says which rule and where. */
export class JsonRefused extends Error {
  override readonly name = 'JsonRefused';
  constructor(
    readonly fault: JsonFault,
    options?: ErrorOptions,
  ) {
    super(fault.detail, options);
  }
}
