/** No answer from the server, or an answer that passes (starting, stopping, full, too many connections). Trying again may help. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
  constructor(
    /** `host:port/database`, never the password. */
    readonly address: string,
    options: { readonly cause: unknown },
  ) {
    super(`Expected Postgres at ${address} to answer, but ${reasonOf(options.cause)}.`, options);
  }
}

/** The server answered no, and will again: a wrong password, a missing database or table, a statement it cannot run. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused';
  constructor(
    readonly address: string,
    /** Five characters; see Postgres' appendix A. */
    readonly sqlState: string,
    options: { readonly cause: unknown },
  ) {
    super(
      `Expected Postgres at ${address} to agree, but it said: ${reasonOf(options.cause)}.${adviceOn(sqlState)}`,
      options,
    );
  }
}

/** Gives the typed error for what `pg` or Prisma's adapter threw. A typed one comes back as it is. */
export function databaseError(address: string, cause: unknown): DatabaseUnavailable | DatabaseRefused {
  if (cause instanceof DatabaseUnavailable || cause instanceof DatabaseRefused) return cause;
  const state = sqlStateOf(cause);
  return state === undefined || passes(state)
    ? new DatabaseUnavailable(address, { cause })
    : new DatabaseRefused(address, state, { cause });
}

/** `host:port/database` of a connection string, for sentences. */
export function addressOf(databaseUrl: string): string {
  const url = URL.parse(databaseUrl);
  if (url === null) return 'DATABASE_URL (which is no URL)';
  const host = url.hostname || url.searchParams.get('host') || 'localhost';
  return `${host}:${url.port || '5432'}${url.pathname}`;
}

/** The server's code for an error, where it was the server that spoke. */
export function sqlStateOf(error: unknown): string | undefined {
  for (const { originalCode, code } of chainOf(error)) {
    for (const text of [originalCode, code]) {
      if (typeof text === 'string' && /^[0-9A-Z]{5}$/.test(text) && !isPrismaCode(text) && /[0-9]/.test(text))
        return text;
    }
  }
  return undefined;
}

interface Link {
  readonly cause?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly originalMessage?: unknown;
  readonly message?: unknown;
}

/** The error and what it was made of, outermost first; Prisma hides what its adapter threw in `meta`. */
function chainOf(error: unknown): Link[] {
  const chain: Link[] = [];
  let at = error;
  while (at instanceof Object && chain.length < 6) {
    const link: Link = at;
    chain.push(link);
    at = link.meta?.driverAdapterError ?? link.cause;
  }
  return chain;
}

function isPrismaCode(text: string): boolean {
  return /^P[1-6][0-9]{3}$/.test(text);
}

/** Connection, resources, operator intervention, read-only during a fail-over, conflicts that were rolled back. */
function passes(sqlState: string): boolean {
  return /^(08|53|57P|58|40|25006|55P03)/.test(sqlState);
}

function adviceOn(sqlState: string): string {
  if (sqlState === '42P01' || sqlState === '42703') return ' Run: millrace migrate';
  if (sqlState === '3D000') return ' Create the database, or name another in DATABASE_URL.';
  if (sqlState.startsWith('28')) return ' Check user and password in DATABASE_URL.';
  return '';
}

function reasonOf(cause: unknown): string {
  const errors: unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const texts = errors.map((error) => {
    const said = chainOf(error).findLast((link) => typeof link.originalMessage === 'string')?.originalMessage;
    const text = said ?? (error instanceof Error ? error.message : error);
    return String(text).trim().split('\n').at(-1)!;
  });
  return [...new Set(texts)].join('; ').replace(/\.$/, '') || 'it gave no reason';
}
