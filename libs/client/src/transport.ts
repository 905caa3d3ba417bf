/** What the generated operations in `generated/` send their calls by, in the shape that they expect. `HttpTransport` is the one. */
export interface Client {
  get<Responses, _Problem = unknown, _Throws extends boolean = false>(call: Call): Promise<Responses[keyof Responses]>;
  post<Responses, _Problem = unknown, _Throws extends boolean = false>(call: Call): Promise<Responses[keyof Responses]>;
  readonly sse: {
    get<Responses, _Problem = unknown, _Throws extends boolean = false>(
      call: Call,
    ): Promise<ServerSentEventsResult<Responses>>;
  };
}

/** One call of an operation: its path with `{name}` in it, and what stands for those. */
export interface Call extends CallOptions {
  readonly url: string;
  readonly path?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
  /** Sent as JSON; text and bytes as they are. */
  readonly body?: unknown;
}

/** What a call may ask of its transport beside what the API knows. */
export interface CallOptions {
  /** Is it harmless if this call takes effect twice? Reads always are. Default false. */
  readonly harmlessTwice?: boolean;
  /** An answer that is no success and yet what the caller asked for. */
  readonly isAnswer?: (body: unknown) => boolean;
  /** Reads an answer that is a success; throws where it is cut off. Default: as JSON. */
  readonly read?: (text: string) => unknown;
  /** Ends the call: it throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A body that is made anew at each try. The answer may begin as late as `answerMsMax` after. */
export class StreamedBody {
  constructor(
    readonly open: () => ReadableStream<Uint8Array>,
    readonly answerMsMax: number,
  ) {}
}

/** The parts of an operation as the generated types name them. */
export interface TDataShape {
  readonly body?: unknown;
  readonly headers?: unknown;
  readonly path?: unknown;
  readonly query?: unknown;
  readonly url: string;
}

/** What an operation is called with: its parts, its body also as text or as a stream, and what is asked of the transport. */
export type Options<Data extends TDataShape, _Throws extends boolean = boolean, _Response = unknown> = CallOptions &
  Omit<Data, 'url' | 'body' | 'headers'> &
  (Data extends { body: infer Body } ? { body: Body | string | StreamedBody } : { body?: undefined }) & {
    headers?: (Data extends { headers?: infer Headers } ? Headers : unknown) & { 'Content-Type'?: string };
  };

/** Nothing is told apart by it. */
export type ClientMeta = Record<never, never>;

/** The answer's body; a problem is thrown as `MillraceError`. */
export type RequestResult<Responses, _Problem = unknown, _Throws extends boolean = boolean> = Promise<
  Responses[keyof Responses]
>;

/** The answer as it begins: its events are read by who asked. */
export type ServerSentEventsResult<_Responses> = Response;
